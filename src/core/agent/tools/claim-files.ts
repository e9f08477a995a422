import * as z from 'zod';
import { resolvePath } from './paths.ts';
import { defineTool, refuse } from './tool.ts';

export const claimFiles = defineTool({
  name: 'claim_files',
  description:
    'Asks for files beyond your claims that no other task needs, such as package.json before a command changes it. Writing such a file asks by itself.',
  effect: 'none',
  args: z.object({ paths: z.array(z.string().min(1)).min(1).max(20) }),
  aliases: { files: 'paths', path: 'paths' },
  doing: args => `asks for ${args.paths.join(', ')}`,
  async run(args, context) {
    const had: string[] = [];
    const refused: string[] = [];
    for (const written of args.paths) {
      if (/[*?{}]/.test(written)) {
        refused.push(`"${written}" is a pattern; name each file.`);
        continue;
      }
      const resolved = await resolvePath(context, written, 'write');
      if (!resolved.ok) {
        refused.push(resolved.output);
        continue;
      }
      const why = context.claims.allows(resolved.path) ? undefined : context.claims.grow(resolved.path);
      if (why === undefined) had.push(resolved.path);
      else refused.push(why);
    }
    const granted = had.length > 0 ? `You may write: ${had.join(', ')}.` : '';
    if (refused.length === 0) return { ok: true, output: granted };
    const rest = `${refused.join(' ')} Name what is needed there in the summary of finish_task; if you cannot go on without it, use report_blocker.`;
    return refuse('outside-claim', [granted, rest].filter(part => part !== '').join(' '));
  },
});
