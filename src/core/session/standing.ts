import type { SessionOutcome } from '../../protocol/events.ts';
import type { TaskEnd } from '../plan/graph.ts';
import type { AgentState, AgentStatus, SessionState, TaskState, TaskStatus } from './state.ts';

/** `pausing`: its session is paused, and what it has begun goes on to its end first. */
export type Standing = AgentStatus | 'pausing';
/** `interrupted`: it was at work when its session stopped. `paused`: nobody goes on with it before somebody says so. */
export type TaskStanding = TaskStatus | 'interrupted' | 'paused';
/** How a session stands, or how it ended. */
export type SessionStanding = Exclude<SessionState['status'], 'ended'> | SessionOutcome;
export type PhaseStanding =
  | 'pending'
  | 'waiting'
  | 'running'
  | 'paused'
  | 'completed'
  | 'failed'
  | 'skipped'
  | 'cancelled'
  | 'interrupted';

const AT_WORK: ReadonlySet<Standing | TaskStanding> = new Set(['running', 'checking', 'paused', 'pausing', 'waiting']);

/** What the journal alone knows of whether anybody runs it: whoever sees the owner knows better. */
const goesOn = ({ status }: SessionState) => status !== 'ended';

/** How an agent stands for those who look at it: in a paused session nobody begins anything new. */
export function standing(state: SessionState, agent: AgentState, runs = goesOn(state)): Standing {
  if (!runs && AT_WORK.has(agent.status)) return 'interrupted';
  if (agent.status !== 'running' || state.status !== 'paused') return agent.status;
  return agent.openTools > 0 || isAnswered(state, agent.agent) ? 'pausing' : 'paused';
}

function isAnswered({ openCalls }: SessionState, agent: string): boolean {
  for (const { intent } of openCalls.values()) if (intent.agent === agent) return true;
  return false;
}

export function taskStanding(state: SessionState, task: TaskState, runs = goesOn(state)): TaskStanding {
  if (runs && task.status === 'running' && isPaused(state, task)) return 'paused';
  if (runs || !AT_WORK.has(task.status)) return task.status;
  return task.startedAt === undefined ? 'pending' : 'interrupted';
}

/** Its agents are, or will be after the turn that they are in; what runs without agents runs on. */
function isPaused({ status, agents }: SessionState, task: TaskState): boolean {
  const atWork = task.agents.flatMap(id => {
    const agent = agents.get(id);
    return agent && AT_WORK.has(agent.status) ? [agent] : [];
  });
  return atWork.length > 0 && atWork.every(agent => status === 'paused' || agent.status === 'paused');
}

export function sessionStanding({ status, outcome }: SessionState, runs: boolean): SessionStanding {
  if (status === 'ended') return outcome?.outcome ?? 'interrupted';
  return runs ? status : 'interrupted';
}

/** Work goes before what has ended, and what went wrong before what went well: nothing hides behind a tick. */
export function phaseStanding(state: SessionState, phase: string, runs = goesOn(state)): PhaseStanding {
  const found = new Set<TaskStanding>();
  for (const task of state.tasks.values()) if (task.task.phase === phase) found.add(taskStanding(state, task, runs));
  if (found.has('running') || found.has('checking')) return 'running';
  for (const stopped of ['interrupted', 'paused'] as const) if (found.has(stopped)) return stopped;
  if (found.has('pending') || found.has('waiting'))
    return found.size > 1 || found.has('waiting') ? 'waiting' : 'pending';
  return (['failed', 'cancelled', 'skipped'] as const).find(ending => found.has(ending)) ?? 'completed';
}

/** How many tasks are done, and how many will never be: cancelled is not done. */
export interface Progress {
  total: number;
  done: number;
  failed: number;
  cancelled: number;
  skipped: number;
}

export function progressOf(tasks: Iterable<Pick<TaskState, 'status'>>): Progress {
  const progress = { total: 0, done: 0, failed: 0, cancelled: 0, skipped: 0 };
  for (const { status } of tasks) {
    progress.total++;
    if (status === 'completed') progress.done++;
    else if (status === 'failed' || status === 'cancelled' || status === 'skipped') progress[status]++;
  }
  return progress;
}

/** For how long somebody worked on it, up to now where somebody does. */
export function workingTime(state: SessionState, now: number, runs: boolean): number {
  if (!runs || state.status === 'ended' || state.workedAt === undefined) return state.activeMs;
  return state.activeMs + Math.max(0, now - state.workedAt);
}

/** Whether a task or a phase has come to its end, good or bad. */
export const hasEnded = (status: TaskStatus | PhaseStanding): status is TaskEnd => ENDS.has(status);

const ENDS: ReadonlySet<TaskStatus | PhaseStanding> = new Set<TaskEnd>(['completed', 'failed', 'skipped', 'cancelled']);
const UNDONE: ReadonlySet<TaskStatus> = new Set<TaskStatus>(['failed', 'cancelled', 'skipped']);
const OPEN: ReadonlySet<TaskStatus> = new Set<TaskStatus>(['waiting', 'running', 'checking']);

/** A command that was cut off is run again only when a person says so, and waits for that. */
export const isCutOff = ({ status, cutOff }: TaskState): boolean => cutOff === true && OPEN.has(status);

/** Whether somebody may have it tried again. */
export const isRetriable = (task: TaskState): boolean => !task.dropped && (UNDONE.has(task.status) || isCutOff(task));

/** Whether it ended for want of a model: at the plan, or in some task. */
export function stoppedByOutage({ outcome, tasks, agents, planApproved }: SessionState): boolean {
  if (outcome?.outcome !== 'failed') return false;
  const stopped: Iterable<{ status: string; outage?: unknown }> = planApproved ? tasks.values() : agents.values();
  for (const { status, outage } of stopped) if (status === 'failed' && outage) return true;
  return false;
}
