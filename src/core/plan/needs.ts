import type { Need, Plan, Task } from '../../protocol/plan.ts';
import { isAgentTask } from '../../protocol/plan.ts';

/** A need with nothing left implicit. */
export type ResolvedNeed =
  | { kind: 'task'; task: string; when: 'completed' | 'failed' | 'ended' | 'accepted' | 'approved'; rounds?: number }
  | { kind: 'phase'; phase: string }
  | { kind: 'pool'; pool: string };

export function resolveNeed(need: Need): ResolvedNeed {
  if (typeof need === 'string') return { kind: 'task', task: need, when: 'completed' };
  if ('task' in need) {
    const { task, when = 'completed', rounds } = need;
    return { kind: 'task', task, when, ...(rounds !== undefined && { rounds }) };
  }
  if ('phase' in need) return { kind: 'phase', phase: need.phase };
  return { kind: 'pool', pool: need.pool };
}

/** The pool a task belongs to: the one it names, else the first that lists its role. */
export function poolOf(task: Task, pools: Plan['pools']): string | undefined {
  if (!isAgentTask(task)) return undefined;
  if (task.pool !== undefined) return task.pool;
  return Object.keys(pools).find(pool => pools[pool]?.roles?.includes(task.role));
}

/** The groups whose end others may wait for. */
export function groupsOf(task: Task, pools: Plan['pools']): string[] {
  const pool = poolOf(task, pools);
  return [
    ...(task.phase === undefined ? [] : [`phase ${task.phase}`]),
    ...(pool === undefined ? [] : [`pool ${pool}`]),
  ];
}

/** What a need waits for, as a word for people and a key for maps: a task's id, `phase x` or `pool x`. */
export function needKey(need: ResolvedNeed): string {
  if (need.kind === 'task') return need.task;
  return need.kind === 'phase' ? `phase ${need.phase}` : `pool ${need.pool}`;
}
