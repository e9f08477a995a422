import { taskLevels } from '../../plan/levels.ts';
import type { SessionState, TaskState } from '../state.ts';
import type { Report } from './report.ts';

/** Which tasks could run beside each other, which did, and what that saved. */
export function parallelReport({ tasks, plan, parallel, lastAt }: SessionState): Report['parallel'] {
  const { most, taskMs, busyMs } = parallel;
  const all = [...tasks.values()].filter(({ dropped }) => !dropped);
  const levels = taskLevels(
    all.map(({ task }) => task),
    plan?.pools,
  );
  return {
    groups: levels
      .filter(ids => ids.length > 1)
      .map(ids => ({
        tasks: ids,
        mostAtOnce: mostAtOnce(
          ids.flatMap(id => tasks.get(id) ?? []),
          lastAt,
        ),
      })),
    mostAtOnce: most,
    taskMs,
    busyMs,
    ...(busyMs > 0 && { speedUp: Math.round((100 * taskMs) / busyMs) / 100 }),
  };
}

/** From the first start to the last end of each: a task that was tried again counts in between, too. */
function mostAtOnce(tasks: readonly TaskState[], now: number | undefined): number {
  const edges = tasks.flatMap(({ startedAt, endedAt }) =>
    startedAt === undefined
      ? []
      : [
          { at: startedAt, by: 1 },
          { at: endedAt ?? now ?? startedAt, by: -1 },
        ],
  );
  // One that ends in the moment in which another starts did not run beside it.
  edges.sort((a, b) => a.at - b.at || a.by - b.by);
  let [most, running] = [0, 0];
  for (const { by } of edges) {
    running += by;
    most = Math.max(most, running);
  }
  return most;
}
