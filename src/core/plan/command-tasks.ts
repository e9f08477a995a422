import type { CommandTask } from '../../protocol/plan.ts';
import { commandEstimate, plainKind, type TaskKind } from './task-kind.ts';

/** A command that the plan itself runs. */
export const command: TaskKind<CommandTask> = {
  ...plainKind,
  slot: 'command',
  once: true,
  instructions: ({ run }) => run,
  commands: ({ run }) => [run],
  evidence: () => 1,
  estimate: (_task, course) => commandEstimate(course),
};
