#!/usr/bin/env node
import manifest from '../package.json' with { type: 'json' };
import { lines } from './core/plain.ts';
import { systemClock } from './node/clock.ts';
import { parseCommandLine } from './terminal/arguments.ts';
import type { CommandName } from './terminal/command-table.ts';
import { styleFor } from './terminal/style.ts';
import { type Call, EXIT, print, printError, type Terminal, UsageError } from './terminal/terminal.ts';

type Command = (terminal: Terminal, call: Call) => Promise<number>;

/** Each command loads what it needs, and nothing else. */
const table: Record<CommandName, () => Promise<Command>> = {
  run: async () => (await import('./terminal/commands/run.ts')).run,
  resume: async () => (await import('./terminal/commands/run.ts')).resume,
  retry: async () => (await import('./terminal/commands/run.ts')).retry,
  status: async () => (await import('./terminal/commands/status.ts')).status,
  monitor: async () => (await import('./terminal/commands/watch.ts')).monitor,
  logs: async () => (await import('./terminal/commands/watch.ts')).logs,
  list: async () => (await import('./terminal/commands/list.ts')).list,
  report: async () => (await import('./terminal/commands/report.ts')).report,
  abort: async () => (await import('./terminal/commands/requests.ts')).abort,
  pause: async () => (await import('./terminal/commands/requests.ts')).pause,
  continue: async () => (await import('./terminal/commands/requests.ts')).goOn,
  answer: async () => (await import('./terminal/commands/answer.ts')).answer,
  budget: async () => (await import('./terminal/commands/budget.ts')).budget,
  start: async () => (await import('./terminal/commands/start.ts')).start,
  workflow: async () => (await import('./terminal/commands/workflow.ts')).workflow,
  assign: async () => (await import('./terminal/commands/queue.ts')).assign,
  queue: async () => (await import('./terminal/commands/queue.ts')).queue,
  adopt: async () => (await import('./terminal/commands/adopt.ts')).adopt,
  completion: async () => (await import('./terminal/completion.ts')).completion,
  changes: async () => (await import('./terminal/commands/review.ts')).changes,
  accept: async () => (await import('./terminal/commands/review.ts')).accept,
  reject: async () => (await import('./terminal/commands/review.ts')).reject,
  deliver: async () => (await import('./terminal/commands/deliver.ts')).deliver,
  deliveries: async () => (await import('./terminal/commands/deliveries.ts')).deliveries,
  land: async () => (await import('./terminal/commands/land.ts')).land,
  approve: async () => (await import('./terminal/commands/land.ts')).approve,
  'fast-forward': async () => (await import('./terminal/commands/deliver.ts')).fastForward,
  deploy: async () => (await import('./terminal/commands/deploy.ts')).deploy,
  push: async () => (await import('./terminal/commands/push.ts')).push,
  'pull-request': async () => (await import('./terminal/commands/push.ts')).pullRequest,
  serve: async () => (await import('./terminal/commands/serve.ts')).serve,
  hook: async () => (await import('./terminal/commands/hook.ts')).hook,
  token: async () => (await import('./terminal/commands/token.ts')).token,
  doctor: async () => (await import('./terminal/commands/doctor.ts')).doctor,
  trust: async () => (await import('./terminal/commands/trust.ts')).trust,
};

function terminalFor(interrupt: AbortSignal): Terminal {
  const { stdout: out, stderr: err, stdin: input, env: environment } = process;
  return {
    out,
    err,
    input,
    environment,
    folder: process.cwd(),
    clock: systemClock,
    style: styleFor(out, environment),
    version: manifest.version,
    interrupt,
    runtime: async host => (await import('./runtime/runtime.ts')).createRuntime(host),
  };
}

/** How the scripts of shells ask what may be typed next. */
const COMPLETE = '__complete';

const STOPPED =
  '\nStopped at once. Everything up to now is in the journal, and calls that were cut off count with the most they can cost. Go on with: orchestrate resume';

/** Those that run a session: what is under way is brought to an end before they go. */
const working: ReadonlySet<CommandName> = new Set(['run', 'resume', 'retry', 'start', 'serve']);

/** What the program is written for: an older one ends somewhere in the middle. */
const OLDEST_NODE = 22;

async function main(argv: readonly string[]): Promise<number> {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE)
    throw new UsageError(
      `Orchestrate needs Node.js ${OLDEST_NODE} or newer, and this is ${process.versions.node} (${process.execPath}). Start it with a newer one: /path/to/node ${process.argv[1]}`,
    );
  const interrupt = new AbortController();
  const terminal = terminalFor(interrupt.signal);
  if (argv[0] === COMPLETE) return (await import('./terminal/complete.ts')).complete(terminal, argv.slice(1));
  const parsed = parseCommandLine(argv);
  const works = parsed.kind === 'command' && working.has(parsed.name);
  process.on('SIGINT', () => {
    // The second time means: now, whatever is lost. The journal keeps what was flushed.
    if (interrupt.signal.aborted) {
      if (works) printError(terminal, STOPPED);
      process.exit(EXIT.interrupted);
    }
    interrupt.abort();
  });
  // The terminal was closed, or somebody asked us to go.
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt.abort());
  // A reader that has seen enough (`| head`) is no failure; a session that nobody watches any more is stopped.
  whenUnread(() => (works ? interrupt.abort() : process.exit(EXIT.done)));
  switch (parsed.kind) {
    case 'version':
      print(terminal, manifest.version);
      return EXIT.done;
    case 'help': {
      const { overview, commandHelp } = await import('./terminal/help.ts');
      const { style, version } = terminal;
      print(terminal, parsed.name ? commandHelp(parsed.name, style) : overview(style, version));
      return EXIT.done;
    }
    case 'wrong':
      printError(terminal, parsed.message);
      return EXIT.usage;
    case 'command':
      return (await table[parsed.name]())(terminal, parsed);
  }
}

/** What people can act on needs no stack. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // By name: the classes would load what most commands do not need.
  const told = ['StoreError', 'JournalDamaged'].includes(error.name) || error instanceof UsageError;
  if (told && process.env.ORCHESTRATE_LOG === undefined) return error.message;
  return error.stack ?? error.message;
}

/** Where output goes nowhere any more: its reader left, or the terminal was closed. */
function whenUnread(then: () => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', error => {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!['EPIPE', 'EIO'].includes(code)) throw error;
      then();
    });
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = error instanceof UsageError ? EXIT.usage : EXIT.failures;
  // Nobody is left to wait for, whatever was begun and not ended.
  process.stderr.write(`${lines(wordsOf(error))}\n`, () => process.exit());
}
