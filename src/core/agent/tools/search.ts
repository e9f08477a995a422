import * as z from 'zod';
import { cutLine, fence } from './fence.ts';
import { defineTool, refuse } from './tool.ts';

const LIMIT = 200;

const badPattern = (pattern: string): string | undefined => {
  try {
    new RegExp(pattern, 'u');
    return undefined;
  } catch (error) {
    return String(error instanceof Error ? error.message : error);
  }
};

export const search = defineTool({
  name: 'search',
  description: `Finds lines in the files of the workspace: plain text, or a regular expression with regex: true. At most ${LIMIT} lines at once.`,
  effect: 'read',
  args: z.object({
    pattern: z.string().min(1).max(2000),
    regex: z.boolean().optional(),
    caseSensitive: z.boolean().optional(),
    globs: z.array(z.string().min(1)).optional().describe('Only in these files, such as ["src/**/*.ts"].'),
    limit: z.number().int().min(1).max(LIMIT).optional(),
  }),
  aliases: { query: 'pattern', text: 'pattern', glob: 'globs', include: 'globs', case_sensitive: 'caseSensitive' },
  doing: args => `searches for ${cutLine(args.pattern, 60)}`,
  async run(args, context) {
    const problem = args.regex ? badPattern(args.pattern) : undefined;
    if (problem) {
      return refuse('bad-arguments', `${problem}. Mend the expression, or leave regex out to search for plain text.`);
    }
    const { regex, caseSensitive, globs } = args;
    const { hits, more } = await context.host.files.search(
      {
        pattern: args.pattern,
        limit: args.limit ?? LIMIT,
        ...(regex !== undefined && { regex }),
        ...(caseSensitive !== undefined && { caseSensitive }),
        ...(globs?.length && { globs }),
      },
      context.signal,
    );
    if (hits.length === 0) return { ok: true, output: 'No line matches.' };
    const lines = hits.map(hit => `${hit.path}:${hit.line}: ${cutLine(hit.text, 300)}`);
    const head = more ? `The first ${hits.length} lines; there are more, so search more narrowly.` : `${hits.length} lines.`;
    return { ok: true, output: `${head}\n${fence(context, lines.join('\n'))}` };
  },
});
