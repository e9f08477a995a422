import * as z from 'zod';
import { counted } from '../../../../protocol/show.ts';
import { fence } from '../fence.ts';
import { notFound, permitWriting, resolveForWriting } from '../paths.ts';
import { plainText } from '../read-file.ts';
import { defineTool, refuse } from '../tool.ts';
import { checkSeen, writeThrough } from '../writing.ts';
import { applyEdits } from './apply.ts';

const normal = (text: string) => text.replaceAll('\r\n', '\n');

export const editFile = defineTool({
  name: 'edit_file',
  description:
    'Changes parts of a text file you have read. Each edit replaces the exact text "old", which must occur once (or set all: true), by "new". All edits are made, or none.',
  effect: 'write',
  args: z.object({
    path: z.string().min(1).describe('Relative to the workspace root.'),
    edits: z
      .array(
        z.object({
          old: z.string().min(1).describe('Exactly as in the file, with enough lines around it to be unique.'),
          new: z.string(),
          all: z.boolean().optional().describe('Replace every occurrence.'),
        }),
      )
      .min(1)
      .max(50),
  }),
  aliases: { file_path: 'path', filePath: 'path', file: 'path', filename: 'path' },
  doing: args => `edits ${args.path}`,
  permit: permitWriting,
  async run(args, context) {
    const resolved = await resolveForWriting(context, args.path);
    if (!resolved.ok) return resolved;
    const { path } = resolved;
    const current = await context.host.agentFiles.read(path, context.signal);
    if (!current) return notFound(context, path);
    if (current.text === undefined) return refuse('binary', `"${path}" is not text, so edit_file cannot change it.`);
    const stale = checkSeen(context, path, current, 'any-part');
    if (stale) return stale;
    const edits = args.edits.map(edit => ({ ...edit, old: normal(edit.old), new: normal(edit.new) }));
    const edited = applyEdits(plainText(current.text), edits);
    if (!edited.ok) {
      const nearby = edited.nearby === undefined ? '' : `\n${fence(context, edited.nearby)}`;
      return refuse(edited.refusal, `"${path}" was not changed. ${edited.problem}${nearby}`);
    }
    if (edited.replaced === 0) return { ok: true, output: [`"${path}" was not changed.`, ...edited.notes].join(' ') };
    const times = counted(edited.replaced, 'place');
    const known = context.seen.version(path);
    const said = [`Changed ${path} in ${times}.`, ...edited.notes].join(' ');
    const result = await writeThrough(context, path, edited.text, current, said);
    if (!result.ok || !result.seen || known?.whole) return result;
    const of = edited.text.split('\n').length;
    return { ...result, seen: { ...result.seen, lines: { from: 1, to: 0, of } } };
  },
});
