import { Plan } from '../../../protocol/plan.ts';
import { counted } from '../../../protocol/show.ts';
import { defineTool, refuse } from './tool.ts';

export const revisePlan = defineTool({
  name: 'revise_plan',
  description:
    'Changes what is left of the session’s plan, where the task cannot be done as it was planned. Give every task that shall still run, new ones too. Finished tasks stay and need not be repeated, tasks at work go on as they are; whatever else is left out is dropped. The plan is checked, and the user may have to agree.',
  effect: 'ask',
  args: Plan.omit({ goal: true }),
  doing: args => `revises the plan: ${counted(args.tasks.length, 'task')}`,
  async run(args, { host, agent, signal }) {
    if (!host.revise) return refuse('not-allowed', 'The plan of this session cannot be changed.');
    const revised = await host.revise(agent, args, signal);
    if (revised.ok) return { ok: true, output: revised.text };
    return refuse(revised.reason, revised.text);
  },
});
