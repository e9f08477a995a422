import type { Log } from '../core/ports.ts';
import { NodeWorkspace } from '../node/workspace.ts';
import { selectorOf, showChanges, showDecision } from '../terminal/commands/changes.ts';
import { ask } from '../terminal/commands/requests.ts';
import { chooseSession, openFolder, workspaceOf } from '../terminal/find-session.ts';
import { type Call, option, type Terminal } from '../terminal/terminal.ts';
import { lookAtStored, openStored } from './stored-session.ts';

const quiet: Log = { write: () => undefined };

/** `[SESSION] [PLACE]`: a word that fits no session is the place. */
async function placesOf(terminal: Terminal, call: Call) {
  const workspace = workspaceOf(terminal, call);
  const [first, second] = call.words;
  if (second !== undefined || first === undefined) {
    return { workspace, session: await chooseSession(terminal, workspace, first), place: second };
  }
  const named = await chooseSession(terminal, workspace, first).catch(() => undefined);
  const session = named ?? (await chooseSession(terminal, workspace, undefined));
  return { workspace, session, place: named ? undefined : first };
}

async function partsOf(terminal: Terminal, call: Call) {
  const { workspace, session, place } = await placesOf(terminal, call);
  const store = await openFolder(terminal, workspace, session.id);
  const files = new NodeWorkspace(workspace);
  return { session, place, parts: { store, files, clock: terminal.clock, log: quiet } };
}

/** `orchestrate changes` */
export async function changes(terminal: Terminal, call: Call): Promise<number> {
  const { place, parts } = await partsOf(terminal, call);
  const stored = await lookAtStored(parts);
  try {
    const read = async (path: string) => (await parts.files.read(path))?.bytes;
    return await showChanges(terminal, call, stored.changes, place?.split('#')[0], read);
  } finally {
    await stored.close();
  }
}

const decide = (action: 'accept' | 'reject') => async (terminal: Terminal, call: Call) => {
  const { session, place, parts } = await partsOf(terminal, call);
  const selector = selectorOf(call, place);
  const reason = option(call, 'reason');
  const force = call.options.force === true;
  const forced = force ? { force, edits: 'discard' as const } : {};
  const opened = await openStored(parts, 'terminal');
  if (!opened.ok) {
    const { hunks, ...rest } = selector;
    const looked = await lookAtStored(parts);
    const seen = Object.fromEntries(looked.changes.contents(selector));
    await looked.close();
    return ask(terminal, call, session.id, {
      kind: action,
      ...rest,
      ...(hunks && { hunks: [...hunks] }),
      ...(reason && { reason }),
      ...forced,
      seen,
    });
  }
  const { changes, close } = opened.session;
  try {
    const options = {
      by: 'user' as const,
      ...(reason && { reason }),
      ...forced,
    };
    const result = await changes[action](selector, changes.views(selector), options, terminal.interrupt);
    return showDecision(terminal, call, action, result);
  } finally {
    await close();
  }
};

/** `orchestrate accept` */
export const accept = decide('accept');
/** `orchestrate reject` */
export const reject = decide('reject');
