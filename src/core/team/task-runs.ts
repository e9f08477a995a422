import type { Task } from '../../protocol/plan.ts';
import { own } from '../own.ts';
import { runAgentTask } from './agent-task.ts';
import { runApprovalTask } from './approval-task.ts';
import { runCheckTask } from './check-task.ts';
import { runCommandTask } from './command-task.ts';
import { runDeployTask } from './deploy-task.ts';
import { agentTaskHost, plainTaskHost, type Team } from './hosts.ts';

type RunTask<T extends Task = Task> = (task: T, team: Team, signal: AbortSignal) => Promise<void>;

/** How a task of each kind is taken from wherever it stands to its end; early when the signal says so. */
const runs: { readonly [K in Task['kind']]: RunTask<Extract<Task, { kind: K }>> } = {
  agent: ({ id }, team, signal) => runAgentTask(id, agentTaskHost(team), signal),
  command: (task, team, signal) => runCommandTask(task, plainTaskHost(team), signal),
  check: (task, team, signal) => runCheckTask(task, plainTaskHost(team), signal),
  deploy: (task, team, signal) => runDeployTask(task, plainTaskHost(team), signal),
  approval: (task, team, signal) => runApprovalTask(task, plainTaskHost(team), signal),
};

export const runTask: RunTask = async (task, team, signal) => {
  const run = own(runs, task.kind) as RunTask | undefined;
  if (!run) throw new Error(`nothing runs tasks of kind "${task.kind}"`);
  return run(task, team, signal);
};
