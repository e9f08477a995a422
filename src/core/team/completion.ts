import { resolveNeed } from '../plan/needs.ts';
import { kindOf } from '../plan/task-kinds.ts';
import { checksOf, lastWords } from '../session/check-runs.ts';
import { hasEnded } from '../session/standing.ts';
import type { SessionState, TaskState } from '../session/state.ts';

/** One thing that must hold before a session counts as complete. */
export interface ChecklistItem {
  id: 'agents-done' | 'outputs-parsed' | 'checks-passed' | 'blockers-resolved' | 'no-idle-agent' | 'no-remaining-work';
  label: string;
  ok: boolean;
  /** What is missing, in a few words. */
  detail?: string;
}

const AT_WORK: ReadonlySet<string> = new Set(['running', 'paused', 'waiting']);
const NAMED = 5;

/** The first few by name, the others by number. */
export const listed = (all: readonly string[]): string =>
  all.length <= NAMED ? all.join(', ') : `${all.slice(0, NAMED).join(', ')} and ${all.length - NAMED} more`;

/** Skipped without anything having gone wrong: it was to react to what did not happen, or the plan dropped its cause. */
function harmlessSkips(state: SessionState): Set<string> {
  const harmless = new Set<string>();
  for (let grown = true; grown; ) {
    grown = false;
    for (const [id, { task, status }] of state.tasks) {
      if (status !== 'skipped' || harmless.has(id)) continue;
      const unmet = task.needs.map(resolveNeed).some(need => {
        if (need.kind !== 'task') return false;
        const cause = state.tasks.get(need.task);
        if (need.when === 'failed') return cause?.status !== 'failed';
        return need.when !== 'ended' && (cause?.dropped || harmless.has(need.task));
      });
      if (!unmet) continue;
      harmless.add(id);
      grown = true;
    }
  }
  return harmless;
}

/** Tasks that ended otherwise than they had to. What somebody cancelled is not done; what the plan left out is no task. */
export function unfinished(state: SessionState): TaskState[] {
  const harmless = harmlessSkips(state);
  return [...state.tasks.values()].filter(({ task, status, dropped }) => {
    if (!hasEnded(status)) return true;
    if (task.optional || status === 'completed' || dropped) return false;
    return status !== 'skipped' || !harmless.has(task.id);
  });
}

/** Whether a task's last word on each check of its last round was good. */
function checksFailing(state: TaskState): boolean {
  const { task, checks, status } = state;
  if (status !== 'completed') return false;
  const last = checks.findLast(check => !check.interrupted)?.round;
  const said = checksOf(state, last);
  return lastWords(said).some(check => !check.ok) || said.length < kindOf(task).evidence(task);
}

/** What must hold before a session is complete: a pure function of its state. */
export function checklist(state: SessionState): ChecklistItem[] {
  const agents = [...state.agents.values()];
  const tasks = [...state.tasks.values()];
  const item = (id: ChecklistItem['id'], label: string, missing: readonly string[]): ChecklistItem => ({
    id,
    label,
    ok: missing.length === 0,
    ...(missing.length > 0 && { detail: listed(missing) }),
  });
  const atWork = agents.filter(agent => AT_WORK.has(agent.status));
  const idle = atWork.filter(agent => {
    const task = agent.task === undefined ? undefined : state.tasks.get(agent.task);
    return task !== undefined && hasEnded(task.status);
  });
  const unpublished = tasks.flatMap(({ task, status }) =>
    status === 'completed'
      ? kindOf(task)
          .publishes(task)
          .filter(name => !state.artifacts.has(name))
      : [],
  );
  const open = [...state.openCalls.keys(), ...state.openChecks.keys()];
  const dropped = new Set(tasks.filter(t => t.task.optional || t.status === 'cancelled').map(t => t.task.id));
  const matters = (task: string | undefined) => task === undefined || !dropped.has(task);
  const blockers = [
    ...[...state.issues.values()]
      .filter(i => i.severity === 'blocker' && !i.resolved && matters(i.task))
      .map(i => i.text),
    ...[...state.findings.values()]
      .filter(f => f.severity === 'blocker' && !f.resolved && matters(f.task))
      .map(f => f.text),
  ];
  const left = [...unfinished(state).map(({ task }) => task.id), ...[...state.queue.values()].map(item => item.text)];
  return [
    item(
      'agents-done',
      'All agents done',
      atWork.map(agent => agent.agent),
    ),
    item('outputs-parsed', 'All outputs parsed', [...open.map(() => 'something without an outcome'), ...unpublished]),
    item(
      'checks-passed',
      'All checks passed',
      tasks.filter(checksFailing).map(({ task }) => task.id),
    ),
    item('blockers-resolved', 'All blockers resolved', blockers),
    item(
      'no-idle-agent',
      'No idle agent',
      idle.map(agent => agent.agent),
    ),
    item('no-remaining-work', 'No remaining work', state.tasks.size === 0 ? ['no plan yet'] : left),
  ];
}
