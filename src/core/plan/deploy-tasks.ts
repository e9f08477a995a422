import type { DeployTask } from '../../protocol/plan.ts';
import { plainKind, type TaskKind } from './task-kind.ts';

/** The session's branch lands on its target, and what has landed goes out to where people use it. */
export const deploy: TaskKind<DeployTask> = {
  ...plainKind,
  slot: 'command',
  describe: ({ environment }) => `deploy to ${environment}`,
  validate({ task, path }, { context }, report) {
    const { deploys } = context;
    if (deploys && deploys.get(task.id)?.environment !== task.environment)
      report(
        'wrong-value',
        [...path, 'kind'],
        'what is deployed, and where, people say in a workflow; plan the work before it',
      );
  },
  estimate: (_task, course) => ({ work: [], seconds: course === 0 ? 30 : 600 }),
};
