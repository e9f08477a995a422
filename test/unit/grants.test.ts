import assert from 'node:assert/strict';
import { createCommandJudge } from '../../src/core/agent/command-policy.ts';
import { prefixOf } from '../../src/core/agent/commands/prefix.ts';
import { GrantFile, grantedJudge } from '../../src/runtime/grants.ts';
import { inTemporaryFolder } from '../support/temporary.ts';

const policyWith = (prefixes: readonly string[]) =>
  createCommandJudge({ roots: ['/workspace'], shell: 'posix', rules: { ask: ['npm run sign*'], prefixes } });

const withGrants = (run: (judge: ReturnType<typeof grantedJudge>, grants: GrantFile, folder: string) => unknown) =>
  inTemporaryFolder(async folder => {
    const grants = new GrantFile(folder, '/workspace');
    await grants.load();
    await run(grantedJudge(policyWith, grants), grants, folder);
  });

describe('What a person allows for always', () => {
  it('is offered as the beginning of the line, where its first words say what is done', () => {
    const offered: [string, string | undefined][] = [
      ['npm run deploy', 'npm run *'],
      ['npm run deploy -- --fast', 'npm run *'],
      ['git commit -m "x y"', 'git commit *'],
      ['npx prisma generate', 'npx prisma *'],
      ['node scripts/x.js --all', 'node scripts/x.js *'],
      ['docker ps', 'docker ps *'],
      ['rm -rf dist', undefined],
      ['sh -c "npm run x"', undefined],
      ['node -e 1', undefined],
      ['python3 -m evil', undefined],
      ['curl https://example.com', undefined],
      ['npm run a && npm run b', undefined],
      ['npm run a | tee x', undefined],
      ['npm run $X', 'npm run *'],
      ['$X run a', undefined],
      ['npm $X', undefined],
      ['A=1 npm run a', undefined],
      ['npm', undefined],
      ['./gradlew x', undefined],
    ];
    for (const [line, prefix] of offered) assert.equal(prefixOf(line), prefix, line);
  });

  it('is offered only where that would help, and never for what a rule of their own asks about', () =>
    withGrants(judge => {
      assert.equal(judge('npm run deploy').prefix, 'npm run *');
      assert.equal(judge('npm run $X').prefix, undefined);
      assert.equal(judge('npm run signing').prefix, undefined);
      assert.equal(judge('npm publish').prefix, undefined);
      assert.equal(judge('npm test').prefix, undefined);
      assert.equal(judge('npm run deploy', undefined, 'outside').prefix, undefined);
      assert.equal(judge('npm run deploy --script-shel=./x').prefix, undefined);
    }));

  it('holds for whatever follows, command by command, and for nothing else', () =>
    withGrants(async (judge, grants, folder) => {
      await grants.addPrefix('npm run *');
      for (const line of ['npm run deploy', 'npm run dev', 'npm run x -- --fast', 'npm run x && npm test', 'npm run'])
        assert.equal(judge(line).verdict, 'allow', line);
      for (const line of [
        'npm run x && rm -rf src',
        'npm run x > out.txt',
        'npm run $X',
        'npm run x --script-shell=./x',
        'npm --prefix .. run x',
        'npm run --userconfig=./x y',
        'npm install x',
        'PATH=. npm run x',
        'npm run signing',
        'npm run x | sh',
        'sh -c "npm run x; ./y"',
      ])
        assert.equal(judge(line).verdict, 'ask', line);
      assert.equal(judge('npm run x && git push').verdict, 'deny');
      const later = new GrantFile(folder, '/workspace');
      await later.load();
      assert.deepEqual(later.prefixes(), ['npm run *']);
      const elsewhere = new GrantFile(folder, '/other');
      await elsewhere.load();
      assert.deepEqual(elsewhere.prefixes(), []);
    }));

  it('runs outside of the sandbox what could not be done in it, and nothing beside that', () =>
    withGrants(async (judge, grants) => {
      await grants.addPrefix('git commit *');
      const { verdict, outside } = judge('git commit -m x', undefined, 'sandbox');
      assert.deepEqual([verdict, outside], ['allow', true]);
      assert.equal(judge('git commit -m x && ./evil', undefined, 'sandbox').verdict, 'ask');
      assert.equal(judge('git commit -m x && git push', undefined, 'sandbox').verdict, 'deny');
      await grants.add({ kind: 'command', what: 'git commit -m no', rule: 'git' }, 'deny');
      assert.equal(judge('git commit -m no', undefined, 'sandbox').verdict, 'deny');
    }));
});
