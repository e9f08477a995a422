import { oneLine } from '../../core/plain.ts';
import { openCost } from '../../core/session/figures.ts';
import { readState } from '../../node/session/sessions.ts';
import { showMoney } from '../../protocol/show.ts';
import { chooseSession, openFolder, workspaceOf } from '../find-session.ts';
import { liveLines } from '../live-view.ts';
import { showMember } from '../station/show-member.ts';
import { showTeam } from '../station/show-team.ts';
import { summaryOf } from '../summary.ts';
import { type Call, EXIT, print, printJson, type Terminal } from '../terminal.ts';

export async function status(terminal: Terminal, call: Call): Promise<number> {
  const workspace = workspaceOf(terminal, call);
  const [word] = call.words;
  const said = word === undefined ? await showTeam(terminal, call) : await showMember(terminal, call, word);
  if (said) return EXIT.done;
  const session = await chooseSession(terminal, workspace, word);
  const { state } = await readState(await openFolder(terminal, workspace, session.id));
  if (call.options.json) {
    printJson(terminal, { ...summaryOf(state), owner: session.owner });
    return EXIT.done;
  }
  // A session nobody runs does not get older.
  const runs = session.owner !== undefined && !session.owner.reviews;
  const now = runs ? terminal.clock.now() : (state.lastAt ?? terminal.clock.now());
  const columns = terminal.out.columns ?? 100;
  print(
    terminal,
    liveLines(state, { now, columns, rows: Number.POSITIVE_INFINITY, style: terminal.style, asks: 'all', runs }).join(
      '\n',
    ),
  );
  const open = openCost(state);
  if (!runs && open > 0) print(terminal, `Calls that were cut off may have cost up to ${showMoney(open)} more.`);
  const owner = session.owner
    ? `${runs ? 'run' : 'not running; under review'} by process ${session.owner.pid} (${session.owner.host})`
    : 'not running';
  print(terminal, terminal.style.dim(oneLine(`${session.id} · ${owner} · ${session.folder}`)));
  return EXIT.done;
}
