import type { Task } from '../../protocol/plan.ts';
import { own } from '../own.ts';
import { agent } from './agent-tasks.ts';
import { approval } from './approval-tasks.ts';
import { check } from './check-tasks.ts';
import { command } from './command-tasks.ts';
import { deploy } from './deploy-tasks.ts';
import type { TaskKind } from './task-kind.ts';

export const taskKinds: { readonly [K in Task['kind']]: TaskKind<Extract<Task, { kind: K }>> } = {
  agent,
  command,
  check,
  approval,
  deploy,
};

/** What there is to know of a task's kind. A task of no kind is a fault of ours that must not pass in silence. */
export function kindOf(task: Task): TaskKind {
  const kind = own<TaskKind>(taskKinds, task.kind);
  if (!kind) throw new Error(`task "${task.id}" is of kind "${task.kind}", which does not exist`);
  return kind;
}
