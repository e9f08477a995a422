import type { StationState } from '../../core/station/contract.ts';
import { standingOf } from '../../core/station/members.ts';
import { teamReport } from '../../core/station/team-report.ts';
import { openRuntime } from '../open-runtime.ts';
import { type Call, print, printJson, type Terminal } from '../terminal.ts';
import { stationLines } from './lines.ts';

/** The whole of it, for programs. */
function teamFigures(state: StationState, now: number) {
  const members = [...state.members.values()].map(member => ({ ...member, standing: standingOf(state, member, now) }));
  const [items, runs] = [[...state.items.values()], [...state.runs.values()]];
  return { paused: state.paused, members, items, runs, notices: state.notices };
}

/** What the team that stands did and has before it, as Markdown or for programs; false where none stands. */
export async function reportTeam(terminal: Terminal, call: Call): Promise<boolean> {
  const { state, owner } = await (await openRuntime(terminal, call)).station.read();
  if (!owner) return false;
  const now = terminal.clock.now();
  if (call.options.json) printJson(terminal, { owner, ...teamFigures(state, now) });
  else print(terminal, teamReport(state, now).trimEnd());
  return true;
}

/** How the standing team stands, where one does; false where none does. */
export async function showTeam(terminal: Terminal, call: Call): Promise<boolean> {
  const runtime = await openRuntime(terminal, call);
  const { state, owner } = await runtime.station.read();
  if (!owner) return false;
  const now = terminal.clock.now();
  if (call.options.json) {
    printJson(terminal, { owner, ...teamFigures(state, now) });
    return true;
  }
  const columns = terminal.out.columns ?? 100;
  const lines = stationLines(state, {
    now,
    columns,
    rows: Number.POSITIVE_INFINITY,
    style: terminal.style,
    runs: true,
  });
  const told = state.notices.slice(-5).map(({ text }) => terminal.style.warn(text));
  print(terminal, [...lines, ...told, terminal.style.dim(`run by process ${owner.pid} (${owner.host})`)].join('\n'));
  return true;
}
