import * as z from 'zod';
import { ProposedPlan } from '../../../protocol/plan.ts';
import { counted } from '../../../protocol/show.ts';
import { parametersOf } from './spec.ts';
import { defineTool, refuse } from './tool.ts';

/** A plan that is yet to be checked, which says better what is wrong with it. */
export const UncheckedPlan = z.looseObject({ tasks: z.array(z.unknown()).min(1) });

export const revisePlan = defineTool({
  name: 'revise_plan',
  description:
    'Changes what is left of the plan, where the task cannot be done as planned. Give every task that shall still run, new ones too; finished ones stay, those at work go on, whatever else is left out is dropped. The user may have to agree.',
  effect: 'ask',
  args: UncheckedPlan,
  parameters: parametersOf(ProposedPlan.omit({ goal: true, pools: true })),
  doing: args => `revises the plan: ${counted(args.tasks.length, 'task')}`,
  async run(args, { host, agent, signal }) {
    if (!host.revise) return refuse('not-allowed', 'The plan of this session cannot be changed.');
    const revised = await host.revise(agent, args, signal);
    if (revised.ok) return { ok: true, output: revised.text };
    return refuse(revised.reason, revised.text);
  },
});
