import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalEvent } from '../../src/protocol/events.ts';
import type { CanonicalRequest } from '../../src/rehearsal/wire/types.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { codeOf, program, terminalLab } from '../support/terminal-lab.ts';
import { endServers } from '../support/wire.ts';

const plan = {
  goal: 'Move the port',
  tasks: [{ id: 'port', title: 'Port', role: 'implementer', instructions: 'Move it.', writes: ['notes.md'] }],
};
const finish = { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }] };

describe('An agent that has something looked up, in the terminal', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  afterEach(endServers);

  it('asks a light model unless a route says otherwise, and what it costs is the task’s', async () => {
    const asked: CanonicalRequest[] = [];
    const helps = ({ tools }: CanonicalRequest) => !tools.some(({ name }) => name === 'finish_task');
    const { workspace, run, events } = await terminalLab(temp.path, request => {
      asked.push(request);
      const turn = request.messages.filter(({ role }) => role === 'assistant').length;
      if (helps(request))
        return turn === 0
          ? { toolCalls: [{ name: 'search', args: { pattern: 'PORT' } }] }
          : { text: 'It stands in config.js, line 1.' };
      return turn === 0 ? { toolCalls: [{ name: 'look_into', args: { question: 'Where is the port set?' } }] } : finish;
    });
    await writeFile(join(workspace, 'config.js'), 'export const PORT = 4711;\n');
    await writeFile(join(workspace, 'plan.yaml'), JSON.stringify(plan));
    const child = run(process.execPath, [program, 'run', '--workflow', 'plan.yaml', '--yes']);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk));
    assert.equal(await codeOf(child), 0, said);
    assert.deepEqual([...new Set(asked.filter(helps).map(({ model }) => model))], ['claude-haiku-5-5']);
    assert.match(JSON.stringify(asked.filter(helps).at(-1)?.messages), /export const PORT = 4711/);
    const own = JSON.stringify(asked.filter(request => !helps(request)).at(-1)?.messages);
    assert.match(own, /It stands in config\.js, line 1\./);
    assert.doesNotMatch(own, /4711/);
    const all = (await events()) as JournalEvent[];
    const calls = all.flatMap(event =>
      event.type === 'call-intent' && event.agent === 'implementer-1-helper-1' ? [event.task] : [],
    );
    assert.deepEqual(calls, ['port', 'port']);
  });
});
