import assert from 'node:assert/strict';
import { replan } from '../../../src/core/team/replan.ts';
import type { Task } from '../../../src/protocol/plan.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { planOf } from '../../support/plans.ts';

/** A session in which `done` has completed, `busy` runs, `broken` has failed, `later` waits, and `queued` was added. */
function running() {
  const journal = memoryJournal();
  const plan = planOf([
    { id: 'done', writes: ['a/**'], publishes: ['api'] },
    { id: 'busy', writes: ['b/**'] },
    { id: 'broken', optional: true },
    { id: 'later', needs: ['busy'] },
  ]);
  const queued = planOf([{ id: 'queued' }]).tasks[0] as Task;
  journal.append({ type: 'plan-proposed', plan, revision: 1, source: 'planner' });
  journal.append({ type: 'plan-approved', revision: 1, by: 'user' });
  journal.append({ type: 'task-added', task: queued, by: 'user' });
  for (const task of ['done', 'busy', 'broken']) journal.append({ type: 'task-started', task, attempt: 1 });
  journal.append({ type: 'task-completed', task: 'done', summary: 'ok' });
  journal.append({ type: 'task-failed', task: 'broken', reason: 'no', final: true });
  return journal.state;
}

const task = (id: string, rest: object = {}) => ({ id, title: 'T', role: 'worker', instructions: 'Do', ...rest });

describe('a revised plan', () => {
  it('keeps finished work without repeating it, and lets new tasks build on it', () => {
    const { checked, diff } = replan(
      running(),
      { tasks: [task('busy'), task('page', { consumes: ['api'], writes: ['a/x'] })] },
      {},
    );
    assert.ok(checked.ok, JSON.stringify(checked));
    assert.deepEqual(
      checked.plan.tasks.map(t => t.id),
      ['busy', 'page', 'done', 'queued'],
    );
    assert.deepEqual(diff, { kept: ['done', 'busy', 'queued'], added: ['page'], changed: [], dropped: ['later'] });
  });

  it('does not change what is finished or at work', () => {
    const state = running();
    const { checked } = replan(state, { tasks: [task('done'), task('busy', { writes: ['everything/**'] })] }, {});
    assert.ok(checked.ok);
    for (const id of ['done', 'busy']) {
      assert.deepEqual(
        checked.plan.tasks.find(t => t.id === id),
        state.tasks.get(id)?.task,
      );
    }
  });

  it('stops what is left out though it runs', () => {
    assert.deepEqual(replan(running(), { tasks: [task('later')] }, {}).diff.dropped, ['busy']);
  });

  it('gives a failed task that it names again another try', () => {
    const { diff } = replan(running(), { tasks: [task('busy'), task('broken')] }, {});
    assert.deepEqual(diff.changed, ['broken']);
  });

  it('keeps the goal of the session when it names none', () => {
    const state = running();
    const { checked } = replan(state, { tasks: [task('later')] }, {});
    assert.equal(checked.ok && checked.plan.goal, 'a goal');
  });

  it('is refused with all its mistakes, as any plan', () => {
    const { checked } = replan(
      running(),
      { tasks: [task('x', { needs: ['nothing'], role: 'nobody' })] },
      { roles: ['worker'] },
    );
    assert.deepEqual(checked.ok ? [] : checked.problems.flatMap(p => (p.severity === 'error' ? [p.code] : [])), [
      'unknown-role',
      'unknown-task',
    ]);
  });
});
