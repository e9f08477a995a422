import type { CheckTask } from '../../protocol/plan.ts';
import { commandEstimate, commandsOfChecks, plainKind, type TaskKind } from './task-kind.ts';

/** Checks that prove the work of the tasks before them. */
export const check: TaskKind<CheckTask> = {
  ...plainKind,
  slot: 'command',
  checks: ({ checks }) => checks,
  commands: ({ checks }) => commandsOfChecks(checks),
  mended: true,
  evidence: ({ checks }) => checks.length,
  estimate: (_task, course) => commandEstimate(course),
};
