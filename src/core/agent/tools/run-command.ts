import * as z from 'zod';
import type { RelPath } from '../../../protocol/ids.ts';
import type { ProcessOutcome, RunningProcess } from '../../ports.ts';
import { actsRule, domainRule } from '../../session/fold/consents.ts';
import { BackgroundCommand } from '../background/background-command.ts';
import { MOST_BACKGROUND } from '../background/background-commands.ts';
import type { CommandHold, CommandVerdict, ToolResult } from '../contract.ts';
import { heldNotes, runHeld } from '../held.ts';
import { looseNotes, runLoose } from '../loose.ts';
import { reasonGiven } from '../reason-given.ts';
import { follow, waitFor } from './background-command.ts';
import { cutLine, fence } from './fence.ts';
import { resolveFolder } from './paths.ts';
import { defineTool, refuse, type ToolContext } from './tool.ts';

const DEFAULT_SECONDS = 120;
const MAX_SECONDS = 1800;
/** Nobody needs a server for longer. */
const BACKGROUND_MS = 24 * 3600 * 1000;
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
      return `Stopped, because it took too long. Run less at once, or ask for more time with timeoutSeconds (at most ${MAX_SECONDS}). A program that does not end by itself, such as a server, runs with background: true.`;
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
  background: z
    .boolean()
    .optional()
    .describe('For what does not end by itself, such as a server: runs until you stop it or your work ends.'),
  waitFor,
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

/** What goes on beside the agent's work is looked after by nobody: files are no part of what it may do unasked. */
const judged = (args: Asked, cwd: RelPath | undefined, context: ToolContext): CommandVerdict =>
  context.host.judge(args.command, cwd, holdOf(args, context), inBackground(args) ? [] : context.claims.globs);

const inBackground = ({ background, waitFor }: Asked) => background === true || waitFor !== undefined;

const isHeld = (args: Asked, cwd: RelPath | undefined, context: ToolContext): boolean =>
  holdOf(args, context) === 'sandbox' && !judged(args, cwd, context).outside;

/** Domains that it may not reach without being asked about. */
const askedDomains = ({ network = [] }: Asked, { host }: ToolContext): string[] =>
  [...new Set(network.map(domain => domain.toLowerCase()))].filter(domain => !host.holding?.network.includes(domain));

/** Where a command writes what it says, and what ends it. */
interface Live {
  timeoutMs: number;
  onOutput: (text: string) => void;
  onStart?: (running: RunningProcess) => void;
  /** Set for one in the background. */
  stop?: AbortSignal;
}

/** Runs it, held where it is to be, until it has ended and what it changed has landed. */
async function perform(args: Asked, cwd: RelPath | undefined, context: ToolContext, live: Live): Promise<ToolResult> {
  const { host, agent, task, call, signal } = context;
  const { holding, background } = host;
  const { stop, ...listening } = live;
  const request = {
    command: args.command,
    outputLimit: Math.min(OUTPUT_LIMIT, context.room),
    ...listening,
    ...(cwd !== undefined && { cwd }),
  };
  const author = {
    agent,
    command: args.command,
    ...(task && { task: task.id }),
    ...(context.model && { model: context.model }),
  };
  const write = context.claims.globs;
  const network = args.network ?? [];
  // What may reach more than the others must not open that to them.
  const sharedLoopback = network.length === 0 && (stop !== undefined || background.running(agent).length > 0);
  const held =
    holding && isHeld(args, cwd, context)
      ? await runHeld(
          { ...host, ...holding },
          {
            request,
            author,
            write,
            network,
            sharedLoopback,
            ...(stop && { stop }),
          },
          signal,
        )
      : undefined;
  const { writes } = judged(args, cwd, context);
  const loose = held || stop ? undefined : await runLoose(host, { request, author, write, writes }, signal);
  const outcome = held ?? loose ?? (await host.processes.run(request, stop ? AbortSignal.any([signal, stop]) : signal));
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
    ...(stop && { background: true }),
    ...(holding && { held: held !== undefined }),
    ...(held && held.withheld.length > 0 && { withheld: held.withheld.slice(0, WITHHELD) }),
    ...(loose && loose.strayed.length > 0 && { strayed: loose.strayed.slice(0, WITHHELD) }),
  });
  const result = commandResult(context, outcome, outcome.output, outcome.omitted);
  const notes = held ? heldNotes(held, write) : loose ? looseNotes(loose, write) : [];
  return { ...result, output: [result.output, ...notes].join('\n\n') };
}

/** What lies below a sandbox's own layer is not looked at again once it was read. */
const HELD_BACKGROUND =
  'In the sandbox it goes on seeing a file as it was when it first read it: stop it and start it again after a change.';

/** Starts it in the background, and reports once it is ready or has failed. */
async function startBeside(args: Asked, cwd: RelPath | undefined, context: ToolContext): Promise<ToolResult> {
  const { background, clock } = context.host;
  if (background.running(context.agent).length >= MOST_BACKGROUND) {
    return refuse(
      'too-many',
      `You have ${MOST_BACKGROUND} commands running in the background already: stop one with background_command first.`,
    );
  }
  const id = `background-${background.of(context.agent).size + 1}`;
  const command = new BackgroundCommand<ToolResult>(id, args.command, clock, ({ signal: stop, ...live }) =>
    perform(args, cwd, context, { ...live, stop, timeoutMs: BACKGROUND_MS }).catch(error =>
      refuse('failed', error instanceof Error ? error.message : String(error)),
    ),
  );
  background.add(context.agent, command);
  const { waitFor, timeoutSeconds } = args;
  const result = await follow(context, command, { waitFor, seconds: timeoutSeconds }, true);
  return result.ok && isHeld(args, cwd, context)
    ? { ...result, output: `${result.output}\n${HELD_BACKGROUND}` }
    : result;
}

const denied = (what: string, answer: { reason?: string }, advice: string) =>
  refuse('denied', `Permission for ${what}, so it was not run.${reasonGiven(answer)} ${advice}`.trim());

/** Each on its own, so that an answer is about what the person has seen, and holds for other commands, too. */
async function askForDomains(args: Asked, context: ToolContext) {
  const { host, agent, signal } = context;
  for (const domain of askedDomains(args, context)) {
    const why = `${args.command}${args.why === undefined ? '' : `: ${args.why}`}`;
    const answer = await host.attention.permission(
      { agent, kind: 'tool', what: `reach ${domain}`, rule: domainRule(domain), why },
      signal,
    );
    if (answer.decision === 'deny')
      return denied(
        `reaching "${domain}" was denied`,
        answer,
        'Do without it, or say in the summary of finish_task what is missing.',
      );
  }
  return undefined;
}

export const runCommand = defineTool({
  name: 'run_command',
  description: `Runs a command line in the workspace and gives back its output, the middle cut out where it is long. It must end by itself within ${DEFAULT_SECONDS} seconds or timeoutSeconds, or run in the background.`,
  effect: 'command',
  args: Arguments,
  aliases: {
    cmd: 'command',
    run_in_background: 'background',
    wait_for: 'waitFor',
    timeout: 'timeoutSeconds',
    directory: 'cwd',
    workdir: 'cwd',
    description: 'why',
  },
  doing: args => `runs ${cutLine(args.command.split('\n')[0] ?? '', 80)}`,
  async permit(args, context) {
    const { host, agent, signal } = context;
    const folder = args.cwd === undefined ? undefined : await resolveFolder(context, args.cwd);
    if (folder && !folder.ok) return folder;
    const found = judged(args, folder?.path, context);
    const { verdict, rule, advice, prefix } = found;
    const place = { what: args.command, ...(folder && folder.path !== '.' && { folder: folder.path }) };
    if (verdict === 'deny') {
      host.journal.append({ type: 'permission-denied', agent, kind: 'command', ...place, rule, advice });
      return refuse('denied', `The command was refused by the rule "${rule}" and was not run. ${advice}`);
    }
    if (verdict === 'ask') {
      // What such a file does is told in our words, not in the agent's.
      const why = rule === actsRule ? advice : args.why;
      const answer = await host.attention.permission(
        { agent, kind: 'command', ...place, rule, because: advice, ...(why && { why }), ...(prefix && { prefix }) },
        signal,
      );
      if (answer.decision === 'deny') return denied(`the command was denied (rule "${rule}")`, answer, advice);
    }
    if (holdOf(args, context) !== 'sandbox' || found.outside) return undefined;
    return askForDomains(args, context);
  },
  async run(args, context) {
    const folder = args.cwd === undefined ? undefined : await resolveFolder(context, args.cwd);
    if (folder && !folder.ok) return folder;
    const cwd = folder && folder.path !== '.' ? folder.path : undefined;
    if (inBackground(args)) return startBeside(args, cwd, context);
    const timeoutMs = (args.timeoutSeconds ?? DEFAULT_SECONDS) * 1000;
    return perform(args, cwd, context, { timeoutMs, onOutput: text => context.progress(text) });
  },
});
