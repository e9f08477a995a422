import { ClaimIndex } from './claim-index.ts';
import { globMistake } from './globs.ts';
import type { Order } from './order.ts';
import type { Placed, Report } from './parts.ts';
import { kindOf } from './task-kinds.ts';

/** More pairs than this help nobody to mend the plan. */
const MAX_PAIRS = 50;

/** Claims that are no claims, and claims of two tasks that may run side by side on the same files. */
export function writeProblems(tasks: Placed[], order: Order, report: Report): void {
  const claims = new ClaimIndex();
  let pairs = 0;
  for (const { task, path } of tasks) {
    const sound: string[] = [];
    const writes = kindOf(task).writes(task);
    for (const [i, glob] of writes.entries()) {
      const mistake = globMistake(glob);
      if (mistake) report('bad-path', [...path, 'writes', i], `"${glob}" ${mistake}`);
      else sound.push(glob);
    }
    if (order.cycles.length === 0 && pairs < MAX_PAIRS) {
      const reported = new Set<string>();
      for (const { owner, theirs, ours } of claims.conflicts(sound)) {
        if (reported.has(owner) || order.ordered(owner, task.id)) continue;
        reported.add(owner);
        if (++pairs > MAX_PAIRS) break;
        if (ours === '**' || theirs === '**') {
          const turns = `${task.id} and ${owner} take turns: "**" is all there is; give each files of its own to have them side by side`;
          report('overlapping-writes', [...path, 'writes', writes.indexOf(ours)], turns, 'warning');
          continue;
        }
        const what = ours === theirs ? `"${ours}"` : `"${ours}" and "${theirs}"`;
        report(
          'overlapping-writes',
          [...path, 'writes', writes.indexOf(ours)],
          `${task.id} and ${owner} may run side by side and both write ${what}; ` +
            `add needs: [${owner}] to ${task.id}, or give each files of its own`,
        );
      }
    }
    claims.add(task.id, sound);
  }
}
