import { standingOf } from '../../core/station/members.ts';
import { openRuntime } from '../open-runtime.ts';
import { type Call, print, printJson, type Terminal } from '../terminal.ts';
import { stationLines } from './lines.ts';

/** How the standing team stands, where one does; false where none does. */
export async function showTeam(terminal: Terminal, call: Call): Promise<boolean> {
  const runtime = await openRuntime(terminal, call);
  const { state, owner } = await runtime.station.read();
  if (!owner) return false;
  const now = terminal.clock.now();
  if (call.options.json) {
    const members = [...state.members.values()].map(member => ({
      ...member,
      standing: standingOf(state, member, now),
    }));
    const [items, runs] = [[...state.items.values()], [...state.runs.values()]];
    printJson(terminal, { owner, paused: state.paused, members, items, runs, notices: state.notices });
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
