import assert from 'node:assert/strict';
import { type Node, Nodes } from '../../../src/editor/agents/nodes.ts';
import { Pace } from '../../../src/editor/agents/pace.ts';
import type { WindowSession } from '../../../src/editor/window-session.ts';
import { AGENTS, crowd } from '../../support/dashboard/crowd.ts';
import { FakeClock } from '../../support/fake-clock.ts';

/** Two hundred agents at work, and what is drawn anew of their rows. */
function watched() {
  const { journal, state } = crowd();
  const clock = new FakeClock();
  // The rows ask for nothing else of it.
  const session = { id: 'crowd', state } as unknown as WindowSession;
  const nodes = new Nodes(session);
  const draws: Node[][] = [];
  const pace = new Pace({
    clock,
    nodesOf: () => nodes,
    running: () => [session],
    draw: drawn => draws.push(drawn),
  });
  let events = 0;
  journal.subscribe(event => {
    events++;
    pace.took(session, event);
  });
  const kinds = () => draws.map(drawn => drawn.map(({ kind }) => kind));
  return { journal, clock, nodes, pace, draws, kinds, events: () => events };
}

describe('the rows of the Agents view', () => {
  it('are drawn anew a few times a second, however many events there are', async () => {
    const { journal, clock, draws, events, pace } = watched();
    for (let ms = 0; ms < 10_000; ms += 10) {
      for (let n = 0; n < 5; n++) {
        const agent = `agent-${(ms / 2 + n) % AGENTS}`;
        journal.append({ type: 'agent-doing', agent, what: `step ${ms}` });
      }
      await clock.advance(10);
    }
    assert.equal(events(), 5000);
    assert.ok(draws.length <= 45, `${draws.length} draws`);
    assert.ok(draws.length >= 30, `${draws.length} draws`);
    pace.dispose();
    assert.equal(clock.pending, 0);
  });

  it('are drawn anew where something changed, and nowhere else', async () => {
    const { journal, clock, nodes, draws, pace } = watched();
    journal.append({ type: 'agent-doing', agent: 'agent-7', what: 'reads' });
    journal.append({ type: 'agent-doing', agent: 'agent-7', what: 'writes' });
    journal.append({ type: 'agent-doing', agent: 'agent-9', what: 'reads' });
    await clock.advance(300);
    assert.deepEqual(draws, [[nodes.agent('agent-7'), nodes.agent('agent-9')]]);
    draws.length = 0;
    journal.append({ type: 'check-started', task: 'task-3', id: 'c', check: { run: 'npm test' } });
    await clock.advance(300);
    assert.deepEqual(draws, [[nodes.task('task-3')]]);
    pace.dispose();
  });

  it('are drawn anew under the session only for its sums, every three seconds, and when rows come and go', async () => {
    const { journal, clock, nodes, kinds, draws, pace } = watched();
    for (let second = 0; second < 9; second++) {
      journal.append({ type: 'agent-doing', agent: 'agent-1', what: `second ${second}` });
      await clock.advance(1000);
    }
    assert.equal(kinds().filter(drawn => drawn.includes('session')).length, 3);
    await clock.advance(60_000);
    draws.length = 0;
    journal.append({ type: 'question-asked', ask: 'q', agent: 'agent-1', text: 'Which?' });
    await clock.advance(300);
    assert.deepEqual(draws, [[nodes.root]]);
    pace.dispose();
  });

  it('stay the same rows, so that what is chosen and open stays so', () => {
    const { journal, nodes } = watched();
    const rows = () => nodes.children(nodes.root).flatMap(task => [task, ...nodes.children(task)]);
    const before = rows();
    for (let n = 0; n < AGENTS; n++) journal.append({ type: 'agent-doing', agent: `agent-${n}`, what: 'writes' });
    journal.append({ type: 'agent-ended', agent: 'agent-4', outcome: 'completed', summary: 'done' });
    const after = rows();
    assert.equal(after.length, before.length);
    after.forEach((row, index) => {
      assert.equal(row, before[index]);
    });
    assert.equal(nodes.parent(nodes.agent('agent-4')), nodes.task('task-4'));
  });

  it('show who looks something up for an agent under that agent, and nowhere else', async () => {
    const { journal, clock, nodes, draws, pace } = watched();
    const task = journal.state.agents.get('agent-7')?.task ?? '';
    const under = () => nodes.children(nodes.task(task)).map(node => node.kind === 'agent' && node.agent);
    const before = under();
    const helper = {
      agent: 'agent-7-helper-1',
      role: 'helper',
      task,
      attempt: 1,
      route: [],
      parent: 'agent-7',
      call: 'c',
    };
    journal.append({ type: 'agent-started', ...helper });
    await clock.advance(300);
    assert.deepEqual(under(), before);
    assert.deepEqual(nodes.children(nodes.agent('agent-7')), [nodes.agent('agent-7-helper-1')]);
    assert.equal(nodes.parent(nodes.agent('agent-7-helper-1')), nodes.agent('agent-7'));
    const above = [nodes.agent('agent-7'), nodes.task(task), nodes.root];
    assert.ok(
      draws.flat().some(node => above.includes(node)),
      'what stands above it is drawn anew',
    );
    pace.dispose();
  });
});
