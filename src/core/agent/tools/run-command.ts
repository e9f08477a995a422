import * as z from 'zod';
import type { ProcessOutcome } from '../../ports.ts';
import { actsRule } from '../../session/fold/consents.ts';
import type { CommandHold, ToolResult } from '../contract.ts';
import { heldNotes, runHeld } from '../held.ts';
import { cutLine, fence } from './fence.ts';
import { resolveFolder } from './paths.ts';
import { defineTool, refuse, type ToolContext } from './tool.ts';

const DEFAULT_SECONDS = 120;
const MAX_SECONDS = 1800;
const OUTPUT_LIMIT = 30_000;
/** Paths in the journal of what a command may not change. */
const WITHHELD = 100;

type Ending = Pick<ProcessOutcome, 'ended' | 'exit' | 'signal' | 'message'>;

const endingText = ({ ended, exit, signal, message }: Ending): string => {
  switch (ended) {
    case 'exit':
      return `Exit code ${exit ?? 'unknown'}.`;
    case 'signal':
      return `Ended by signal ${signal ?? 'unknown'}.`;
    case 'timeout':
      return `Stopped, because it took too long. Run less at once, or ask for more time with timeoutSeconds (at most ${MAX_SECONDS}). A program that does not end by itself, such as a server, cannot be run this way.`;
    case 'aborted':
      return 'Stopped, because the work was interrupted.';
    case 'not-started':
      return `It could not be started: ${message ?? 'unknown reason'}.`;
  }
};

/** What the model reads of a command that was run. */
export function commandResult(context: ToolContext, ending: Ending, output: string, omitted: number): ToolResult {
  const left = omitted > 0 ? ` ${omitted} bytes of output are left out in the middle.` : '';
  const body = output.trim() === '' ? ' No output.' : `${left}\n${fence(context, output)}`;
  const text = `${endingText(ending)}${body}`;
  if (ending.ended === 'exit') {
    return ending.exit === 0 ? { ok: true, output: text } : { ok: false, refusal: 'exit-code', output: text };
  }
  return { ok: false, refusal: ending.ended, output: text };
}

const Arguments = z.object({
  command: z.string().min(1).max(20_000),
  cwd: z.string().optional().describe('Folder to run it in, relative to the workspace root.'),
  timeoutSeconds: z.number().int().min(1).max(MAX_SECONDS).optional(),
  why: z.string().max(500).optional().describe('Shown to the user when permission is needed.'),
  network: z
    .array(z.string().regex(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/i))
    .max(10)
    .optional()
    .describe('Domains it has to reach, such as "registry.npmjs.org"; the user is asked.'),
  outside: z
    .boolean()
    .optional()
    .describe('Runs it outside of the sandbox, where there is one, for what it cannot do there; the user is asked.'),
});
type Asked = z.infer<typeof Arguments>;

/** What holds this command, when it runs as it is asked for. */
const holdOf = ({ outside }: Asked, { host }: ToolContext): CommandHold =>
  !host.holding ? 'none' : outside ? 'outside' : 'sandbox';

/** Domains that it may not reach without being asked about. */
const askedDomains = ({ network = [] }: Asked, { host }: ToolContext): string[] =>
  network.filter(domain => !host.holding?.network.includes(domain));

export const runCommand = defineTool({
  name: 'run_command',
  description: `Runs a command line in the workspace and gives back its output, the middle cut out where it is long. It must end by itself within ${DEFAULT_SECONDS} seconds, or within timeoutSeconds. Some commands need the user's permission, some are refused.`,
  effect: 'command',
  args: Arguments,
  aliases: { cmd: 'command', timeout: 'timeoutSeconds', directory: 'cwd', workdir: 'cwd', description: 'why' },
  doing: args => `runs ${cutLine(args.command.split('\n')[0] ?? '', 80)}`,
  async permit(args, context) {
    const { host, agent, signal } = context;
    const folder = args.cwd === undefined ? undefined : await resolveFolder(context, args.cwd);
    if (folder && !folder.ok) return folder;
    const hold = holdOf(args, context);
    const judged = host.judge(args.command, folder?.path, hold);
    const domains = hold === 'sandbox' ? askedDomains(args, context) : [];
    const { verdict, rule, advice } =
      judged.verdict === 'allow' && domains.length > 0
        ? { verdict: 'ask' as const, rule: 'network', advice: `It asks to reach ${domains.join(', ')}.` }
        : judged;
    if (verdict === 'allow') return undefined;
    const place = { what: args.command, ...(folder && folder.path !== '.' && { folder: folder.path }) };
    if (verdict === 'deny') {
      host.journal.append({ type: 'permission-denied', agent, kind: 'command', ...place, rule, advice });
      return refuse('denied', `The command was refused by the rule "${rule}" and was not run. ${advice}`);
    }
    // What such a file does is told in our words, not in the agent's.
    const why = rule === actsRule ? advice : args.why;
    const answer = await host.attention.permission(
      { agent, kind: 'command', ...place, rule, because: advice, ...(why && { why }) },
      signal,
    );
    if (answer.decision === 'allow') return undefined;
    const reason = answer.reason ? ` The reason given: ${answer.reason}` : '';
    return refuse(
      'denied',
      `Permission for the command was denied (rule "${rule}"), so it was not run.${reason} ${advice}`,
    );
  },
  async run(args, context) {
    const { host, agent, task, call, signal } = context;
    const folder = args.cwd === undefined ? undefined : await resolveFolder(context, args.cwd);
    if (folder && !folder.ok) return folder;
    const seconds = args.timeoutSeconds ?? DEFAULT_SECONDS;
    const request = {
      command: args.command,
      timeoutMs: seconds * 1000,
      outputLimit: Math.min(OUTPUT_LIMIT, context.room),
      onOutput: (text: string) => context.progress(text),
      ...(folder && folder.path !== '.' && { cwd: folder.path }),
    };
    const { holding } = host;
    const author = { agent, ...(task && { task: task.id }), ...(context.model && { model: context.model }) };
    const write = context.claims.globs;
    const isHeld = holdOf(args, context) === 'sandbox' && !host.judge(args.command, folder?.path, 'sandbox').outside;
    const held =
      holding && isHeld
        ? await runHeld(
            { ...host, ...holding },
            { request, author: { ...author, command: args.command }, write, network: args.network ?? [] },
            signal,
          )
        : undefined;
    const outcome = held ?? (await host.processes.run(request, signal));
    host.journal.append({
      type: 'command-ended',
      agent,
      ...(task && { task: task.id }),
      call,
      command: args.command,
      ended: outcome.ended,
      ...(outcome.exit !== undefined && { exit: outcome.exit }),
      ms: outcome.ms,
      output: await host.journal.longText(outcome.output),
      ...(holding && { held: held !== undefined }),
      ...(held && held.withheld.length > 0 && { withheld: held.withheld.slice(0, WITHHELD) }),
    });
    const result = commandResult(context, outcome, outcome.output, outcome.omitted);
    return held ? { ...result, output: [result.output, ...heldNotes(held, write)].join('\n\n') } : result;
  },
});
