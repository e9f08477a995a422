import assert from 'node:assert/strict';
import { AgentHistories } from '../../../src/core/agent/histories.ts';
import type { RouteRequest } from '../../../src/core/routing/contract.ts';
import type { JournalEvent } from '../../../src/protocol/events.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { listTeam } from '../../support/list-team.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { MemoryWorkspace } from '../../support/memory-workspace.ts';
import { call, calls, type Reply } from '../../support/scripted-router.ts';

/** The team on a journal that holds these events already. */
function team(
  events: JournalEvent[],
  blobs: Map<string, Uint8Array>,
  files: MemoryWorkspace,
  script?: (request: RouteRequest) => Reply,
) {
  const clock = new FakeClock();
  const journal = memoryJournal(() => clock.now(), structuredClone(events));
  for (const [hash, bytes] of blobs) journal.blobs.set(hash, bytes);
  const histories = new AgentHistories();
  for (const event of journal.events) histories.apply(event);
  return { clock, journal, ...listTeam({ clock, journal, histories, files }, script) };
}

describe('a team of real agents', () => {
  it('plans, works, is reviewed, mends and proves it', async () => {
    const files = new MemoryWorkspace();
    const { clock, journal, session, commands } = team([], new Map(), files);
    assert.deepEqual(await clock.until(session.run()), {
      outcome: 'completed',
      reason: 'everything on the checklist holds',
    });
    assert.deepEqual(files.snapshot(), { 'list.js': 'console.log([1])\n' });
    assert.deepEqual(commands, ['node list.js']);
    assert.deepEqual(
      journal.state.tasks.get('list')?.rounds.map(({ kind, openBlockers }) => `${kind} ${openBlockers}`),
      ['implement 0', 'review 1', 'fix 0', 'review 0'],
    );
  });

  it('whose orchestrator finds that a task cannot be done as planned changes the plan', async () => {
    const say = (request: RouteRequest): Reply => {
      const said = request.messages.filter(message => message.role === 'assistant').length;
      const tools = request.tools.map(tool => tool.name);
      if (tools.includes('propose_plan')) {
        return calls(
          call('propose_plan', {
            goal: 'g',
            tasks: [{ id: 'moon', title: 'T', role: 'worker', instructions: 'Fetch it.' }],
          }),
        );
      }
      if (!JSON.stringify(request.messages[0]).includes('Task moon'))
        return calls(call('finish_task', { summary: 'Drawn.' }));
      if (!tools.includes('revise_plan')) return calls(call('report_blocker', { text: 'Too far.' }));
      const draw = { id: 'draw', title: 'T', role: 'worker', instructions: 'Draw it.' };
      return said === 0
        ? calls(call('revise_plan', { tasks: [{ ...draw, role: 'artist' }] }))
        : calls(call('revise_plan', { tasks: [draw] }));
    };
    const { clock, journal, session } = team([], new Map(), new MemoryWorkspace(), say);
    assert.equal((await clock.until(session.run())).outcome, 'completed');
    assert.deepEqual(
      [...journal.state.tasks].map(([id, { status }]) => [id, status]),
      [
        ['moon', 'cancelled'],
        ['draw', 'completed'],
      ],
    );
    assert.match(journal.of('plan-refused')[0]?.errors[0] ?? '', /there is no role "artist"/);
  });

  it('ends the same wherever it is cut off, and asks no model again for what it has answered', async function () {
    this.timeout(120_000);
    // What stood in the workspace after each event, so that a cut finds the files of its moment.
    const files = new MemoryWorkspace();
    const first = team([], new Map(), files);
    const moments: Record<string, string>[] = [];
    first.journal.subscribe(() => void moments.push(files.snapshot()));
    const end = await first.clock.until(first.session.run());
    const asked = first.router.requests.length;
    for (let cut = 1; cut < first.journal.events.length; cut++) {
      const before = first.journal.events.slice(0, cut);
      const workspace = new MemoryWorkspace(moments[cut - 1]);
      const { clock, journal, session, router } = team(before, first.journal.blobs, workspace);
      const answered = journal.state.tally.succeeded;
      const at = `after event ${cut} (${before.at(-1)?.type})`;
      assert.deepEqual(await clock.until(session.run()), end, at);
      assert.deepEqual(workspace.snapshot(), files.snapshot(), at);
      assert.deepEqual(
        [...journal.state.tasks].map(([id, { status }]) => [id, status]),
        [...first.journal.state.tasks].map(([id, { status }]) => [id, status]),
        at,
      );
      // One answer may be lost: the one whose outcome stood in the journal, but whose message did not yet.
      assert.ok(
        router.requests.length <= asked - answered + 1,
        `${at}: ${router.requests.length} + ${answered} > ${asked} + 1`,
      );
      assert.equal(clock.pending, 0, at);
    }
  });
});
