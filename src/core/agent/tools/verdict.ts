import * as z from 'zod';
import { defineTool, refuse } from './tool.ts';

export const verdict = defineTool({
  name: 'verdict',
  description:
    'Ends the review. approve: true when no blocker of yours is open; false sends the work back with your findings.',
  effect: 'none',
  args: z.object({
    approve: z.boolean(),
    text: z.string().min(1).max(8000).describe('The review in a few sentences.'),
  }),
  aliases: { approved: 'approve', summary: 'text', reason: 'text', message: 'text' },
  doing: args => (args.approve ? 'approves' : 'sends the work back'),
  async run(args, { host, agent, task }) {
    const { state } = host.journal;
    const open = [...state.findings.values()].filter(one => one.task === task?.id && !one.resolved);
    const blockers = open.filter(one => one.agent === agent && one.severity === 'blocker');
    if (args.approve && blockers.length) {
      const named = blockers.map(one => `${one.finding} (${one.text.slice(0, 80)})`).join('; ');
      return refuse(
        'contradiction',
        `You cannot approve while blockers of yours are open: ${named}. Call verdict with approve: false.`,
      );
    }
    if (!args.approve && open.length === 0) {
      return refuse(
        'no-findings',
        'Work is sent back with findings only. Name each problem with add_finding first, then call verdict.',
      );
    }
    if (task && !state.verdicts.some(one => one.agent === agent)) {
      host.journal.append({ type: 'verdict', agent, task: task.id, approve: args.approve, text: args.text });
    }
    return { ok: true, output: 'Given.' };
  },
  end: args => ({ outcome: 'finished', summary: args.text, verdict: { approve: args.approve, text: args.text } }),
});
