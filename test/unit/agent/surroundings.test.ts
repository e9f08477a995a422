import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceBrief } from '../../../src/core/agent/brief.ts';
import { surroundingsOf } from '../../../src/node/surroundings.ts';
import { MemoryWorkspace } from '../../support/memory-workspace.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const { signal } = new AbortController();
const scripts = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`script-${at}`, 'x'.repeat(300)]));
const files = {
  'package.json': JSON.stringify({ scripts: { ...scripts, test: 'mocha', build: 'tsc' } }),
  'pnpm-lock.yaml': '',
};
const surroundings = {
  os: 'Linux',
  shell: 'a POSIX shell',
  git: { branch: 'main', changed: Array.from({ length: 50 }, (_, at) => `src/${'long/'.repeat(20)}${at}.ts`) },
};

describe('where the work takes place', () => {
  const temp = tempFolder();

  it('is told to everyone in about 150 tokens: day, machine, branch, what is uncommitted, how it is built', async () => {
    const sources = { files: new MemoryWorkspace(files), surroundings, day: '2026-11-28' };
    const text = (await workspaceBrief(sources, signal)).split('\n\nFiles of')[0] ?? '';
    assert.match(text, /^Today is 2026-11-28\. The machine runs Linux; commands are for a POSIX shell\.\n/);
    assert.match(text, /Git: branch main, uncommitted: .* and 47 more\./);
    assert.match(text, /Built with: pnpm, npm\./);
    assert.match(text, /Scripts of package\.json: test \(mocha\), build \(tsc\), /);
    assert.ok(text.length / 3.5 < 170, `${text.length / 3.5} tokens at the worst`);
    const usual = {
      files: new MemoryWorkspace({}),
      surroundings: { ...surroundings, git: { branch: 'main', changed: [] } },
    };
    assert.match(await workspaceBrief({ ...usual, day: '2026-11-28' }, signal), /nothing uncommitted/);
  });

  it('says how long the longest commands took last time, and of none if none took long', async () => {
    const of = async (times: { command: string; ms: number }[]) =>
      workspaceBrief({ files: new MemoryWorkspace({}), day: '2026-11-28', times }, signal);
    const many = Array.from({ length: 20 }, (_, n) => ({ command: `npm run x${n}`, ms: n * 1000 }));
    assert.match(
      await of([{ command: 'true', ms: 3 }, ...many]),
      /Commands took, when they last ran here: npm run x19 19 s, npm run x18 18 s, .*npm run x14 14 s\.\n/,
    );
    assert.doesNotMatch(await of([{ command: 'true', ms: 900 }]), /Commands took/);
  });

  it('is read from the repository without running what its settings name', async () => {
    const folder = temp.path;
    const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, stdio: 'ignore' });
    git('init', '-b', 'work');
    const ran = join(folder, 'ran');
    git('config', 'core.fsmonitor', `touch ${ran}; false`);
    writeFileSync(join(folder, 'new.ts'), '');
    const found = await surroundingsOf(folder, 'posix', true);
    assert.deepEqual(found.git, { branch: 'work', changed: ['new.ts'] });
    assert.deepEqual((await surroundingsOf(folder, 'posix', false)).git, undefined);
    assert.deepEqual((await surroundingsOf(join(folder, '..'), 'posix', true)).git, undefined);
  });
});
