import assert from 'node:assert/strict';
import type { PermissionRequest } from '../../../src/core/agent/contract.ts';
import { AttentionQueue } from '../../../src/core/team/attention.ts';
import type { JournalEvent } from '../../../src/protocol/events.ts';
import { memoryJournal } from '../../support/memory-journal.ts';

const request: PermissionRequest = { agent: 'w-1', kind: 'command', what: 'npm install', rule: 'installs' };
const never = () => new AbortController().signal;

function desk(present = true, earlier: JournalEvent[] = []) {
  const journal = memoryJournal(() => 0, earlier);
  if (earlier.length === 0)
    journal.append({ type: 'agent-started', agent: 'w-1', role: 'worker', attempt: 1, route: [] });
  const remembered: string[] = [];
  let ids = earlier.length;
  const attention = new AttentionQueue({
    journal,
    newId: prefix => `${prefix}-${++ids}`,
    present: () => present,
    remember: ({ what }, decision, prefix) => void remembered.push(`${decision} ${prefix ?? what}`),
  });
  const only = () => [...journal.state.asks.keys()].at(-1) ?? '';
  return { journal, attention, remembered, only };
}

describe('asking people', () => {
  it('waits for the answer, and the agent counts as waiting meanwhile', async () => {
    const { journal, attention, only } = desk();
    const answer = attention.permission(request, never());
    assert.equal(journal.state.agents.get('w-1')?.status, 'waiting');
    assert.deepEqual(attention.answer(only(), { decision: 'deny', text: 'use pnpm' }, 'user'), { ok: true });
    assert.deepEqual(await answer, { decision: 'deny', scope: 'once', reason: 'use pnpm' });
    assert.equal(journal.state.agents.get('w-1')?.status, 'running');
  });

  it('asks again after an answer for once, and not after one for the session', async () => {
    const { journal, attention, only } = desk();
    for (const scope of ['once', 'session'] as const) {
      const answer = attention.permission(request, never());
      attention.answer(only(), { decision: 'allow', scope }, 'user');
      assert.equal((await answer).decision, 'allow');
    }
    assert.deepEqual(await attention.permission({ ...request, agent: 'w-2' }, never()), {
      decision: 'allow',
      scope: 'session',
    });
    assert.equal(journal.of('permission-asked').length, 2);
    const other = attention.permission({ ...request, what: 'npm publish' }, never());
    assert.equal(journal.of('permission-asked').length, 3, 'another command is another question');
    attention.answer(only(), { decision: 'deny' }, 'user');
    await other;
  });

  it('keeps for always the beginning that the question offers, and no other', async () => {
    const { journal, attention, remembered, only } = desk();
    const offering = attention.permission({ ...request, prefix: 'npm install *' }, never());
    const beginning = { decision: 'allow', scope: 'always', prefix: true } as const;
    assert.equal(attention.answer(only(), { ...beginning, decision: 'deny' }, 'user').ok, false);
    assert.equal(attention.answer(only(), { ...beginning, scope: 'session' }, 'user').ok, false);
    assert.deepEqual(attention.answer(only(), beginning, 'user'), { ok: true });
    assert.equal((await offering).decision, 'allow');
    assert.deepEqual(remembered, ['allow npm install *']);
    assert.equal(journal.of('permission-answered')[0]?.prefix, 'npm install *');
    const plain = attention.permission({ ...request, what: 'rm x' }, never());
    assert.match(
      attention.answer(only(), beginning, 'user').message ?? '',
      /only the beginning that the question names/,
    );
    attention.answer(only(), { decision: 'deny' }, 'user');
    await plain;
  });

  it('asks again for the same command in another folder', async () => {
    const { journal, attention, only } = desk();
    for (const folder of [undefined, 'docs', 'packages/a']) {
      const answer = attention.permission({ ...request, ...(folder && { folder }) }, never());
      attention.answer(only(), { decision: folder === 'docs' ? 'deny' : 'allow', scope: 'session' }, 'user');
      await answer;
    }
    assert.deepEqual(
      journal.of('permission-asked').map(({ folder }) => folder),
      [undefined, 'docs', 'packages/a'],
    );
    assert.equal((await attention.permission({ ...request, folder: 'docs' }, never())).decision, 'deny');
  });

  it('remembers an answer for the session when the session is resumed', async () => {
    const { journal, attention, only } = desk();
    const answer = attention.permission(request, never());
    attention.answer(only(), { decision: 'deny', scope: 'session' }, 'user');
    await answer;
    const again = desk(true, journal.events);
    assert.equal((await again.attention.permission(request, never())).decision, 'deny');
  });

  it('hands an answer for always to whoever keeps it', async () => {
    const { attention, remembered, only } = desk();
    const answer = attention.permission(request, never());
    attention.answer(only(), { decision: 'allow', scope: 'always' }, 'user');
    await answer;
    assert.deepEqual(remembered, ['allow npm install']);
  });

  it('takes no answer for always that could not be kept, and goes on asking', async () => {
    const { attention, remembered, only } = desk();
    const once = ['path', 'tool'] as const;
    for (const kind of once) {
      const rule = kind === 'path' ? 'runs-by-itself' : 'claude: fetch';
      const answer = attention.permission({ agent: 'w-1', kind, what: '.vscode/tasks.json', rule }, never());
      const ask = only();
      const taken = attention.answer(ask, { decision: 'allow', scope: 'always' }, 'user');
      assert.match(taken.message ?? '', /"always" is for commands and tools of extensions/);
      assert.equal(only(), ask);
      attention.answer(ask, { decision: 'allow', scope: 'session' }, 'user');
      assert.equal((await answer).scope, 'session');
    }
    assert.deepEqual(remembered, []);
  });

  it('denies at once when nobody is there, and both stand in the journal', async () => {
    const { journal, attention } = desk(false);
    const answer = await attention.permission(request, never());
    assert.deepEqual(answer, { decision: 'deny', scope: 'once', reason: 'nobody is there to ask' });
    assert.equal(journal.of('permission-asked').length, 1);
    assert.equal(journal.of('permission-answered')[0]?.by, 'system');
    assert.deepEqual(await attention.question({ agent: 'w-1', text: 'Which?' }, never()), {
      answered: false,
      reason: 'nobody-there',
    });
    assert.equal(journal.state.asks.size, 0);
  });

  it('goes on under the same id when the same is asked after a crash', async () => {
    const { journal, attention, only } = desk();
    attention.permission(request, never());
    attention.question({ agent: 'w-1', text: 'Which?' }, never());
    const [first, second] = [...journal.state.asks.keys()];
    const again = desk(true, journal.events);
    const permission = again.attention.permission(request, never());
    const question = again.attention.question({ agent: 'w-1', text: 'Which?' }, never());
    assert.deepEqual([...again.journal.state.asks.keys()], [first, second]);
    again.attention.answer(first ?? '', { decision: 'allow' }, 'user');
    again.attention.answer(second ?? '', { text: 'This' }, 'user');
    assert.equal((await permission).decision, 'allow');
    assert.deepEqual(await question, { answered: true, text: 'This' });
    assert.equal(only(), second);
  });

  it('asks twice when two agents want the same', () => {
    const { journal, attention } = desk();
    attention.permission(request, never());
    attention.permission({ ...request, agent: 'w-2' }, never());
    attention.permission(request, never());
    assert.equal(journal.state.asks.size, 3);
  });

  it('takes the first answer and refuses the others, and answers of the wrong kind', async () => {
    const { attention, only } = desk();
    const answer = attention.permission(request, never());
    const ask = only();
    assert.equal(attention.answer(ask, { text: 'yes' }, 'user').ok, false);
    assert.equal(attention.answer(ask, { decision: 'allow' }, 'user').ok, true);
    assert.equal(attention.answer(ask, { decision: 'deny' }, 'user').ok, false);
    assert.equal((await answer).decision, 'allow');
  });

  it('is over when the agent is aborted, and leaves no listener', async () => {
    const { journal, attention } = desk();
    const abort = new AbortController();
    const answer = attention.permission(request, abort.signal);
    const question = attention.question({ agent: 'w-1', text: 'Which?' }, abort.signal);
    abort.abort();
    assert.deepEqual(await answer, { decision: 'deny', scope: 'once', reason: 'interrupted' });
    assert.deepEqual(await question, { answered: false, reason: 'aborted' });
    assert.equal(journal.state.asks.size, 2, 'it is asked again when the agent goes on');
    attention.withdraw('w-1', 'the agent has ended');
    assert.equal(journal.state.asks.size, 0);
  });
});
