import * as z from 'zod';
import { counted } from '../../../protocol/show.ts';
import { cutLine, fence, fitting } from './fence.ts';
import { checkGlobs } from './paths.ts';
import { defineTool } from './tool.ts';

const LIMIT = 400;

export const listFiles = defineTool({
  name: 'list_files',
  description: `Lists files of the workspace with their sizes in bytes, in order of path. Ignored files are left out. At most ${LIMIT} at once: narrow it with globs.`,
  effect: 'read',
  args: z.object({
    globs: z.array(z.string().min(1)).max(50).optional().describe('Such as ["src/**/*.ts"]; everything when left out.'),
    limit: z.number().int().min(1).max(LIMIT).optional(),
  }),
  aliases: { glob: 'globs', pattern: 'globs', patterns: 'globs' },
  doing: args => `lists ${args.globs?.join(', ') ?? 'the workspace'}`,
  async run(args, context) {
    const mistake = checkGlobs(args.globs);
    if (mistake) return mistake;
    const { files, more } = await context.host.files.list({
      limit: args.limit ?? LIMIT,
      signal: context.signal,
      ...(args.globs?.length && { globs: args.globs }),
    });
    if (files.length === 0) {
      const where = args.globs?.length ? ` match ${args.globs.join(', ')}` : ' are in the workspace';
      return { ok: true, output: `No files${where}.` };
    }
    const all = files.map(file => `${cutLine(file.path, 400)} ${file.bytes}`);
    const lines = fitting(all, context.room);
    const head =
      more || lines.length < all.length
        ? `The first ${lines.length} files; there are more, so narrow the globs.`
        : `${counted(lines.length, 'file')}.`;
    return { ok: true, output: `${head}\n${fence(context, lines.join('\n'))}` };
  },
});
