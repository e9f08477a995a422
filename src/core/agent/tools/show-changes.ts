import * as z from 'zod';
import { diffOf, writtenBy } from '../../changes/task-diff.ts';
import { cutLine, fence, fitting } from './fence.ts';
import { resolvePath } from './paths.ts';
import { defineTool, refuse } from './tool.ts';

const MAX_OUTPUT = 60_000;
const MAX_LINE = 2000;

export const showChanges = defineTool({
  name: 'show_changes',
  description:
    'Shows what the task under review changed, as a unified diff against what stood there before: of one file, or of all.',
  effect: 'read',
  args: z.object({
    path: z.string().min(1).optional(),
    from: z.number().int().min(1).optional().describe('Line of the diff to begin at, for a long one.'),
  }),
  aliases: { file_path: 'path', filePath: 'path', file: 'path', filename: 'path' },
  doing: args => `looks at the changes${args.path === undefined ? '' : ` of ${args.path}`}`,
  async run(args, context) {
    const { host, task, signal } = context;
    const { state } = host.journal;
    if (!task) return refuse('not-allowed', 'There is no task under review, so there are no changes of it.');
    const resolved = args.path === undefined ? undefined : await resolvePath(context, args.path, 'read');
    if (resolved && !resolved.ok) return resolved;
    const written = writtenBy(state, task.id);
    const files = resolved ? written.filter(({ path }) => path === resolved.path) : written;
    if (files.length === 0) {
      const others = written.map(({ path }) => path).join(', ');
      const what = resolved ? `Task ${task.id} did not change "${resolved.path}".` : `Task ${task.id} changed no file.`;
      return { ok: true, output: others === '' || !resolved ? what : `${what} It changed: ${others}.` };
    }
    const sources = {
      state,
      getBlob: (hash: string) => host.journal.getBlob(hash),
      read: (path: string) => host.agentFiles.read(path, signal),
    };
    const diffs: string[] = [];
    for (const file of files) diffs.push(await diffOf(file, sources));
    const lines = diffs.join('').replace(/\n$/, '').split('\n');
    const from = args.from ?? 1;
    if (from > lines.length)
      return refuse('bad-arguments', `The diff has only ${lines.length} lines; "from" was ${from}.`);
    const room = Math.min(MAX_OUTPUT, context.room);
    const shown = fitting(
      lines.slice(from - 1).map(line => cutLine(line, MAX_LINE)),
      room,
    );
    const to = from + shown.length - 1;
    const more = to < lines.length ? ` Read on with from: ${to + 1}.` : '';
    return {
      ok: true,
      output: `Lines ${from} to ${to} of ${lines.length} of the diff.${more}\n${fence(context, shown.join('\n'))}`,
    };
  },
});
