import type { Check, Plan, Task } from '../../protocol/plan.ts';

const commandOf = (check: Check): string[] => {
  if ('run' in check) return [check.run];
  return 'artifact' in check && check.matches?.run !== undefined ? [check.matches.run] : [];
};

/** The command lines that a task runs by itself, in the words they are run in. */
export function commandsOf(task: Task): string[] {
  if (task.kind === 'command') return [task.run];
  return task.kind === 'approval' ? [] : task.checks.flatMap(commandOf);
}

export const commandsIn = ({ tasks }: Plan): string[] => [...new Set(tasks.flatMap(commandsOf))];
