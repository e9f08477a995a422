import { standingOf } from '../../core/station/members.ts';
import { openRuntime } from '../open-runtime.ts';
import { type Call, print, printJson, type Terminal } from '../terminal.ts';
import { memberLines } from './lines.ts';

/** How a member of the team stands; whether the word means one that has had no work yet, of which there is no more to say. */
export async function showMember(terminal: Terminal, call: Call, name: string): Promise<boolean> {
  const { state, owner } = await (await openRuntime(terminal, call)).station.read();
  const member = state.members.get(name);
  if (!member) return false;
  const idle = ![...state.runs.values()].some(({ members }) => members.includes(name));
  const now = terminal.clock.now();
  if (call.options.json) {
    if (idle) printJson(terminal, { ...member, standing: standingOf(state, member, now) });
    return idle;
  }
  const { style } = terminal;
  print(terminal, memberLines(state, name, { now, columns: terminal.out.columns ?? 100, style }).join('\n'));
  if (!owner) print(terminal, style.dim('No standing team runs here: orchestrate start'));
  if (idle) print(terminal, style.dim(`${name} has had no work yet: orchestrate queue add TEXT --target ${name}`));
  return idle;
}
