import { initialState, reduce } from '../../core/session/reduce.ts';
import type { Run, StationRecord, StationState } from '../../core/station/contract.ts';
import { findSession } from '../../node/session/sessions.ts';
import type { JournalEvent } from '../../protocol/events.ts';
import type { Runtime } from '../../runtime/contract.ts';
import { eventLine } from '../event-line.ts';
import { sessionsIn, workspaceOf } from '../find-session.ts';
import { followSession } from '../follow-session.ts';
import { liveLines } from '../live-view.ts';
import { Screen } from '../screen.ts';
import { type Call, print, printJson, type Terminal } from '../terminal.ts';
import { stationEventLine } from './event-line.ts';
import { memberLines } from './lines.ts';

/** A session that has been given to a member is there a moment later. */
const LOOK_MS = 100;

/** What one member of a standing team does, one session after the other, until the team stops or the user has seen enough. */
export async function followMember(terminal: Terminal, call: Call, runtime: Runtime, name: string): Promise<void> {
  const { clock, style, out } = terminal;
  const json = call.options.json === true;
  const over = new AbortController();
  const signal = AbortSignal.any([terminal.interrupt, over.signal]);
  let news = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => news.resolve());
  const say = (event: JournalEvent | StationRecord, line: string | undefined) => {
    if (json) printJson(terminal, event);
    else if (screen) screen.touch();
    else if (line !== undefined) print(terminal, line);
  };
  const followed = await runtime.station.follow(event => {
    if (isAbout(event, name, followed.view.state)) say(event, stationEventLine(event, style));
    if (event.type === 'station-stopped') over.abort();
    news.resolve();
  }, signal);
  const station = () => followed.view.state;
  let session = initialState();
  const screen =
    out.isTTY && !json
      ? new Screen(out, clock, style, (columns, rows) => {
          const now = clock.now();
          const head = memberLines(station(), name, { now, columns, style });
          const body = liveLines(session, { now, columns, rows: rows - head.length, style });
          return { lines: runOf(station(), name) ? [...head, ...body] : head };
        })
      : undefined;
  if (!screen && !json)
    print(terminal, memberLines(station(), name, { now: clock.now(), columns: 100, style }).join('\n'));
  /** Of a session that is resumed, what was told is not told again. */
  const told = new Map<string, number>();
  const ticker = screen && setInterval(() => screen.touch(), 1000);
  try {
    while (!signal.aborted) {
      news = Promise.withResolvers<void>();
      const run = runOf(station(), name);
      const store = run && (await findSession(sessionsIn(terminal, workspaceOf(terminal, call)), run.session));
      if (run && store) {
        session = initialState();
        await followSession(
          store,
          event => {
            reduce(session, event);
            if (event.seq <= (told.get(run.session) ?? 0)) return;
            told.set(run.session, event.seq);
            say(event, eventLine(event, style));
          },
          signal,
        );
      }
      const soon = run && !store ? [new Promise<void>(resolve => void clock.after(LOOK_MS, resolve))] : [];
      if (!signal.aborted) await Promise.race([news.promise, ...soon]);
    }
  } finally {
    clearInterval(ticker);
    screen?.dispose();
  }
  await followed.over;
  if (over.signal.aborted && !json) print(terminal, 'The standing team has stopped.');
}

function runOf(state: StationState, name: string): Run | undefined {
  const at = state.members.get(name)?.run;
  const run = at === undefined ? undefined : state.runs.get(at);
  return run?.end || run?.aside ? undefined : run;
}

/** Whether an event of the station is about that member, or about what it is at. */
function isAbout(event: StationRecord, name: string, state: StationState): boolean {
  if ('member' in event) return event.member === name;
  if ('members' in event && event.type === 'run-started') return event.members.includes(name);
  return 'run' in event && state.runs.get(event.run)?.members.includes(name) === true;
}
