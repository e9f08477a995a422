import * as z from 'zod';
import { counted } from '../../../protocol/show.ts';
import { PatternError } from '../../ports.ts';
import { cutLine, fence, fitting } from './fence.ts';
import { checkGlobs } from './paths.ts';
import { defineTool, refuse } from './tool.ts';

const LIMIT = 200;

export const search = defineTool({
  name: 'search',
  description: `Finds lines in the files of the workspace: plain text, or a regular expression with regex: true. At most ${LIMIT} lines at once.`,
  effect: 'read',
  args: z.object({
    pattern: z.string().min(1).max(2000),
    regex: z.boolean().optional(),
    caseSensitive: z.boolean().optional(),
    globs: z.array(z.string().min(1)).max(50).optional().describe('Only in these files, such as ["src/**/*.ts"].'),
    limit: z.number().int().min(1).max(LIMIT).optional(),
  }),
  aliases: { query: 'pattern', text: 'pattern', glob: 'globs', include: 'globs', case_sensitive: 'caseSensitive' },
  doing: args => `searches for ${cutLine(args.pattern, 60)}`,
  async run(args, context) {
    const mistake = checkGlobs(args.globs);
    if (mistake) return mistake;
    const { pattern, regex, caseSensitive, globs, limit = LIMIT } = args;
    const query = {
      pattern,
      limit,
      ...(regex !== undefined && { regex }),
      ...(caseSensitive !== undefined && { caseSensitive }),
      ...(globs?.length && { globs }),
    };
    const found = await context.host.files.search(query, context.signal).catch((error: unknown) => {
      if (error instanceof PatternError) return error;
      throw error;
    });
    if (found instanceof PatternError) {
      return refuse(
        'bad-arguments',
        `Not a regular expression that can be used: ${found.message}. Write it in RE2 syntax (no look-around, no back-references), or leave regex out to search for plain text.`,
      );
    }
    const { hits, more } = found;
    if (hits.length === 0) return { ok: true, output: 'No line matches.' };
    const all = hits.map(hit => `${hit.path}:${hit.line}: ${cutLine(hit.text, 300)}`);
    const lines = fitting(all, context.room);
    const head =
      more || lines.length < all.length
        ? `The first ${lines.length} lines; there are more, so search more narrowly.`
        : `${counted(lines.length, 'line')}.`;
    return { ok: true, output: `${head}\n${fence(context, lines.join('\n'))}` };
  },
});
