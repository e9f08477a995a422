import * as z from 'zod';
import { cutLine } from './fence.ts';
import { defineTool, refuse } from './tool.ts';

export const lookInto = defineTool({
  name: 'look_into',
  description:
    'Has a cheaper helper look something up in the workspace, and gives you its short answer instead of all it read. It knows only your question.',
  effect: 'read',
  args: z.object({
    question: z.string().min(1).max(4000).describe('Stands alone: what, and where to begin.'),
  }),
  aliases: { prompt: 'question', query: 'question', task: 'question', description: 'question' },
  doing: args => `has looked into: ${cutLine(args.question.replace(/\s+/g, ' '), 80)}`,
  run: ({ question }, context) =>
    context.host.lookInto?.(question, context) ??
    Promise.resolve(refuse('no-answer', 'Nobody can be asked here. Look yourself, with search and read_file.')),
});
