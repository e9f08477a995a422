import assert from 'node:assert/strict';
import { TaskGraph } from '../../../src/core/plan/graph.ts';
import { GateKeeper } from '../../../src/core/team/gate-keeper.ts';
import { gateVerdict, isGate, sendBack } from '../../../src/core/team/gates.ts';
import type { Event } from '../../../src/protocol/events.ts';
import { AgentTask, type Task } from '../../../src/protocol/plan.ts';
import { memoryJournal } from '../../support/memory-journal.ts';

const task = (id: string, more: object = {}): AgentTask =>
  AgentTask.parse({ id, title: id, role: 'implementer', instructions: `do ${id}`, ...more });
const tasks = [
  task('build', { writes: ['src/**'] }),
  task('qa', { role: 'reviewer', needs: ['build'] }),
  task('deploy', { needs: [{ task: 'qa', when: 'approved', rounds: 2 }] }),
];

function world() {
  const journal = memoryJournal();
  const added: Task[] = [];
  journal.append({
    type: 'plan-proposed',
    plan: { goal: 'g', phases: [], pools: {}, tasks },
    revision: 1,
    source: 'file',
  });
  const keeper = new GateKeeper(journal, each => added.push(each));
  const judge = (id: string, approve: boolean, path?: string) => {
    const agent = `agent-of-${id}`;
    if (!approve)
      journal.append({
        type: 'finding-added',
        finding: `finding-of-${id}`,
        agent,
        task: id,
        severity: 'blocker',
        text: 'it breaks',
        ...(path !== undefined && { path }),
      });
    journal.append({ type: 'verdict', agent, task: id, approve, text: 'so it is' });
    journal.append({ type: 'task-completed', task: id, summary: 'judged' });
  };
  const done = (id: string) => journal.append({ type: 'task-completed', task: id, summary: 'done' } as Event);
  return { journal, added, keeper, judge, done };
}

describe('an agent whose approval others wait for', () => {
  it('lets them begin when it approves, and not before', () => {
    const graph = new TaskGraph();
    graph.add(tasks);
    graph.end('build', 'completed');
    assert.deepEqual(graph.end('qa', 'completed'), { ready: [], skipped: [] });
    assert.deepEqual(graph.judged('qa', 'approved').ready, ['deploy']);
  });

  it('keeps them from beginning for good when it has rejected for the last time', () => {
    const graph = new TaskGraph();
    graph.add(tasks);
    graph.end('build', 'completed');
    graph.end('qa', 'completed');
    assert.deepEqual(graph.judged('qa', 'rejected').skipped, [
      { task: 'deploy', reason: 'needs the approval of qa, which it did not give', harmless: false },
    ]);
  });

  it('sends its findings back to whoever wrote the work, and judges again, so often and not more', () => {
    const { journal, added, judge, done } = world();
    const { state } = journal;
    done('build');
    judge('qa', false);
    assert.deepEqual(
      added.map(({ id, needs }) => [id, needs]),
      [
        ['build-fix-1', []],
        ['qa-again-1', ['build-fix-1']],
      ],
    );
    assert.match((added[0] as AgentTask).instructions, /finding-of-qa \(blocker\): it breaks/);
    assert.ok(isGate(state, 'qa-again-1'));
    assert.equal(gateVerdict(state, 'qa', 2), undefined);
    done('build-fix-1');
    judge('qa-again-1', false);
    assert.deepEqual(
      added.slice(2).map(({ id }) => id),
      ['build-fix-2', 'qa-again-2'],
    );
    done('build-fix-2');
    judge('qa-again-2', false);
    assert.equal(added.length, 4);
    assert.equal(gateVerdict(state, 'qa', 2), 'rejected');
  });

  it('closes its findings when it approves in the end', () => {
    const { journal, judge, done } = world();
    done('build');
    judge('qa', false);
    done('build-fix-1');
    judge('qa-again-1', true);
    assert.equal(gateVerdict(journal.state, 'qa', 2), 'approved');
    assert.ok(journal.state.findings.get('finding-of-qa')?.resolved);
  });

  it('has approved nothing where it gave no verdict, or could not be asked', () => {
    const { journal, done, keeper } = world();
    keeper.dispose();
    done('build');
    done('qa');
    assert.equal(gateVerdict(journal.state, 'qa', 0), 'rejected');
    journal.append({ type: 'task-failed', task: 'qa', reason: 'no model', final: true });
    assert.equal(gateVerdict(journal.state, 'qa', 2), 'rejected');
  });

  it('sends back after a crash what it was about to send back, once', () => {
    const { journal, judge, done, keeper } = world();
    keeper.dispose();
    done('build');
    judge('qa', false);
    const again = new GateKeeper(journal, () => assert.fail('nothing runs yet'));
    again.settle();
    again.settle();
    assert.deepEqual([...journal.state.tasks.keys()], ['build', 'qa', 'deploy', 'build-fix-1', 'qa-again-1']);
    assert.deepEqual(sendBack(journal.state, 'qa', 2), []);
  });
});
