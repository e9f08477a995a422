import * as z from 'zod';
import { counted } from '../../../protocol/show.ts';
import { cutLine, fence, fitting } from './fence.ts';
import { folderTree } from './folder-tree.ts';
import { checkGlobs } from './paths.ts';
import { defineTool } from './tool.ts';

const LIMIT = 400;
/** More files than this are shown as a tree of their folders, unless that many are asked for. */
const FLAT = 150;

export const listFiles = defineTool({
  name: 'list_files',
  description: `Lists files with their sizes in bytes; more than ${FLAT} as a tree of folders with the number of files in each. Ignored files are left out.`,
  effect: 'read',
  args: z.object({
    globs: z.array(z.string().min(1)).max(50).optional().describe('Such as ["src/**/*.ts"]; everything when left out.'),
    limit: z.number().int().min(1).max(LIMIT).optional().describe('Lists that many one by one.'),
  }),
  aliases: { glob: 'globs', pattern: 'globs', patterns: 'globs', path: 'globs', directory: 'globs', folder: 'globs' },
  doing: args => `lists ${args.globs?.join(', ') ?? 'the workspace'}`,
  async run(args, context) {
    const mistake = checkGlobs(args.globs);
    if (mistake) return mistake;
    const options = { signal: context.signal, ...(args.globs?.length && { globs: args.globs }) };
    const { files, more } = await context.host.files.list({ limit: args.limit ?? FLAT, ...options });
    if (files.length === 0) {
      const where = args.globs?.length ? ` match ${args.globs.join(', ')}` : ' are in the workspace';
      return { ok: true, output: `No files${where}.` };
    }
    const flat = files.map(file => `${cutLine(file.path, 400)} ${file.bytes}`);
    if (more && args.limit === undefined) {
      const counts = await context.host.files.folders(options);
      const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const tree = fitting(folderTree(counts, FLAT), context.room / 2);
      if (tree.length > 1) {
        const top = flat.filter(line => !line.includes('/'));
        const said = `${counted(total, 'file')}, by folder. List a part of it with globs, such as ["src/**"].`;
        return { ok: true, output: `${said}\n${fence(context, [...tree, ...top].join('\n'))}` };
      }
    }
    const lines = fitting(flat, context.room);
    const head =
      more || lines.length < flat.length
        ? `The first ${lines.length} files; there are more, so narrow the globs.`
        : `${counted(lines.length, 'file')}.`;
    return { ok: true, output: `${head}\n${fence(context, lines.join('\n'))}` };
  },
});
