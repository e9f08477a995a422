import * as z from 'zod';
import { defineTool } from './tool.ts';

export const noteDecision = defineTool({
  name: 'note_decision',
  description: 'Writes down a choice that others should know of, and why. It goes into the session log and report.',
  effect: 'none',
  args: z.object({
    decision: z.string().min(1).max(2000),
    rationale: z.string().min(1).max(4000),
    binds: z.boolean().optional().describe('Other tasks must keep to it: their agents are told.'),
  }),
  aliases: { text: 'decision', reason: 'rationale', why: 'rationale' },
  doing: () => 'notes a decision',
  async run(args, { host, agent, task }) {
    const known = host.journal.state.decisions.some(
      one => one.by === agent && one.text === args.decision && one.rationale === args.rationale,
    );
    if (!known) {
      const { decision: text, rationale, binds } = args;
      const more = { ...(task && { task: task.id }), ...(binds && { binds }) };
      host.journal.append({ type: 'decision-noted', by: agent, text, rationale, ...more });
    }
    return { ok: true, output: 'Noted.' };
  },
});
