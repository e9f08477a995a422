import type { Order } from './order.ts';
import type { Placed, PlanContext, Report } from './parts.ts';
import { hint } from './suggest.ts';
import { kindOf } from './task-kinds.ts';

/** Artifacts that nobody publishes, or not surely before they are read. */
export function artifactProblems(
  tasks: Placed[],
  order: Order,
  incomplete: boolean,
  context: PlanContext,
  report: Report,
): void {
  const finished = context.finished ?? new Set();
  const publishers = new Map<string, string[]>();
  for (const { task, path } of tasks) {
    for (const [i, artifact] of kindOf(task).publishes(task).entries()) {
      const others = publishers.get(artifact) ?? [];
      const rival = others.find(
        other =>
          !finished.has(other) && other !== task.id && order.cycles.length === 0 && !order.ordered(other, task.id),
      );
      if (rival !== undefined) {
        const both = `${task.id} and ${rival} both publish "${artifact}" and may run side by side`;
        report(
          'artifact-published-twice',
          [...path, 'publishes', i],
          `${both}; add needs: [${rival}], or use two names`,
        );
      }
      publishers.set(artifact, [...others, task.id]);
    }
  }
  const uses = tasks.flatMap(({ task, path }) => {
    const kind = kindOf(task);
    const consumed = kind.consumes(task).map((name, i) => ({ name, at: [...path, 'consumes', i], task }));
    const checked = kind
      .checks(task)
      .flatMap((check, i) =>
        'artifact' in check ? [{ name: check.artifact, at: [...path, 'checks', i, 'artifact'], task }] : [],
      );
    return [...consumed, ...checked];
  });
  for (const { name, at, task } of uses) {
    const by = publishers.get(name) ?? [];
    if (
      context.given?.includes(name) ||
      by.some(id => finished.has(id)) ||
      (by.includes(task.id) && at.at(-1) === 'artifact')
    )
      continue;
    if (by.length === 0) {
      if (incomplete) continue;
      const all = hint(name, [...publishers.keys(), ...(context.given ?? [])]);
      report(
        'artifact-unpublished',
        at,
        `no task publishes "${name}"${all === '' ? '; add it to the publishes of one' : all}`,
      );
    } else if (order.cycles.length === 0 && !by.some(publisher => order.precedes(publisher, task.id))) {
      const publisher = by.find(id => id !== task.id);
      const mend =
        publisher === undefined ? 'a task cannot consume what it publishes itself' : `add needs: [${publisher}]`;
      report('artifact-not-ordered', at, `"${task.id}" uses "${name}" but may start before it is published; ${mend}`);
    }
  }
}
