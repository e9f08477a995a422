import { oneLine } from '../../core/plain.ts';
import { readState } from '../../node/session/sessions.ts';
import { keptWith } from '../attached.ts';
import { chooseOwn, chooseSession, openFolder, workspaceOf } from '../find-session.ts';
import { table } from '../style.ts';
import { type Call, EXIT, option, print, printJson, type Terminal, UsageError } from '../terminal.ts';
import { ask, priorityOf } from './requests.ts';

/** `queue` of one session: what it takes beside its plan. */
export async function sessionQueue(terminal: Terminal, call: Call): Promise<number> {
  const [verb, ...words] = call.words;
  const session = option(call, 'session');
  if (verb === 'add') {
    const text = words.join(' ').trim();
    if (text === '') throw new UsageError('Write: orchestrate queue add TEXT');
    const target = option(call, 'target');
    const priority = priorityOf(option(call, 'priority') ?? 'medium');
    const body = { kind: 'queue-add' as const, text, priority, ...(target && { target }) };
    const { id } = await chooseOwn(terminal, workspaceOf(terminal, call), session);
    return ask(terminal, call, id, { ...body, ...(await keptWith(terminal, call, text, id)) });
  }
  if (verb === 'remove') {
    const item = words[0];
    if (!item) throw new UsageError('Write: orchestrate queue remove ITEM');
    return ask(terminal, call, session, { kind: 'queue-remove', item });
  }
  if (verb !== 'list' && verb !== undefined)
    throw new UsageError(`The queue of a session takes add, list or remove, not "${verb}".`);
  const workspace = workspaceOf(terminal, call);
  const chosen = await chooseSession(terminal, workspace, session);
  const { state } = await readState(await openFolder(terminal, workspace, chosen.id));
  const items = [...state.queue.values()];
  if (call.options.json) for (const item of items) printJson(terminal, item);
  else if (items.length === 0) print(terminal, 'The queue is empty.');
  else
    print(
      terminal,
      table(items.map(item => [item.item, String(item.priority), item.target ?? '-', oneLine(item.text)])),
    );
  return EXIT.done;
}
