import assert from 'node:assert/strict';
import type { Bug } from '../../../src/protocol/bug.ts';
import { AgentTask } from '../../../src/protocol/plan.ts';
import { planOf } from '../../support/plans.ts';
import { finished, type Script, type Stage, TeamWorld } from '../../support/team-world.ts';

const bug: Bug = { title: 'Too much', severity: 'production', steps: ['Read on'], expected: '100', seen: '120' };
const agent = (id: string, needs: string[], writes: string[] = []) =>
  AgentTask.parse({ id, title: id, role: 'worker', instructions: `Do ${id}`, needs, writes });
const plan = planOf([agent('build', [], ['a.js']), agent('test', ['build']), agent('qa', ['test'])]);

const file = ({ append, job }: Stage, finding = 'bug-1', title = bug.title) =>
  append({
    type: 'finding-added',
    finding,
    agent: job.agent,
    task: job.task?.id ?? '',
    severity: 'blocker',
    text: title,
    path: 'a.js',
    bug: { ...bug, title },
  });
const seen = ({ append, job }: Stage, finding = 'bug-1') =>
  append({ type: 'bug-seen', finding, agent: job.agent, task: job.task?.id ?? '' });

async function played(acts: Record<string, (stage: Stage) => void>) {
  const script: Script = stage => {
    const id = stage.job.task?.id ?? '';
    if (id === 'build') stage.write('a.js', 'x');
    acts[id]?.(stage);
    return finished(id);
  };
  const world = new TeamWorld({ plan, script });
  const { outcome } = await world.run();
  const order = world.journal.of('task-started').map(({ task }) => task);
  return { world, outcome, order, bugs: [...world.journal.state.findings.values()] };
}

describe('a bug that somebody who tests has filed', () => {
  it('goes to whoever wrote the file, is tried again by who found it, and only then do others go on', async () => {
    const { order, outcome, bugs, world } = await played({ test: file });
    assert.deepEqual(order, ['build', 'test', 'build-fix-1', 'test-again-1', 'qa']);
    assert.deepEqual([outcome, bugs[0]?.resolved?.how], ['completed', 'tried again, and not seen any more']);
    const told = (id: string) => world.jobs.find(({ task }) => task?.id === id)?.task?.instructions ?? '';
    for (const id of ['build-fix-1', 'test-again-1'])
      assert.match(told(id), /1\. Read on\n {2}Expected: 100\n {2}Seen: 120/);
  });

  it('stays open where it is seen again, and is mended again', async () => {
    const { order, outcome, bugs } = await played({ test: file, 'test-again-1': seen });
    assert.deepEqual(order, ['build', 'test', 'build-fix-1', 'test-again-1', 'build-fix-2', 'test-again-2', 'qa']);
    assert.deepEqual([outcome, bugs[0]?.seenIn], ['completed', ['test', 'test-again-1']]);
  });

  it('is given up after three rounds: others go on, and the session has failed', async () => {
    const { order, outcome, bugs } = await played({
      test: file,
      'test-again-1': seen,
      'test-again-2': seen,
      'test-again-3': seen,
    });
    assert.deepEqual(order.slice(-2), ['test-again-3', 'qa']);
    assert.deepEqual([outcome, bugs[0]?.resolved], ['failed', undefined]);
  });

  it('is closed by itself where another one is still seen', async () => {
    const both = (stage: Stage) => {
      file(stage);
      file(stage, 'bug-2', 'Too little');
    };
    const { outcome, bugs } = await played({ test: both, 'test-again-1': stage => seen(stage, 'bug-2') });
    assert.equal(outcome, 'completed');
    assert.deepEqual(
      bugs.map(({ seenIn }) => seenIn),
      [['test'], ['test', 'test-again-1']],
    );
    assert.ok(bugs.every(({ resolved }) => resolved));
  });

  it('holds nobody up in a session in which nobody writes', async () => {
    const alone = planOf([agent('test', []), agent('after', ['test'])]);
    const world = new TeamWorld({
      plan: alone,
      script: stage => {
        if (stage.job.task?.id === 'test') file(stage);
        return finished();
      },
    });
    await world.run();
    assert.deepEqual(
      world.journal.of('task-started').map(({ task }) => task),
      ['test', 'after'],
    );
  });

  it('is where it was after a kill at any event', async () => {
    const { world } = await played({ test: file, 'test-again-1': seen });
    const { events, blobs } = world.journal;
    for (let at = 8; at < events.length; at++) {
      const earlier = { events: events.slice(0, at), blobs, workspace: world.files };
      const again = new TeamWorld({ earlier, script: () => finished() });
      await again.run();
      const { findings, tasks } = again.journal.state;
      assert.ok(
        [...findings.values()].every(({ resolved }) => resolved),
        `killed after event ${at}`,
      );
      assert.equal(tasks.get('qa')?.status, 'completed', `killed after event ${at}`);
    }
  });
});
