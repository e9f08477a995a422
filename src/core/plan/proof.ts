import type { Check } from '../../protocol/plan.ts';
import { globMistake } from './globs.ts';
import type { Order } from './order.ts';
import type { Placed, Report } from './parts.ts';
import { kindOf } from './task-kinds.ts';

const proves = ({ task }: Placed) => kindOf(task).evidence(task) > 0;

/** Work that nothing would show to be done: neither checks of its own, nor a review, nor a check after it. */
export function proofProblems(tasks: Placed[], order: Order, report: Report): void {
  const after = provedLater(tasks, order);
  for (const placed of tasks) {
    const { task, path } = placed;
    for (const [i, check] of kindOf(task).checks(task).entries()) {
      const at = [...path, 'checks', i];
      const files =
        'exists' in check ? check.exists : 'artifact' in check && check.matches?.file ? [check.matches.file] : [];
      for (const file of files) {
        const mistake = globMistake(file);
        if (mistake) report('bad-path', at, `"${file}" ${mistake}`);
      }
      if ('artifact' in check) artifactProblems(check, at, report);
    }
    if (kindOf(task).writes(task).length === 0 || order.cycles.length > 0) continue;
    const reviewed = 'review' in task && task.review !== undefined;
    if (proves(placed) || reviewed || after.has(task.id)) continue;
    const mend = 'add checks, a review, or a check task that needs it';
    report('no-proof', path, `nothing would show that "${task.id}" is done; ${mend}`, 'warning');
  }
}

const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:(\d+|\{port\d*\}))?(\/|$)/;

function artifactProblems(
  { matches, serves }: Extract<Check, { artifact: string }>,
  at: (string | number)[],
  report: Report,
): void {
  if (matches && (matches.file === undefined) === (matches.run === undefined))
    report('wrong-value', [...at, 'matches'], 'give either file or run: what must match the artifact');
  if (matches && serves)
    report('wrong-value', at, 'give either matches or serves: one text, or parts that are started');
  if (!serves) return;
  const { start, url } = serves;
  for (const address of [...start.map(part => part.health), ...(url === undefined ? [] : [url])])
    if (!LOOPBACK.test(address))
      report(
        'wrong-value',
        [...at, 'serves'],
        `"${address}" is no address of this machine; write http://127.0.0.1:{port}/…`,
      );
}

/** Tasks after which, directly or not, a task with checks runs. */
function provedLater(tasks: Placed[], order: Order): Set<string> {
  const proved = new Set<string>();
  const proving = new Set(tasks.filter(proves).map(placed => placed.task.id));
  for (const name of order.sorted.toReversed()) {
    if (!proving.has(name) && !proved.has(name)) continue;
    for (const earlier of order.before.get(name) ?? []) proved.add(earlier);
  }
  return proved;
}
