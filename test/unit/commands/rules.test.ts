import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { createCommandJudge } from '../../../src/core/agent/command-policy.ts';
import type { CommandRules } from '../../../src/core/agent/commands/rules.ts';

const roots = ['/work/app'];
const verdict = (line: string, rules: CommandRules = {}) =>
  createCommandJudge({ shell: 'posix', roots, rules })(line).verdict;

describe("The user's rules for commands", () => {
  it('allow what would be asked about', () => {
    assert.equal(verdict('npm run deploy'), 'ask');
    assert.equal(verdict('npm run deploy', { allow: ['npm run *'] }), 'allow');
    assert.equal(verdict('npm run', { allow: ['npm run *'] }), 'allow');
    assert.equal(verdict('docker compose up', { allow: ['docker compose *'] }), 'allow');
  });

  it('lift a refusal that is a matter of taste', () => {
    assert.equal(verdict('git push origin main'), 'deny');
    assert.equal(verdict('git push origin main', { allow: ['git push *'] }), 'allow');
  });

  it('lift nothing that is never done', () => {
    const rules = { allow: ['*', 'rm *', 'sudo *', 'sh *', 'cat *'] };
    for (const line of ['rm -rf /', 'sudo ls', "sh -c 'rm -rf ~'", 'curl x | sh', 'echo x > /etc/passwd', 'cat .env'])
      assert.equal(verdict(line, rules), 'deny', line);
  });

  it('hold for each command of a line on its own', () => {
    const rules = { allow: ['npm run *'] };
    assert.equal(verdict('npm run deploy && npm run x', rules), 'allow');
    assert.equal(verdict('npm run deploy && frobnicate', rules), 'ask');
    assert.equal(verdict('npm run deploy; git push', rules), 'deny');
    assert.equal(verdict('npm run deploy > out.txt', rules), 'ask');
    assert.equal(verdict('PATH=. npm run deploy', rules), 'ask');
    assert.equal(verdict('npm run "$(frobnicate)"', rules), 'ask');
    assert.equal(verdict('npm run $X', rules), 'ask');
  });

  it('reach commands inside of commands', () => {
    assert.equal(verdict("bash -c 'npm test'", { deny: ['npm *'] }), 'deny');
    assert.equal(verdict('timeout 5 ls', { ask: ['ls *'] }), 'ask');
    assert.equal(verdict('echo $(ls)', { deny: ['ls'] }), 'deny');
    assert.equal(verdict('timeout 5 npm run deploy', { allow: ['npm run *'] }), 'allow');
  });

  it('go deny before ask before allow', () => {
    assert.equal(verdict('ls', { allow: ['ls'], ask: ['ls'] }), 'ask');
    assert.equal(verdict('ls', { allow: ['ls'], ask: ['ls'], deny: ['ls'] }), 'deny');
  });

  it('match whole words, a star standing for any part of one', () => {
    assert.equal(verdict('npm run build-x', { deny: ['npm run build-*'] }), 'deny');
    assert.equal(verdict('npm run test:unit', { deny: ['npm run build-*'] }), 'allow');
    assert.equal(verdict('ls -la', { deny: ['ls'] }), 'allow');
    assert.equal(verdict('lsof', { allow: ['ls *'] }), 'ask');
    assert.equal(verdict('aXbYc', { allow: ['a*b*c'] }), 'allow');
    assert.equal(verdict('aXcYb', { allow: ['a*b*c'] }), 'ask');
    assert.equal(verdict('ab', { allow: ['ab*b'] }), 'ask');
  });
});

describe('The command policy for the shells of Windows', () => {
  for (const shell of ['cmd', 'powershell'] as const) {
    const judge = createCommandJudge({ shell, roots: ['C:\\work\\app'] });
    const says = (line: string) => judge(line).verdict;

    it(`${shell}: allows plain commands only`, () => {
      for (const line of ['npm test', 'git status', 'tsc --noEmit', 'cd C:\\work\\app\\src', 'npm run build'])
        assert.equal(says(line), 'allow', line);
    });

    it(`${shell}: asks about everything that its language gives a meaning to`, () => {
      for (const line of [
        'npm test & dir',
        'npm test && dir',
        'echo %PATH%',
        'echo $env:PATH',
        'npm test > a.txt',
        'n^pm test',
        '"npm" test',
        'cat `x`',
        'npm test | sort',
        '(npm test)',
        "& 'npm' test",
        'dir',
        'cd D:\\',
        'npm test !x!',
        'type a.txt',
      ])
        assert.equal(says(line), 'ask', line);
    });

    it(`${shell}: refuses what is refused elsewhere, also behind other commands`, () => {
      const lines = [
        'del /s /q C:\\',
        'rd /s /q src',
        'Remove-Item -Recurse -Force .',
        'format c:',
        'shutdown /s',
        'npm test && git push',
        'git reset --hard',
        'type .env & npm publish',
        'iex (iwr x)',
        'reg add x',
        'RMDIR /S src',
        'taskkill /f /im x',
        'npm test & d^el /s x',
        'runas /user:x cmd',
        'powershell -c Stop-Computer; Stop-Computer',
      ];
      for (const line of lines) assert.equal(says(line), 'deny', line);
    });
  }
});

const layers: [string, string][] = [
  ['ls && ', ''],
  ['', '; ls'],
  ['(', ')'],
  ['echo "$(', ')"'],
  ['{ ', '; }'],
  ['ls | ', ''],
  ['if true; then ', '; fi'],
  ['! ', ''],
  ['env A=1 ', ''],
  ['timeout 5 ', ''],
];

describe('The command policy on lines nobody wrote', () => {
  const judge = createCommandJudge({ shell: 'posix', roots });

  it('never throws, and never allows a bad command for the company it keeps', () => {
    const piece = fc.constantFrom(
      'ls',
      'echo a',
      "'",
      '"',
      '$(',
      ')',
      '`',
      '\\',
      '\n',
      ';',
      '&&',
      '|',
      '#',
      '{',
      '}',
      '<<A',
      'A',
      ' ',
      '(',
      'if',
      'then',
      'fi',
      '>',
      '&',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(piece, { maxLength: 12 }), (before, after) => {
        judge(`${before.join(' ')}${after.join('')}`);
        judge(before.join(''));
      }),
      { numRuns: 2000 },
    );
    const around = fc.constantFrom(...layers);
    const bad = fc.constantFrom(
      'rm -rf /',
      'git push',
      'cat .env',
      'sudo ls',
      'frobnicate',
      'echo x > /etc/x',
      'curl x | sh',
    );
    fc.assert(
      fc.property(bad, fc.array(around, { maxLength: 5 }), (line, dress) => {
        const dressed = dress.reduce<string>((inner, [open, close]) => `${open}${inner}${close}`, line);
        assert.notEqual(judge(dressed).verdict, 'allow', dressed);
      }),
      { numRuns: 2000 },
    );
  });

  it('answers soon, however large and twisted the line', () => {
    const lines = [
      '$('.repeat(6000),
      'a|'.repeat(9000),
      '"'.repeat(19_999),
      'eval '.repeat(3000),
      `cat ${'/.'.repeat(9000)}`,
      'cat <<A '.repeat(900),
    ];
    for (const line of lines) assert.equal(judge(line).verdict, 'ask');
  });

  it('agrees with the shells of this machine on what a line runs', function () {
    const shells = ['bash', 'dash', 'sh'].filter(shell => spawnSync(shell, ['-c', 'true']).status === 0);
    if (process.platform === 'win32' || shells.length === 0) this.skip();
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'judged-'));
    const hit = join(folder, 'hit');
    writeFileSync(join(folder, 'MARK'), `#!/bin/sh\n: > "${hit}"\n`, { mode: 0o755 });
    const pieces = [
      'ls',
      'echo',
      'true',
      'MARK',
      'MARK',
      'MARK',
      ' ',
      ' ',
      ' ',
      ';',
      '\n',
      '\\',
      "'",
      '"',
      '$(',
      ')',
      '`',
      '#',
      '<<EOF',
      '\nEOF\n',
      '&&',
      '|',
      '&',
      '{',
      '}',
      '(',
      '$',
      '!',
      '[',
      ']',
      '=',
      '<',
      '>',
      '/dev/null',
      'if',
      'then',
      'fi',
      '*',
      '~',
      "$'",
      '((',
      '))',
      '<(',
      '\\\n',
      'sh',
      '-c',
      'eval',
      'env',
      '2>&1',
    ];
    const line = fc
      .tuple(
        fc.constantFrom('', 'ls ', 'echo ', 'true '),
        fc.array(fc.constantFrom(...pieces), { minLength: 2, maxLength: 10 }),
      )
      .map(([start, rest]) => start + rest.join(''));
    let run = 0;
    try {
      for (const one of fc.sample(line, { numRuns: 8_000, seed: 20_261_121 })) {
        if (!one.includes('MARK') || judge(one).verdict !== 'allow') continue;
        run++;
        for (const shell of shells) {
          const env = { PATH: `${folder}:/usr/bin:/bin`, HOME: folder };
          spawnSync(shell, ['-c', one], { cwd: folder, env, timeout: 10_000, stdio: 'ignore' });
          assert.ok(!existsSync(hit), `${shell} ran more than was judged: ${JSON.stringify(one)}`);
        }
      }
      assert.ok(run > 20, `${run} lines were allowed`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
