import { AgentTask, type ApprovalTask, type Need, type Task } from '../../../protocol/plan.ts';
import { Workflow } from '../../../protocol/workflow.ts';
import type { Page } from './sources.ts';
import type { Step } from './steps.ts';

/** Roles by what a step does, where no team says more of the session. */
const ROLES = {
  development: 'implementer',
  testing: 'qa-specialist',
  review: 'reviewer',
  deploy: 'devops',
} as const;

/** A plan of sessions in the native form. `needs` are what each waits for. */
export function toWorkflow(
  steps: readonly Step[],
  needs: ReadonlyMap<Step, Need[]>,
  page: Page,
  name: string,
): Workflow {
  const phases = [...new Set(steps.flatMap(({ phase }) => phase ?? []))];
  const deliver = steps.some(({ output }) => output !== undefined && /\bbranch\b/i.test(output));
  const tasks = steps.flatMap((step): Task[] => {
    const own = needs.get(step) ?? [];
    if (step.kind !== 'deploy') return [taskOf(step, own)];
    if (deliver) return deployOf(step, own);
    const approval = approvalOf(step, own);
    return [approval, taskOf(step, [approval.id])];
  });
  return Workflow.parse({
    name,
    goal: page.title === undefined ? (steps[0]?.task ?? name) : `${page.title}: ${steps[0]?.task ?? ''}`,
    ...(phases.length > 0 && { phases }),
    pools: poolsOf(steps),
    members: Object.fromEntries(
      steps.map(({ session, kind }) => {
        const goodAt = page.members.get(session)?.goodAt;
        return [session, { role: ROLES[kind], ...(goodAt !== undefined && { goodAt }) }];
      }),
    ),
    tasks,
    ...(deliver && { deliver }),
  });
}

function taskOf({ id, session, task, output, kind, phase, pool }: Step, needs: Need[]): Task {
  const branch = output !== undefined && /\bbranch\b/i.test(output);
  const expected = output === undefined || branch ? '' : `\n\nWhat comes of it: ${output}.`;
  return AgentTask.parse({
    id,
    title: task.split('\n')[0]?.slice(0, 200),
    role: session,
    instructions: `${task}${expected}`,
    needs,
    ...(phase !== undefined && { phase }),
    ...(pool !== undefined && { pool }),
    ...(kind === 'testing' && { complexity: /\b(ui|screen|page|user flow)\b/i.test(task) ? 'ui-test' : 'normal' }),
    // Which files it will be is not known.
    writes: kind === 'development' ? ['**'] : [],
  });
}

/** What goes out to people is agreed to by a person. */
function approvalOf({ id, session, task, phase }: Step, needs: Need[]): ApprovalTask {
  return {
    kind: 'approval',
    id: `approve-${id}`.slice(0, 64),
    title: `May ${session} begin: ${task}`.slice(0, 200),
    question: `May ${session} begin with "${task}"?`,
    needs,
    priority: 'medium',
    optional: false,
    ...(phase !== undefined && { phase }),
  };
}

const OTHERS_DEPLOY =
  'You deploy nothing yourself, and change no file. Look whether what was approved is ready to go out, and say what goes out with it: once you are done it lands on its branch and is deployed, when a person agrees to exactly that.';

/** Who deploys looks at it first; then what was approved lands and goes out, with a person's yes to exactly what it is. */
function deployOf(step: Step, needs: Need[]): Task[] {
  const { id, task, phase } = step;
  const look = `prepare-${id}`.slice(0, 64);
  const [, environment = 'production'] = /\b(?:to|on|onto)\s+(?:the\s+)?([A-Za-z][\w-]*)/.exec(task) ?? [];
  return [
    { ...taskOf(step, needs), id: look, instructions: `${task}\n\n${OTHERS_DEPLOY}` } as AgentTask,
    {
      kind: 'deploy',
      id,
      title: task.slice(0, 200),
      environment: environment.toLowerCase(),
      needs: [look],
      priority: 'medium',
      optional: false,
      ...(phase !== undefined && { phase }),
    },
  ];
}

function poolsOf(steps: readonly Step[]): Workflow['pools'] {
  const pools: Record<string, { slots: number; roles: string[] }> = {};
  for (const { pool, session } of steps) {
    if (pool === undefined) continue;
    const known = pools[pool] ?? { slots: 0, roles: [] };
    if (!known.roles.includes(session)) known.roles.push(session);
    pools[pool] = { slots: known.roles.length, roles: known.roles };
  }
  return pools;
}
