import type { EventOf } from '../../protocol/events.ts';
import { AgentTask, type CheckTask, isAgentTask } from '../../protocol/plan.ts';
import { checkText } from '../plan/check-text.ts';
import { planOrder } from '../plan/order.ts';
import type { HashOf } from '../ports.ts';
import { hasEnded } from '../session/standing.ts';
import type { SessionState, TaskState } from '../session/state.ts';
import { outcomesText } from './prompt.ts';
import { data } from './prompt-text.ts';

/** How often a failed check is mended before it has failed for good. */
export const REPAIRS = 2;

/** Repairs of a task since it was last tried again by somebody. */
export function repairsOf(state: SessionState, { task, repairsBefore = 0 }: TaskState): TaskState[] {
  return [...state.tasks.values()].filter(
    ({ repairs }) => repairs?.task === task.id && repairs.attempt > repairsBefore,
  );
}

/** A task waits for this one, which mends what its checks have found. */
export const isUnderRepair = (state: SessionState, task: TaskState): boolean =>
  task.status === 'pending' && repairsOf(state, task).some(({ status }) => !hasEnded(status));

/** The task that mends what the checks of another have found, in the files of those whose work they judge. */
export function repairTask(
  state: SessionState,
  spec: CheckTask,
  failed: readonly EventOf<'check-ended'>[],
  { role, hashOf }: { role: string; hashOf: HashOf },
): AgentTask {
  const held = state.tasks.get(spec.id) as TaskState;
  const earlier = repairsOf(state, held);
  const judged = judgedBy(state, spec.id);
  const parts = judged.map(({ id, title, writes }) => `- ${id}: ${title}; it wrote ${writes.join(', ') || 'nothing'}`);
  const tried = earlier.map(({ task, note }) => `${task.id}: ${note ?? 'nothing was said of it'}`);
  const instructions = [
    `The parts that others have built were checked together by task ${spec.id} ("${spec.title}"), and it failed. Find the cause and mend it where it is: in the parts, or in the tests where they ask for what was never wanted. Do not weaken what is checked.`,
    `The parts:\n${parts.join('\n')}`,
    `What failed:\n${outcomesText(failed, hashOf)}`,
    ...(tried.length > 0
      ? [`What was tried before, after which it failed again:\n${data(hashOf, tried.join('\n'))}`]
      : []),
  ].join('\n\n');
  const writes = [...new Set(judged.flatMap(task => task.writes))];
  return AgentTask.parse({
    id: repairId(state, spec.id),
    title: `Mend what ${spec.id} found: ${failed.map(({ check }) => checkText(check)).join(', ')}`.slice(0, 200),
    ...(spec.phase !== undefined && { phase: spec.phase }),
    role,
    instructions,
    writes,
    checks: spec.checks,
    priority: 'high',
    complexity: 'complex',
    // The task whose checks failed says whether the session may complete without it.
    optional: true,
  });
}

export function repairId(state: SessionState, task: string): string {
  const base = `${task.slice(0, 50)}-repair`;
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`;
    if (!state.tasks.has(id)) return id;
  }
}

/** The agents' tasks before it; where it waits for none, all of them. */
function judgedBy(state: SessionState, id: string): AgentTask[] {
  const tasks = [...state.tasks.values()]
    .filter(({ dropped, repairs }) => !dropped && !repairs)
    .map(({ task }) => task);
  const agents = tasks.filter(isAgentTask);
  const order = planOrder(tasks, state.plan?.pools ?? {});
  const before = new Set<string>();
  const open = [...(order.before.get(id) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (before.has(next)) continue;
    before.add(next);
    open.push(...(order.before.get(next) ?? []));
  }
  const judged = agents.filter(task => before.has(task.id));
  return judged.length > 0 ? judged : agents;
}
