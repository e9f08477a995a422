import type { ApprovalTask } from '../../protocol/plan.ts';
import { hint } from './suggest.ts';
import { plainKind, type TaskKind } from './task-kind.ts';

/** A person says whether the work goes on, or decides on what others wrote. */
export const approval: TaskKind<ApprovalTask> = {
  ...plainKind,
  validate({ task, path }, { tasks, writers, order }, report) {
    for (const [i, id] of (task.changes ?? []).entries()) {
      const at = [...path, 'changes', i];
      if (!tasks.has(id)) report('unknown-task', at, `there is no task "${id}"${hint(id, tasks.keys())}`);
      else if (!writers.has(id)) {
        report('nothing-to-accept', at, `"${id}" writes no files that could be accepted`);
      } else if (order.cycles.length === 0 && !order.precedes(id, task.id)) {
        const when = `"${task.id}" waits for the changes of "${id}" but may come before it`;
        report('changes-not-ordered', at, `${when}; add needs: [${id}]`);
      }
    }
  },
};
