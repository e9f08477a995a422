import * as z from 'zod';
import { Severity } from '../../../protocol/events.ts';
import { resolvePath } from './paths.ts';
import { defineTool, refuse } from './tool.ts';

export const addFinding = defineTool({
  name: 'add_finding',
  description:
    'Notes one problem in the work under review. blocker: must be mended before the task is done; major: should be; minor and note: for information.',
  effect: 'none',
  args: z.object({
    severity: Severity,
    text: z.string().min(1).max(4000).describe('What is wrong, how it shows, and what would be right.'),
    path: z.string().min(1).optional(),
    line: z.number().int().min(1).optional(),
    picture: z.string().min(1).optional().describe('The name of a picture that shows it, as it was kept.'),
  }),
  aliases: { file: 'path', file_path: 'path', message: 'text', description: 'text' },
  doing: args => `finds a ${args.severity}`,
  async run(args, context) {
    const { host, agent, task } = context;
    if (!task) return refuse('not-allowed', 'There is no task under review. Use note_decision instead.');
    const resolved = args.path === undefined ? undefined : await resolvePath(context, args.path, 'read');
    if (resolved && !resolved.ok) return resolved;
    const { severity, text, line, picture } = args;
    if (picture !== undefined && !host.journal.state.artifacts.has(picture)) {
      const kept = [...host.journal.state.artifacts.keys()].join(', ') || 'none';
      return refuse('not-found', `There is no picture "${picture}"; kept are: ${kept}. Nothing was noted.`);
    }
    const known = [...host.journal.state.findings.values()].find(
      one => one.agent === agent && one.text === text && one.path === resolved?.path && one.line === line,
    );
    if (known) return { ok: true, output: `Already noted as ${known.finding}.` };
    const finding = host.newId('finding');
    host.journal.append({
      type: 'finding-added',
      finding,
      agent,
      task: task.id,
      severity,
      text,
      ...(resolved && { path: resolved.path }),
      ...(line !== undefined && { line }),
      ...(picture !== undefined && { picture }),
    });
    return { ok: true, output: `Noted as ${finding}.` };
  },
});
