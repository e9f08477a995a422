import * as z from 'zod';
import { defineTool, refuse } from './tool.ts';

export const askUser = defineTool({
  name: 'ask_user',
  description:
    'Asks the user and waits for the answer. Only for what the files cannot tell and you cannot decide: everyone waits for it.',
  effect: 'ask',
  args: z.object({
    question: z.string().min(1).max(2000),
    options: z.array(z.string().min(1).max(200)).max(10).optional(),
  }),
  aliases: { text: 'question', prompt: 'question', choices: 'options' },
  doing: () => 'asks you',
  async run(args, { host, agent, signal }) {
    const answer = await host.attention.question(
      { agent, text: args.question, ...(args.options?.length && { options: args.options }) },
      signal,
    );
    if (answer.answered) return { ok: true, output: `The user answers: ${answer.text}` };
    return refuse(
      answer.reason,
      answer.reason === 'aborted'
        ? 'The question was withdrawn, because the work was interrupted.'
        : 'Nobody is there to answer. Take the most careful choice that can be undone, write it down with note_decision, and go on.',
    );
  },
});
