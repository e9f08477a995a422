import * as z from 'zod';
import { counted } from '../../../protocol/show.ts';
import { PatternError, type SearchHit } from '../../ports.ts';
import { cutLine, fence, fitting } from './fence.ts';
import { checkGlobs } from './paths.ts';
import { readingsOf } from './readings.ts';
import { defineTool, refuse, type ToolContext } from './tool.ts';

const LIMIT = 200;
const MOST_CONTEXT = 10;

const Arguments = z.object({
  pattern: z.string().min(1).max(2000).describe('Regular expression (RE2).'),
  regex: z.boolean().optional().describe('false: plain text.'),
  caseSensitive: z.boolean().optional(),
  multiline: z.boolean().optional().describe('Match across lines.'),
  globs: z.array(z.string().min(1)).max(50).optional().describe('Such as ["src/**/*.ts", "!**/*.test.ts"].'),
  context: z.number().int().min(0).max(MOST_CONTEXT).optional().describe('Lines around each.'),
  filesOnly: z.boolean().optional(),
  limit: z.number().int().min(1).max(LIMIT).optional(),
});
type Asked = z.infer<typeof Arguments>;

/** One line for each hit, as grep prints it; a line of dashes where some are left out between. */
function* printed(hits: readonly SearchHit[], apart: boolean): Generator<string> {
  let last: SearchHit | undefined;
  for (const hit of hits) {
    if (apart && last && (last.path !== hit.path || last.line + 1 !== hit.line)) yield '--';
    const mark = hit.around ? '-' : ':';
    yield `${hit.path}${mark}${hit.line}${mark} ${cutLine(hit.text, 300)}`;
    last = hit;
  }
}

const headOf = (what: 'line' | 'file', shown: number, more: boolean): string =>
  more ? `The first ${counted(shown, what)}; there are more, so search more narrowly.` : `${counted(shown, what)}.`;

function resultOf(context: ToolContext, args: Asked, hits: readonly SearchHit[], more: boolean): string {
  if (args.filesOnly) {
    const all = hits.map(hit => hit.path);
    const files = fitting(all, context.room);
    return `${headOf('file', files.length, more || files.length < all.length)}\n${fence(context, files.join('\n'))}`;
  }
  const all = [...printed(hits, (args.context ?? 0) > 0)];
  const lines = fitting(all, context.room);
  const isCut = more || lines.length < all.length;
  const found = args.context ? hits.filter(hit => !hit.around).length : lines.length;
  const head =
    args.context && lines.length < all.length
      ? 'More than fits: search more narrowly, or with less context.'
      : headOf('line', found, isCut);
  return `${head}\n${fence(context, lines.join('\n'))}`;
}

export const search = defineTool({
  name: 'search',
  description: `Finds lines in the workspace’s files by regular expression, ignoring case. At most ${LIMIT} at once.`,
  effect: 'read',
  args: Arguments,
  aliases: {
    query: 'pattern',
    text: 'pattern',
    glob: 'globs',
    include: 'globs',
    path: 'globs',
    paths: 'globs',
    case_sensitive: 'caseSensitive',
    files_only: 'filesOnly',
    context_lines: 'context',
    '-C': 'context',
    head_limit: 'limit',
  },
  doing: args => `searches for ${cutLine(args.pattern, 60)}`,
  async run(args, context) {
    const mistake = checkGlobs(args.globs);
    if (mistake) return mistake;
    const { caseSensitive, multiline, globs, filesOnly, limit = LIMIT } = args;
    const options = {
      limit,
      ...(caseSensitive !== undefined && { caseSensitive }),
      ...(multiline !== undefined && { multiline }),
      ...(globs?.length && { globs }),
      ...(args.context !== undefined && { context: args.context }),
      ...(filesOnly !== undefined && { filesOnly }),
    };
    const { files } = context.host;
    let unusable: string | undefined;
    for (const { pattern, regex, said } of readingsOf(args.pattern, args.regex)) {
      try {
        const { hits, more } = await files.search({ pattern, regex, ...options }, context.signal);
        if (hits.length === 0) continue;
        const why = unusable && !regex ? `It is no regular expression (${unusable}); as plain text this:` : said;
        return { ok: true, output: `${why ? `${why}\n` : ''}${resultOf(context, args, hits, more)}` };
      } catch (error) {
        if (!(error instanceof PatternError)) throw error;
        unusable ??= error.message;
      }
    }
    if (globs?.length) {
      const { files: some } = await files.list({ globs, limit: 1, signal: context.signal });
      if (some.length === 0)
        return { ok: true, output: `No file matches ${globs.join(', ')}, so nothing was searched.` };
    }
    if (unusable === undefined) return { ok: true, output: 'No line matches.' };
    return refuse(
      'bad-arguments',
      `Not a regular expression that can be used: ${unusable}. As plain text it stands nowhere either. Write it in RE2 syntax (no look-around, no back-references).`,
    );
  },
});
