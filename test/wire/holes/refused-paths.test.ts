import assert from 'node:assert/strict';
import { readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutSeal } from '../../../src/core/session/seal.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../../src/rehearsal/wire/types.ts';
import { plant } from '../../support/file-tree.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { codeOf, program, terminalLab } from '../../support/terminal-lab.ts';
import { endServers } from '../../support/wire.ts';

const tasks = [{ id: 'only', title: 'Do it', role: 'implementer', instructions: 'Do it.', writes: ['**'] }];
const paths = ['good.txt', 'steers.txt', 'folder/file.txt', 'hook.txt'];
const write = (path: string) => ({ name: 'write_file', args: { path, content: 'written\n' } });

function answer(request: CanonicalRequest): ScriptedAnswer {
  if (request.tools.some(({ name }) => name === 'propose_plan'))
    return { toolCalls: [{ name: 'propose_plan', args: { goal: 'Do it', tasks } }] };
  const worked = request.messages.some(({ role }) => role === 'assistant');
  return { toolCalls: worked ? [{ name: 'finish_task', args: { summary: 'Done.' } }] : paths.map(write) };
}

describe('A session that was taken over and names files that no agent may write', function () {
  this.timeout(60_000);
  const temp = tempFolder();
  before(function () {
    if (process.platform === 'win32') this.skip();
  });
  afterEach(endServers);

  it('is reviewed without them: nothing of them is shown or written, and none stands in the way of the others', async () => {
    const lab = await terminalLab(temp.path, answer);
    const orchestrate = async (...args: string[]) => {
      const child = lab.run(process.execPath, [program, ...args]);
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', text => (said += text));
      return { code: await codeOf(child), said };
    };
    assert.equal((await orchestrate('run', 'Do it', '--yes')).code, 0);
    const { session } = (await lab.events()).find(({ type }) => type === 'session-started');
    const journal = join(lab.sessions, session, 'events.jsonl');
    const unsealed = (await readFile(journal, 'utf8')).split('\n').map(withoutSeal).join('\n');
    await writeFile(
      journal,
      unsealed
        .replaceAll('steers.txt', String.raw`st\u001b[2Jeers.txt`)
        .replaceAll('hook.txt', '.git/hooks/post-commit'),
    );
    const outside = join(temp.path, 'outside');
    await plant(outside, { 'file.txt': 'written\n' });
    await plant(lab.workspace, { 'st\u001b[2Jeers.txt': 'written\n', '.git/hooks/post-commit': 'written\n' });
    await rename(join(lab.workspace, 'folder'), join(temp.path, 'folder'));
    await symlink(outside, join(lab.workspace, 'folder'));

    assert.equal((await orchestrate('adopt', session, '--yes')).code, 0);
    const shown = await orchestrate('changes', '--json');
    assert.equal(shown.code, 0, shown.said);
    const files = shown.said
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).path);
    assert.deepEqual(files, ['good.txt']);
    assert.equal((await orchestrate('reject', '--yes')).code, 0);
    const there = (path: string) => readFile(path, 'utf8').catch(() => undefined);
    assert.equal(await there(join(lab.workspace, 'good.txt')), undefined);
    for (const path of ['st\u001b[2Jeers.txt', '.git/hooks/post-commit'])
      assert.equal(await there(join(lab.workspace, path)), 'written\n');
    assert.equal(await there(join(outside, 'file.txt')), 'written\n');
  });
});
