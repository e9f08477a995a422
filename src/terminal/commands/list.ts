import { oneLine } from '../../core/plain.ts';
import { listSessions, type SessionSummary } from '../../node/session/sessions.ts';
import { sessionsIn, workspaceOf } from '../find-session.ts';
import { cut, table } from '../style.ts';
import { type Call, EXIT, print, printJson, type Terminal } from '../terminal.ts';

const standing = (session: SessionSummary) =>
  session.origin !== 'own'
    ? 'from elsewhere'
    : (session.outcome ?? (session.owner && !session.owner.reviews ? 'running' : 'interrupted'));

export async function list(terminal: Terminal, call: Call): Promise<number> {
  const workspace = workspaceOf(terminal, call);
  const sessions = await listSessions(sessionsIn(terminal, workspace));
  if (call.options.json) {
    for (const session of sessions) printJson(terminal, { ...session, status: standing(session) });
    return EXIT.done;
  }
  if (sessions.length === 0) {
    print(terminal, `No sessions in ${workspace} yet. Start one: orchestrate run "Your goal"`);
    return EXIT.done;
  }
  const columns = terminal.out.columns ?? 100;
  const rows = sessions.map(session => [
    session.id,
    standing(session),
    new Date(session.startedAt ?? session.lastAt).toLocaleString(),
    cut(oneLine(session.goal ?? 'unreadable'), Math.max(20, columns - 60)),
  ]);
  print(terminal, table([['SESSION', 'STATE', 'STARTED', 'GOAL'], ...rows]));
  return EXIT.done;
}
