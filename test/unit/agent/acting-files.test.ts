import assert from 'node:assert/strict';
import type { Attention } from '../../../src/core/agent/contract.ts';
import { AttentionQueue } from '../../../src/core/team/attention.ts';
import { AgentWorld } from '../../support/agent-world.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { call, calls } from '../../support/scripted-router.ts';

const TASKS = '.vscode/tasks.json';
const finish = calls(call('finish_task', { summary: 'Done.' }));
const write = (path: string, content = '{}') => calls(call('write_file', { path, content }));

/** An agent that writes, and a person who answers so; nobody where there is none. */
function world(replies: ReturnType<typeof calls>[], decision?: 'allow' | 'deny', files = {}) {
  const journal = memoryJournal(() => 0);
  const queue = new AttentionQueue({
    journal,
    newId: prefix => `${prefix}-${journal.state.seq}`,
    present: () => decision !== undefined,
  });
  journal.subscribe(event => {
    if (event.type !== 'permission-asked' || !decision) return;
    queueMicrotask(() =>
      queue.answer(event.ask, { decision, ...(decision === 'deny' && { text: 'not today' }) }, 'user'),
    );
  });
  const attention: Attention = {
    permission: (request, signal) => queue.permission(request, signal),
    question: (request, signal) => queue.question(request, signal),
  };
  return new AgentWorld([...replies, finish], { files, journal, attention });
}

describe('A file by which tools run something', () => {
  it('is written after a person was told what it does, and agreed', async () => {
    const agents = world([write(TASKS)], 'allow');
    await agents.run({ claims: ['**'] });
    const [asked] = agents.journal.of('permission-asked');
    assert.deepEqual([asked?.kind, asked?.what, asked?.rule], ['path', TASKS, 'runs-by-itself']);
    assert.match(
      asked?.why ?? '',
      /VS Code, or another editor, reads it when the folder opens, and runs what it names/,
    );
    assert.equal(agents.files.snapshot()[TASKS], '{}');
    assert.deepEqual(agents.outcomes(), ['write_file: ok', 'finish_task: ok']);
  });

  it('is asked about once for each task, whichever way it is changed', async () => {
    const edit = calls(call('edit_file', { path: TASKS, edits: [{ old: '{}', new: '[]' }] }));
    const replies = [write(TASKS), edit, write('.vscode/launch.json'), calls(call('delete_file', { path: TASKS }))];
    const agents = world(replies, 'allow');
    await agents.run({ claims: ['**'] });
    assert.deepEqual(
      agents.journal.of('permission-asked').map(({ what }) => what),
      [TASKS, '.vscode/launch.json'],
    );
    assert.deepEqual(Object.keys(agents.files.snapshot()), ['.vscode/launch.json']);
  });

  it('is not asked about again after a person refused it', async () => {
    const agents = world([write(TASKS), write(TASKS, '[]')], 'deny');
    await agents.run({ claims: ['**'] });
    assert.equal(agents.journal.of('permission-asked').length, 1);
    assert.deepEqual(agents.files.snapshot(), {});
    assert.deepEqual(agents.outcomes(), ['write_file: denied', 'write_file: denied', 'finish_task: ok']);
  });

  it('is refused where nobody is there, with what to do instead', async () => {
    const agents = world([write(TASKS)]);
    await agents.run({ claims: ['**'] });
    assert.deepEqual(agents.files.snapshot(), {});
    const told = agents.told(1);
    assert.match(told, /"\.vscode\/tasks\.json" was not changed: nobody allowed it \(rule "runs-by-itself"\)/);
    assert.match(told, /nobody is there to ask.*put what should stand there into your summary/);
    assert.equal(agents.journal.of('write-intent').length, 0);
  });

  it('is asked about again in another task, and not of another agent in the same one', async () => {
    const journal = memoryJournal(() => 0);
    for (const [agent, task] of [
      ['a', 'one'],
      ['b', 'one'],
      ['c', 'two'],
    ] as const)
      journal.append({ type: 'agent-started', agent, role: 'maker', task, attempt: 1, route: [] });
    const request = { type: 'permission-asked', kind: 'path', what: TASKS, rule: 'runs-by-itself' } as const;
    journal.append({ ...request, ask: '1', agent: 'a' });
    journal.append({ type: 'permission-answered', ask: '1', decision: 'allow', scope: 'once', by: 'user' });
    const asked: string[] = [];
    const attention: Attention = {
      permission: async ({ agent }) => {
        asked.push(agent);
        return { decision: 'deny', scope: 'once' };
      },
      question: async () => ({ answered: false, reason: 'nobody-there' }),
    };
    const { askToWrite } = await import('../../../src/core/agent/ask-to-write.ts');
    const { signal } = new AbortController();
    const answers = [];
    for (const agent of ['a', 'b', 'c']) answers.push(await askToWrite({ journal, attention }, agent, TASKS, signal));
    assert.deepEqual(
      answers.map(answer => answer === undefined),
      [true, true, false],
    );
    assert.deepEqual(asked, ['c']);
  });
});
