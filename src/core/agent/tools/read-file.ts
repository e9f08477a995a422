import * as z from 'zod';
import { counted } from '../../../protocol/show.ts';
import { cutLine, fence } from './fence.ts';
import { isImageName } from './images.ts';
import { notFound, resolvePath } from './paths.ts';
import { imageTooLarge, LARGEST_IMAGE, showImage } from './show-image.ts';
import { showPdf } from './show-pdf.ts';
import { defineTool, refuse } from './tool.ts';

const MAX_BYTES = 64_000_000;
const MAX_LINES = 2000;
const MAX_OUTPUT = 60_000;
const MAX_LINE = 2000;

const BOM = '\uFEFF';
/** Text as agents see it: without byte order mark, lines ending in \n. */
export const plainText = (text: string): string =>
  (text.startsWith(BOM) ? text.slice(1) : text).replaceAll('\r\n', '\n');

/** Counted from the end where it is negative. */
const firstLine = (from: number, of: number): number => Math.max(1, from < 0 ? of + 1 + from : from);

export const readFile = defineTool({
  name: 'read_file',
  description: `Reads a text file with its line numbers, at most ${MAX_LINES} lines at once; shows an image, and a PDF's text, where from and to count pages. A file must be read before it is changed.`,
  effect: 'read',
  args: z.object({
    path: z.string().min(1).describe('Relative to the workspace root.'),
    from: z.number().int().optional().describe('First line, from 1; -50: the last 50 lines.'),
    to: z.number().int().min(1).optional().describe('Last line, included.'),
  }),
  aliases: {
    file_path: 'path',
    filePath: 'path',
    file: 'path',
    filename: 'path',
    start_line: 'from',
    startLine: 'from',
    offset: 'from',
    end_line: 'to',
    endLine: 'to',
  },
  doing: args => `reads ${args.path}`,
  async run(args, context) {
    const resolved = await resolvePath(context, args.path, 'read');
    if (!resolved.ok) return resolved;
    const { path } = resolved;
    const bytes = await context.host.files.sizeOf(path);
    if (bytes !== undefined && bytes > LARGEST_IMAGE && isImageName(path)) return imageTooLarge(path, bytes);
    if (bytes !== undefined && bytes > MAX_BYTES) {
      return refuse(
        'too-large',
        `"${path}" has ${bytes} bytes, more than can be read. Use search to find the lines you need, or run_command to cut a part out.`,
      );
    }
    const file = await context.host.agentFiles.read(path, context.signal);
    if (!file) return { ...(await notFound(context, path)), seen: { path, hash: null } };
    const image = showImage(path, file.bytes);
    if (image) return { ...image, seen: { path, hash: file.hash } };
    const pdf = await showPdf(path, file.bytes, args, context);
    if (pdf) return { ...pdf, seen: { path, hash: file.hash } };
    if (file.text === undefined) {
      return {
        ...refuse('binary', `"${path}" is not text (${file.bytes.length} bytes), so it cannot be shown.`),
        seen: { path, hash: file.hash },
      };
    }
    const text = plainText(file.text);
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    const of = lines.length;
    const from = firstLine(args.from ?? 1, of);
    if (of > 0 && from > of) {
      return refuse(
        'bad-arguments',
        `"${path}" has only ${counted(of, 'line')}; "from" was ${from}. Ask for lines that exist.`,
      );
    }
    const wanted = Math.min(args.to ?? of, of, from + MAX_LINES - 1);
    const room = Math.min(MAX_OUTPUT, context.room);
    const shown: string[] = [];
    let size = 0;
    let cut = 0;
    for (let at = from; at <= wanted && (size < room || shown.length === 0); at++) {
      const whole = lines[at - 1] ?? '';
      const line = cutLine(whole, MAX_LINE);
      if (line !== whole) cut++;
      const numbered = `${at}\t${line}`;
      shown.push(numbered);
      size += numbered.length + 1;
    }
    const to = from + shown.length - 1;
    const whole = from === 1 && to === of && cut === 0;
    const notes = [of === 0 ? `${path}: an empty file.` : `${path}: lines ${from} to ${to} of ${of}.`];
    if (to < of && to < (args.to ?? of)) notes.push(`Read on with from: ${to + 1}.`);
    if (cut) notes.push(`${cut} very long lines are cut here, so edit_file cannot match their ends.`);
    const seen = { path, hash: file.hash, ...(!whole && { lines: { from, to: cut ? from - 1 : to, of } }) };
    const body = of === 0 ? '' : `\n${fence(context, shown.join('\n'))}`;
    return { ok: true, output: notes.join(' ') + body, seen };
  },
});
