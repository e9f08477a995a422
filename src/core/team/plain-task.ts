import type { Approver } from '../../protocol/delivery.ts';
import type { Task } from '../../protocol/plan.ts';
import type { BranchWork } from '../delivery/branch-work.ts';
import type { HashOf } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import type { TaskState } from '../session/state.ts';
import type { AttentionQueue } from './attention.ts';
import type { CheckHost } from './checks.ts';

export interface PlainTaskHost {
  journal: Journal;
  checks: CheckHost;
  attention: AttentionQueue;
  /** Approvals need nobody: the user said yes to all beforehand. */
  approveAll: boolean;
  present(): boolean;
  /** Leaves the task as it is for a run in which a person can say what becomes of it. */
  leave(task: string): void;
  hashOf: HashOf;
  /** The session's branch; absent: it works in the workspace itself. */
  branch?: BranchWork | undefined;
  /** Who sits here, where a person answers. */
  person: Approver;
  /** Of those who mend what checks have found. */
  role: string;
  /** Puts a task among those that run. */
  add(task: Task): void;
  /** Lets the lead mend the plan where a check of this task could say nothing of the work; at once where it may not. */
  mendPlan(task: string, signal: AbortSignal): Promise<void>;
}

/** In whose name the plan's own questions are asked. */
export const PLAN = 'plan';

/** The task to run, journaled as started unless it was under way when its session stopped. */
export function beginTask(id: string, { journal }: PlainTaskHost): TaskState | undefined {
  const task = journal.state.tasks.get(id);
  if (!task) return undefined;
  const resumed = task.status === 'running' || task.status === 'checking';
  if (!resumed && task.status !== 'waiting') {
    journal.append({ type: 'task-started', task: id, attempt: task.attempt + 1 });
  }
  return journal.state.tasks.get(id);
}

export const complete = ({ journal }: PlainTaskHost, task: string, summary: string) =>
  void journal.append({ type: 'task-completed', task, summary });
export const fail = ({ journal }: PlainTaskHost, task: string, reason: string) =>
  void journal.append({ type: 'task-failed', task, reason, final: true });
