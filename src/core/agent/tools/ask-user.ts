import * as z from 'zod';
import type { Attached } from '../../../protocol/attached.ts';
import type { Journal } from '../../session/contract.ts';
import { showImage } from './show-image.ts';
import { defineTool, refuse } from './tool.ts';

/** An image that was handed in with an answer. */
async function shownOf({ artifact, blob }: Attached, journal: Pick<Journal, 'getBlob'>) {
  const bytes = await journal.getBlob(blob);
  const shown = bytes && showImage(`Attached, and kept as artifact "${artifact}"`, bytes);
  if (!shown) return { output: `Attached was "${artifact}", which is no longer there.`, images: [] };
  return { output: shown.output, images: shown.ok ? (shown.images ?? []) : [] };
}

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
    if (answer.answered) {
      const shown = await Promise.all((answer.attached ?? []).map(image => shownOf(image, host.journal)));
      const output = [`The user answers: ${answer.text}`, ...shown.map(each => each.output)].join('\n');
      const images = shown.flatMap(each => each.images);
      return { ok: true, output, ...(images.length > 0 && { images }) };
    }
    return refuse(
      answer.reason,
      answer.reason === 'aborted'
        ? 'The question was withdrawn, because the work was interrupted.'
        : 'Nobody is there to answer. Take the most careful choice that can be undone, write it down with note_decision, and go on.',
    );
  },
});
