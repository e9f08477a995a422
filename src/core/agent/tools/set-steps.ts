import * as z from 'zod';
import { Step } from '../../../protocol/events.ts';
import { counted } from '../../../protocol/show.ts';
import { defineTool } from './tool.ts';

const MOST = 20;

export const setSteps = defineTool({
  name: 'set_steps',
  description: 'Your own short list of steps, which people see. Send all of it whenever one is begun or done.',
  effect: 'none',
  args: z.object({
    steps: z.array(Step.extend({ text: z.string().min(1).max(200) })).max(MOST),
  }),
  aliases: { todos: 'steps', items: 'steps', plan: 'steps' },
  doing: args => args.steps.find(step => step.state === 'doing')?.text ?? 'plans its steps',
  async run({ steps }, { host, agent }) {
    const known = host.journal.state.agents.get(agent)?.steps;
    if (JSON.stringify(known) !== JSON.stringify(steps)) host.journal.append({ type: 'steps-set', agent, steps });
    const left = steps.filter(step => step.state !== 'done').length;
    return { ok: true, output: left === 0 ? 'All done.' : `${counted(left, 'step')} left.` };
  },
});
