import { chooseSession, openFolder, workspaceOf } from '../find-session.ts';
import { type Call, EXIT, print, printJsonText, type Terminal, UsageError } from '../terminal.ts';

export async function report(terminal: Terminal, call: Call): Promise<number> {
  const workspace = workspaceOf(terminal, call);
  const session = await chooseSession(terminal, workspace, call.words[0]);
  const store = await openFolder(terminal, workspace, session.id);
  const text = await store.readText(call.options.json ? 'report.json' : 'report.md');
  if (text === undefined) {
    throw new UsageError(`${session.id} has no report yet: it is written when the session ends or is stopped.`);
  }
  if (call.options.json) printJsonText(terminal, text.trimEnd());
  else print(terminal, text.trimEnd());
  return EXIT.done;
}
