import type { PdfRead } from '../../ports.ts';
import type { ToolResult } from '../contract.ts';
import { fence } from './fence.ts';
import { refuse, type ToolContext } from './tool.ts';

const MOST_PAGES = 100;
const MOST_OUTPUT = 60_000;
const LARGEST = 64_000_000;

const WHY_NOT: Readonly<Record<Extract<PdfRead, { ok: false }>['why'], string>> = {
  locked: 'is locked by a password, so nobody can read it here. Ask the user for its text, or for a copy without one.',
  broken: 'begins like a PDF but is damaged, so no text comes out of it.',
  'too-slow': 'takes too long to read. Ask for fewer pages, by from and to.',
  'too-large': 'needs too much memory to be read. Use run_command, if a program such as pdftotext is there.',
};

/** Some begin with a few other bytes; texts that speak of it are none. */
const isPdf = (path: string, bytes: Uint8Array) => {
  const at = new TextDecoder('latin1').decode(bytes.subarray(0, 1024)).indexOf('%PDF-');
  return at === 0 || (at > 0 && /\.pdf$/i.test(path));
};

/** The text of a PDF's pages; undefined where the file is none, or nobody reads them. */
export async function showPdf(
  path: string,
  bytes: Uint8Array,
  wanted: { from?: number | undefined; to?: number | undefined },
  context: ToolContext,
): Promise<ToolResult | undefined> {
  const { readPdf } = context.host;
  if (!readPdf || !isPdf(path, bytes)) return undefined;
  if (bytes.length > LARGEST) return refuse('too-large', `"${path}" ${WHY_NOT['too-large']}`);
  const { from = 1, to = Number.MAX_SAFE_INTEGER } = wanted;
  const most = Math.min(MOST_OUTPUT, context.room);
  const last = from > 0 ? Math.min(to, from + MOST_PAGES - 1) : to;
  const read = await readPdf(bytes, { from, to: last, most }, context.signal);
  if (!read.ok) return refuse(read.why === 'broken' ? 'broken-pdf' : read.why, `"${path}" ${WHY_NOT[read.why]}`);
  const { of, texts } = read;
  if (texts.length === 0)
    return refuse(
      'bad-arguments',
      `"${path}" is a PDF of ${of} pages, and from and to count pages there. Ask for pages that exist.`,
    );
  const end = read.from + texts.length - 1;
  const notes = [`${path}: a PDF, the text of pages ${read.from} to ${end} of ${of}.`];
  const empty = texts.flatMap((text, at) => (text.trim() === '' ? [read.from + at] : []));
  if (empty.length === texts.length)
    notes.push('There is no text on them: they may be scanned, and cannot be read here.');
  else if (empty.length > 0) notes.push(`No text is on ${empty.slice(0, 20).join(', ')}.`);
  if (end < of && end < to) notes.push(`Read on with from: ${end + 1}, which counts pages.`);
  const body = texts.map((text, at) => `[page ${read.from + at}]\n${text.trim()}`).join('\n\n');
  const cut = body.length > most ? `${body.slice(0, most)}\n[the rest of this page is cut off]` : body;
  return {
    ok: true,
    output: notes.join(' ') + (empty.length === texts.length ? '' : `\n${fence(context, cut)}`),
  };
}
