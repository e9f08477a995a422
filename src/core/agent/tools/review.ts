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

export const verdict = defineTool({
  name: 'verdict',
  description:
    'Ends the review. approve: true when no blocker of yours is open; false sends the work back with your findings.',
  effect: 'none',
  args: z.object({
    approve: z.boolean(),
    text: z.string().min(1).max(8000).describe('The review in a few sentences.'),
  }),
  aliases: { approved: 'approve', summary: 'text', reason: 'text', message: 'text' },
  doing: args => (args.approve ? 'approves' : 'sends the work back'),
  async run(args, { host, agent, task }) {
    const { state } = host.journal;
    const open = [...state.findings.values()].filter(one => one.task === task?.id && !one.resolved);
    const blockers = open.filter(one => one.agent === agent && one.severity === 'blocker');
    if (args.approve && blockers.length) {
      const named = blockers.map(one => `${one.finding} (${one.text.slice(0, 80)})`).join('; ');
      return refuse(
        'contradiction',
        `You cannot approve while blockers of yours are open: ${named}. Call verdict with approve: false.`,
      );
    }
    if (!args.approve && open.length === 0) {
      return refuse(
        'no-findings',
        'Work is sent back with findings only. Name each problem with add_finding first, then call verdict.',
      );
    }
    if (task && !state.verdicts.some(one => one.agent === agent)) {
      host.journal.append({ type: 'verdict', agent, task: task.id, approve: args.approve, text: args.text });
    }
    return { ok: true, output: 'Given.' };
  },
  end: args => ({ outcome: 'finished', summary: args.text, verdict: { approve: args.approve, text: args.text } }),
});
