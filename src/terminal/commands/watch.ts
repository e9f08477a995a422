import { readerFor } from '../../core/session/origin.ts';
import { initialState, reduce } from '../../core/session/reduce.ts';
import type { SessionFolder } from '../../node/session/session-folder.ts';
import { readState, type SessionSummary } from '../../node/session/sessions.ts';
import type { JournalEvent } from '../../protocol/events.ts';
import { eventLine } from '../event-line.ts';
import { chooseSession, openFolder, workspaceOf } from '../find-session.ts';
import { followSession } from '../follow-session.ts';
import { liveLines } from '../live-view.ts';
import { openRuntime } from '../open-runtime.ts';
import { Screen } from '../screen.ts';
import { followMember } from '../station/follow-member.ts';
import { followTeam } from '../station/follow-team.ts';
import { showTeamLog } from '../station/show-log.ts';
import { type Call, EXIT, option, print, printError, printJson, type Terminal, UsageError } from '../terminal.ts';

const belongsTo = (event: JournalEvent, agent: string | undefined) =>
  agent === undefined || ('agent' in event && event.agent === agent) || ('by' in event && event.by === agent);

/** `logs`: the team that stands, or a session, as lines; with --follow, until it ends. */
export async function logs(terminal: Terminal, call: Call): Promise<number> {
  const agent = option(call, 'agent');
  if (call.words.length === 0 && agent === undefined) {
    const runtime = await openRuntime(terminal, call);
    if ((await runtime.station.read()).owner) {
      await showTeamLog(terminal, call, runtime);
      return EXIT.done;
    }
  }
  const workspace = workspaceOf(terminal, call);
  const session = await chooseSession(terminal, workspace, call.words[0]);
  const store = await openFolder(terminal, workspace, session.id);
  if (agent !== undefined) await mustBeThere(terminal, store, session, agent, call.options.follow === true);
  const show = (event: JournalEvent) => {
    if (!belongsTo(event, agent)) return;
    if (call.options.json) return printJson(terminal, event);
    const line = eventLine(event, terminal.style);
    if (line) print(terminal, line);
  };
  if (call.options.follow) {
    await followSession(store, show, terminal.interrupt);
    return EXIT.done;
  }
  const reader = await readerFor(store);
  for await (const bytes of store.readJournal(0)) reader.push(bytes).forEach(show);
  return EXIT.done;
}

/** An agent that does not exist has no log; while the session runs it may still come. */
async function mustBeThere(
  terminal: Terminal,
  store: SessionFolder,
  { id, owner }: SessionSummary,
  agent: string,
  follows: boolean,
): Promise<void> {
  const { state } = await readState(store);
  if (state.agents.has(agent)) return;
  const all = [...state.agents.keys()];
  const text = `There is no agent "${agent}" in ${id}. ${all.length > 0 ? `Its agents: ${all.join(', ')}.` : 'It has none yet.'}`;
  if (!follows || !owner || owner.reviews) throw new UsageError(text);
  printError(terminal, text);
}

/** `monitor`: the live picture of the team that stands, of a member of it, or of a session that another process runs. */
export async function monitor(terminal: Terminal, call: Call): Promise<number> {
  const [word] = call.words;
  const runtime = await openRuntime(terminal, call);
  const { owner, state: team } = await runtime.station.read();
  if (owner && (word === undefined || team.members.has(word))) {
    if (word === undefined) await followTeam(terminal, call, runtime);
    else await followMember(terminal, call, runtime, word);
    return EXIT.done;
  }
  const workspace = workspaceOf(terminal, call);
  const session = await chooseSession(terminal, workspace, call.words[0]);
  const store = await openFolder(terminal, workspace, session.id);
  const state = initialState();
  const live = terminal.out.isTTY && !call.options.json;
  const screen = live
    ? new Screen(terminal.out, terminal.clock, terminal.style, (columns, rows) => ({
        lines: liveLines(state, { now: terminal.clock.now(), columns, rows, style: terminal.style }),
      }))
    : undefined;
  try {
    const show = (event: JournalEvent) => {
      reduce(state, event);
      if (call.options.json) return printJson(terminal, event);
      if (screen) return screen.touch();
      const line = eventLine(event, terminal.style);
      if (line) print(terminal, line);
    };
    await followSession(store, show, terminal.interrupt);
  } finally {
    screen?.dispose();
  }
  return EXIT.done;
}
