import * as z from 'zod';
import { notFound, permitWriting, resolveForWriting } from './paths.ts';
import { defineTool } from './tool.ts';
import { checkSeen, writeThrough } from './writing.ts';

export const deleteFile = defineTool({
  name: 'delete_file',
  description: 'Deletes a file you have read.',
  effect: 'write',
  args: z.object({ path: z.string().min(1).describe('Relative to the workspace root.') }),
  aliases: { file_path: 'path', filePath: 'path', file: 'path', filename: 'path' },
  doing: args => `deletes ${args.path}`,
  permit: permitWriting,
  async run(args, context) {
    const resolved = await resolveForWriting(context, args.path);
    if (!resolved.ok) return resolved;
    const { path } = resolved;
    const current = await context.host.agentFiles.read(path, context.signal);
    if (!current) return notFound(context, path);
    const stale = checkSeen(context, path, current, 'any-part');
    return stale ?? writeThrough(context, path, null, current, `Deleted ${path}.`);
  },
});
