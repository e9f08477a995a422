import { isAgentTask } from '../../protocol/plan.ts';
import type { FoundBug } from '../../protocol/station.ts';
import type { SessionState } from './state.ts';

/** Bugs that were filed in a session and are not mended, with who found them and who wrote what they are in. */
export function openBugs({ findings, files, tasks, agents }: SessionState): FoundBug[] {
  return [...findings.values()].flatMap(({ bug, path, agent, resolved }) => {
    if (!bug || resolved) return [];
    const wrote = path === undefined ? undefined : files.get(path)?.tasks.at(-1);
    const task = wrote === undefined ? undefined : tasks.get(wrote)?.task;
    const writer = task && isAgentTask(task) ? task.role : undefined;
    const finder = agents.get(agent)?.role;
    return {
      bug,
      ...(path !== undefined && { path }),
      ...(finder !== undefined && { finder }),
      ...(writer !== undefined && { writer }),
    };
  });
}
