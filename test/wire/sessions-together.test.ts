import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { leaveLaterSession, pendingWorkspace } from '../support/pending-workspace.ts';
import { program } from '../support/terminal-lab.ts';

describe('What waits for review in the terminal', function () {
  this.timeout(60_000);
  let pending: Awaited<ReturnType<typeof pendingWorkspace>>;
  let later: string;
  beforeEach(async () => {
    pending = await pendingWorkspace();
    later = await leaveLaterSession(pending.workspace);
  });
  afterEach(() => pending.remove());

  const orchestrate = (...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>(resolve => {
      const options = {
        cwd: pending.workspace,
        env: { ...process.env, ORCHESTRATE_HOME: pending.home, NO_COLOR: '1' },
      };
      const child = execFile(process.execPath, [program, ...args], options, (_, out, err) =>
        resolve({ code: child.exitCode ?? -1, out, err }),
      );
    });
  const text = (path: string) => readFile(join(pending.workspace, path), 'utf8');

  it('is that of all sessions: a new one does not hide what earlier ones left', async () => {
    const { out } = await orchestrate('changes');
    const lines = out.split('\n');
    const at = (start: string) => lines.findIndex(line => line.startsWith(start));
    assert.ok(at('Say how the list is used') < at('docs/usage.md'));
    assert.ok(at('docs/usage.md') < at('Show how many items'), 'the newest session comes first');
    assert.ok(at('Show how many items') < at('docs/storage.md'));
    assert.match(out, /5 files, \d+ hunks of 2 sessions/);
    const json = (await orchestrate('changes', '--json')).out.trim().split('\n');
    assert.equal(new Set(json.map(line => JSON.parse(line).session)).size, 2);
    const one = await orchestrate('changes', later);
    assert.doesNotMatch(one.out, /storage\.md/);
  });

  it('is decided wherever it is, without naming the session', async () => {
    assert.equal((await orchestrate('accept', 'docs/storage.md')).code, 0);
    const before = await text('list.js');
    assert.equal((await orchestrate('reject', 'list.js')).code, 0);
    assert.notEqual(await text('list.js'), before);
    assert.doesNotMatch(await text('list.js'), /never changed|summary|trimmed/, "both sessions' work is taken out");
    assert.equal((await orchestrate('reject', '--yes')).code, 0);
    assert.match((await orchestrate('changes')).out, /Nothing waits/);
    assert.match(await text('docs/storage.md'), /Where the list/);
  });

  it('asks for the session where a hunk’s number could be of several', async () => {
    const refused = await orchestrate('accept', 'list.js#1');
    assert.equal(refused.code, 2);
    assert.match(refused.err, new RegExp(later));
    const json = (await orchestrate('changes', later, '--json')).out.trim().split('\n');
    const [hunk] = json.map(line => JSON.parse(line)).find(({ path }) => path === 'list.js').hunks;
    assert.equal((await orchestrate('accept', later, `list.js#${hunk.id}`)).code, 0);
    assert.doesNotMatch((await orchestrate('changes', later)).out, /list\.js/);
    assert.match((await orchestrate('changes')).out, /list\.js/);
  });
});
