import type { Plan, Task } from '../../protocol/plan.ts';
import { planOrder } from './order.ts';

/** Task ids, by how many must end one after the other before them: what stands in one group needs nothing of the others in it. */
export function taskLevels(tasks: readonly Task[], pools: Plan['pools'] = {}): string[][] {
  const { before, sorted } = planOrder(tasks, pools);
  const level = new Map<string, number>();
  const ids = new Set(tasks.map(task => task.id));
  const groups: string[][] = [];
  for (const name of sorted) {
    // A phase or a pool ends with the last of its tasks; a task comes one after what it needs.
    const own =
      Math.max(-1, ...(before.get(name) ?? []).map(earlier => level.get(earlier) ?? 0)) + (ids.has(name) ? 1 : 0);
    level.set(name, own);
    if (!ids.has(name)) continue;
    const group = groups[own];
    if (group) group.push(name);
    else groups[own] = [name];
  }
  return groups.filter(group => group !== undefined);
}
