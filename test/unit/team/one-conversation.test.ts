import assert from 'node:assert/strict';
import { AgentHistories } from '../../../src/core/agent/histories.ts';
import type { RouteRequest } from '../../../src/core/routing/contract.ts';
import type { JournalEvent } from '../../../src/protocol/events.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { listTeam } from '../../support/list-team.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { MemoryWorkspace } from '../../support/memory-workspace.ts';
import { call, calls, type Reply } from '../../support/scripted-router.ts';

const GOOD = 'export const sum = (a, b) => a + b;\n';
const BAD = GOOD.replace('+', '-');

const task = (more: object = {}) => ({
  id: 'sum',
  title: 'Sum',
  role: 'worker',
  instructions: 'Write it.',
  writes: ['sum.js'],
  checks: [{ exists: ['sum.js'] }, { run: 'npm test' }],
  ...more,
});

/** Writes it wrong so often before it writes it right. */
const mends = (wrong: number, plan: object, review?: (said: number) => Reply) => (request: RouteRequest) => {
  if (request.tools.some(tool => tool.name === 'propose_plan')) return calls(call('propose_plan', plan));
  const said = request.messages.filter(message => message.role === 'assistant').length;
  if (request.tools.some(tool => tool.name === 'verdict')) return review?.(said) ?? { parts: [] };
  // In turns: writing, finishing.
  const content = said < wrong * 2 ? BAD.replace('a -', `${'a '.repeat(said / 2 + 1)}-`) : GOOD;
  return said % 2 === 0
    ? calls(call('write_file', { path: 'sum.js', content }))
    : calls(call('finish_task', { summary: `Written ${said}.` }));
};

function team(
  script: (request: RouteRequest) => Reply,
  events: JournalEvent[] = [],
  blobs = new Map<string, Uint8Array>(),
  files = new MemoryWorkspace(),
) {
  const clock = new FakeClock();
  const journal = memoryJournal(() => clock.now(), structuredClone(events));
  for (const [hash, bytes] of blobs) journal.blobs.set(hash, bytes);
  const histories = new AgentHistories();
  for (const event of journal.events) histories.apply(event);
  const passes = () => files.text('sum.js') === GOOD;
  const outcome = () => (passes() ? {} : { exit: 1, output: 'expected 3, got -1\n' });
  const made = listTeam({ clock, journal, histories, files }, script, outcome);
  return { ...made, clock, journal, files, run: () => clock.until(made.session.run()) };
}

const workers = (of: ReturnType<typeof team>) =>
  [...of.journal.state.agents.values()].filter(({ role }) => role === 'worker');
const rounds = (of: ReturnType<typeof team>) =>
  of.journal.state.tasks.get('sum')?.rounds.map(({ kind, agent, openBlockers }) => `${kind} ${agent} ${openBlockers}`);

describe('one conversation', () => {
  const plan = { goal: 'Sum', tasks: [task()] };

  it('of one agent mends a failing check, from the answer to finish_task', async () => {
    const of = team(mends(1, plan));
    assert.equal((await of.run()).outcome, 'completed');
    assert.equal(workers(of).length, 1);
    assert.deepEqual(rounds(of), ['implement worker-1 1', 'fix worker-1 0']);
    const told = of.journal.of('tool-outcome').find(({ refusal }) => refusal === 'checks-failed')?.output.text ?? '';
    assert.match(
      told,
      /^Not finished: 1 of 2 checks failed\.\n\n- npm test \(exit code 1\)\n<data [0-9a-f]+>\nexpected 3/,
    );
    assert.match(told, /3 tries are left/);
    assert.deepEqual(of.commands, ['npm test', 'npm test'], 'each check runs once in a round');
  });

  it('only grows at its end', async () => {
    const of = team(mends(2, plan));
    await of.run();
    const asked = of.router.requests.filter(({ agent }) => agent === 'worker-1');
    assert.equal(asked.length, 6);
    for (const [at, request] of asked.entries()) {
      const next = asked[at + 1];
      if (!next) continue;
      assert.equal(next.system, request.system);
      assert.deepEqual(next.tools, request.tools);
      assert.deepEqual(next.messages.slice(0, request.messages.length), request.messages);
    }
  });

  it('that does not get the check to pass is given up for a fresh attempt by another provider', async () => {
    const of = team(mends(4, plan));
    await of.run();
    assert.deepEqual(rounds(of)?.slice(0, 4), [
      'implement worker-1 1',
      'fix worker-1 1',
      'fix worker-1 1',
      'fix worker-1 1',
    ]);
    assert.deepEqual(
      of.journal
        .of('supervision')
        .map(({ rung, trigger }) => `${rung}: ${trigger}`)
        .slice(0, 1),
      ['other-provider: checks-failed'],
    );
  });

  it('goes on with what a review has found', async () => {
    const reviewed = { goal: 'Sum', tasks: [task({ review: {} })] };
    let reviews = 0;
    const review = (said: number): Reply => {
      if (said > 0) return calls(call('verdict', { approve: false, text: 'Not yet.' }));
      return ++reviews === 1
        ? calls(call('add_finding', { severity: 'blocker', text: 'No docs.' }))
        : calls(call('verdict', { approve: true, text: 'Good.' }));
    };
    const of = team(mends(0, reviewed, review));
    assert.equal((await of.run()).outcome, 'completed');
    assert.deepEqual(rounds(of), [
      'implement worker-1 0',
      'review reviewer-1 1',
      'fix worker-1 0',
      'review reviewer-2 0',
    ]);
    const asked = of.router.requests.filter(({ agent }) => agent === 'worker-1');
    const [before, after] = [asked[1], asked[2]];
    assert.deepEqual(after?.messages.slice(0, before?.messages.length), before?.messages);
    assert.match(JSON.stringify(after?.messages.at(-1)), /was not accepted yet.*No docs/);
  });

  it('comes to the same end wherever it is cut off, and asks no model again for what it has answered', async function () {
    this.timeout(60_000);
    const script = mends(2, plan);
    const files = new MemoryWorkspace();
    const first = team(script, [], new Map(), files);
    const moments: Record<string, string>[] = [];
    first.journal.subscribe(() => void moments.push(files.snapshot()));
    const end = await first.run();
    const asked = first.router.requests.length;
    for (let cut = 1; cut < first.journal.events.length; cut++) {
      const before = first.journal.events.slice(0, cut);
      const again = team(script, before, first.journal.blobs, new MemoryWorkspace(moments[cut - 1]));
      const answered = again.journal.state.tally.succeeded;
      const at = `after event ${cut} (${before.at(-1)?.type})`;
      assert.deepEqual(await again.run(), end, at);
      assert.equal(again.files.text('sum.js'), GOOD, at);
      assert.deepEqual(rounds(again), rounds(first), at);
      assert.ok(again.router.requests.length <= asked - answered + 1, at);
    }
  });
});
