import type { Plan } from '../../protocol/plan.ts';
import { kindOf } from './task-kinds.ts';

/** The command lines that the tasks of a plan run by themselves. */
export const commandsIn = ({ tasks }: Plan): string[] => [
  ...new Set(tasks.flatMap(task => kindOf(task).commands(task))),
];
