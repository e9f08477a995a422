import type { StationRecord } from '../../core/station/contract.ts';
import { whenever } from '../../core/station/whenever.ts';
import type { AgreesToWorkflows, StartedStation, StationRequestToStart } from '../../runtime/contract.ts';
import { confirm } from '../confirm.ts';
import { leftOut } from '../left-out.ts';
import { openRuntime } from '../open-runtime.ts';
import { problemLines } from '../problems.ts';
import { followTeam } from '../station/follow-team.ts';
import { serveTeam } from '../station/serve-team.ts';
import { watchStation } from '../station/watch.ts';
import { type Call, EXIT, option, print, printError, type Terminal, UsageError } from '../terminal.ts';

/** `orchestrate start`: runs the standing team, or follows the one that runs. */
export async function start(terminal: Terminal, call: Call): Promise<number> {
  const request = { ...requested(call), agrees: asked(terminal, call) };
  const runtime = await openRuntime(terminal, call, {
    // Whoever is asked may answer at any time, from any terminal.
    present: () => true,
    // And add money, but where the team is to end by itself.
    stopsWhenSpent: call.options['until-done'] === true,
    note(notes) {
      for (const line of leftOut(notes)) printError(terminal, line);
    },
  });
  const served = await serveTeam(terminal, call, runtime);
  try {
    const started = await runtime.station.start({ ...request, ...(served && { startSession: served.startSession }) });
    if (!started.ok) {
      // Whoever runs the team serves it, too.
      await served?.close();
      return await notStarted(terminal, call, started, runtime);
    }
    await served?.open().catch(async error => {
      await started.station.stop('it cannot be served where you wanted it');
      throw error;
    });
    for (const note of started.notes) printError(terminal, terminal.style.warn(note));
    const { station } = started;
    const hear = (told: (event: StationRecord) => void) => station.subscribe(told);
    const over = new AbortController();
    const stop = () => {
      printError(
        terminal,
        'Stopping: what is under way is written down, and goes on with the next start. Ctrl-C again stops at once.',
      );
      void station.stop('interrupted in the terminal');
    };
    terminal.interrupt.addEventListener('abort', stop, { once: true });
    void station.done.finally(() => over.abort());
    const idle = () => {
      if (![...station.state.items.values()].some(({ status }) => status === 'waiting' || status === 'running'))
        void station.stop('nothing is left to do');
    };
    if (call.options['until-done'] === true) {
      station.subscribe(idle);
      idle();
    }
    await watchStation(terminal, call, { state: () => station.state, hear, runs: true, over: over.signal });
    await station.done;
    return terminal.interrupt.aborted ? EXIT.interrupted : EXIT.done;
  } finally {
    await runtime.close();
    await served?.close();
  }
}

/** What would begin by itself is shown before it may, with what starts it. */
function asked(terminal: Terminal, call: Call): AgreesToWorkflows {
  return async workflows => {
    if (call.options.yes === true) return true;
    if (!terminal.input.isTTY) return false;
    print(terminal, 'These workflows came with this workspace. Each time they begin, agents work and money is spent:');
    for (const { name, on } of workflows) print(terminal, `- ${name}: ${on.map(whenever).join('; ')}`);
    return confirm(terminal, 'May they begin by themselves?');
  };
}

async function notStarted(
  terminal: Terminal,
  call: Call,
  refused: Exclude<StartedStation, { ok: true }>,
  runtime: Awaited<ReturnType<typeof openRuntime>>,
): Promise<number> {
  switch (refused.reason) {
    case 'config':
      printError(terminal, problemLines(refused.problems, terminal.style));
      return EXIT.usage;
    case 'team':
      throw new UsageError(refused.problems.join('\n'));
    case 'owned': {
      const { pid, host, machine } = refused.owner;
      printError(terminal, `The standing team runs in process ${pid} (${host} on ${machine}); this follows it.`);
      await followTeam(terminal, call, runtime);
      return EXIT.done;
    }
  }
}

/** The pools of the command line: `--pool NAME=A,B` and `--NAME-pool A,B`. */
function requested(call: Call): StationRequestToStart {
  const pools: { name: string; members: string[] }[] = [];
  const add = (name: string, members: string) =>
    pools.push({
      name: name.trim(),
      members: members
        .split(',')
        .map(one => one.trim())
        .filter(one => one !== ''),
    });
  for (const [name, value] of Object.entries(call.options)) {
    if (typeof value !== 'string' || !name.endsWith('-pool')) continue;
    add(name.slice(0, -'-pool'.length), value);
  }
  for (const pool of option(call, 'pool')?.split('\n') ?? []) {
    const at = pool.indexOf('=');
    if (at < 1) throw new UsageError(`"--pool ${pool}" names no members. Write --pool NAME=MEMBER,…`);
    add(pool.slice(0, at), pool.slice(at + 1));
  }
  const fallback = option(call, 'fallback');
  const rehearse = option(call, 'rehearse');
  return { pools, ...(fallback !== undefined && { fallback }), ...(rehearse !== undefined && { rehearse }) };
}
