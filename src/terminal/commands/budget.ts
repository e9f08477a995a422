import { redactorOf } from '../../core/config/known-keys.ts';
import { oneLine } from '../../core/plain.ts';
import { NodeWorkspace } from '../../node/workspace.ts';
import { handleReview } from '../../runtime/requests.ts';
import { openStored } from '../../runtime/stored-session.ts';
import { chooseOwn, openFolder, workspaceOf } from '../find-session.ts';
import { type Call, EXIT, print, printJson, type Terminal, UsageError } from '../terminal.ts';
import { ask, dollars } from './requests.ts';

/** `orchestrate budget`: asks whoever runs the session, else sets it for the next run. */
export async function budget(terminal: Terminal, call: Call): Promise<number> {
  const [amount, word] = call.words;
  if (amount === undefined) throw new UsageError('Write: orchestrate budget USD [SESSION]');
  const sessionUsd = dollars(amount);
  if (!sessionUsd) throw new UsageError(`"${amount}" is no amount of dollars to spend. Write for example 2.50.`);
  const body = { kind: 'raise-budget', sessionUsd } as const;
  const workspace = workspaceOf(terminal, call);
  const { id } = await chooseOwn(terminal, workspace, word);
  const store = await openFolder(terminal, workspace, id);
  const parts = {
    store,
    files: new NodeWorkspace(workspace),
    clock: terminal.clock,
    log: { write: () => undefined },
    redactor: redactorOf(terminal.environment),
  };
  const opened = await openStored(parts, 'terminal');
  if (!opened.ok) return ask(terminal, call, id, body);
  try {
    const { ok, message = '' } = (await handleReview(opened.session, body)) ?? { ok: false };
    if (call.options.json) printJson(terminal, { ok, message });
    else
      print(terminal, oneLine(ok ? `Done: ${message}. Go on with: orchestrate resume ${id}` : `Not done: ${message}`));
    return ok ? EXIT.done : EXIT.failures;
  } finally {
    await opened.session.close();
  }
}
