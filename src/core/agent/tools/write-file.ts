import * as z from 'zod';
import { counted } from '../../../protocol/show.ts';
import { unnumberedFile } from './edit/copied.ts';
import { permitWriting, resolveForWriting } from './paths.ts';
import { plainText } from './read-file.ts';
import { defineTool, refuse } from './tool.ts';
import { checkSeen, writeThrough } from './writing.ts';

const MAX_CHARACTERS = 1_000_000;

export const writeFile = defineTool({
  name: 'write_file',
  description:
    'Writes a whole text file: a new one, or one you have read completely. For a change in an existing file prefer edit_file.',
  effect: 'write',
  args: z.object({
    path: z.string().min(1).describe('Relative to the workspace root.'),
    content: z.string().describe('All of the file, nothing left out.'),
  }),
  aliases: {
    file_path: 'path',
    filePath: 'path',
    file: 'path',
    filename: 'path',
    text: 'content',
    contents: 'content',
  },
  doing: args => `writes ${args.path}`,
  permit: permitWriting,
  async run(args, context) {
    const resolved = await resolveForWriting(context, args.path);
    if (!resolved.ok) return resolved;
    const { path } = resolved;
    if (args.content.length > MAX_CHARACTERS) {
      return refuse('too-large', `The content has ${args.content.length} characters. Split it into several files.`);
    }
    const current = await context.host.agentFiles.read(path, context.signal);
    const stale = checkSeen(context, path, current, 'whole');
    if (stale) return stale;
    const wasNumbered = current?.text === undefined || unnumberedFile(plainText(current.text)) !== undefined;
    const bare = wasNumbered ? undefined : unnumberedFile(args.content);
    const content = bare ?? args.content;
    const lines = content.split('\n').length - (content.endsWith('\n') ? 1 : 0);
    const off = bare === undefined ? '' : ' The line numbers in front of its lines were taken off.';
    const said = `${current ? 'Wrote' : 'Created'} ${path}, ${counted(lines, 'line')}.${off}`;
    return writeThrough(context, path, content, current, said);
  },
});
