import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Changes } from '../core/changes/changes.ts';
import type { Selector } from '../core/changes/decisions.ts';
import type { Log } from '../core/ports.ts';
import { NodeWorkspace } from '../node/workspace.ts';
import { selectorOf, showChanges, showDecision } from '../terminal/commands/changes.ts';
import { ask } from '../terminal/commands/requests.ts';
import { confirm } from '../terminal/confirm.ts';
import { chooseSession, openFolder, workspaceOf } from '../terminal/find-session.ts';
import { type Call, EXIT, option, type Terminal, UsageError } from '../terminal/terminal.ts';
import { lookAtStored, openStored } from './stored-session.ts';

/** A session's random letters: less does not name it where a path could stand. */
const SHORTEST_ID = 4;

const quiet: Log = { write: () => undefined };

/** `[SESSION] [PLACE]`: a word that fits no session is the place. An empty one is never taken for everything. */
async function placesOf(terminal: Terminal, call: Call) {
  const workspace = workspaceOf(terminal, call);
  if (call.words.some(word => word.trim() === '')) throw new UsageError('An empty path names no change.');
  const [first, second] = call.words;
  if (second !== undefined || first === undefined) {
    return { workspace, session: await chooseSession(terminal, workspace, first), place: second };
  }
  // `20` or `a` may be a file as well as a piece of an id; that it means all of a session has to be plain.
  const short = first.length < SHORTEST_ID || existsSync(resolve(workspace, first));
  const named = short ? undefined : await chooseSession(terminal, workspace, first).catch(() => undefined);
  const session = named ?? (await chooseSession(terminal, workspace, undefined));
  return { workspace, session, place: named ? undefined : first };
}

async function partsOf(terminal: Terminal, call: Call) {
  const { workspace, session, place } = await placesOf(terminal, call);
  const store = await openFolder(terminal, workspace, session.id);
  const files = new NodeWorkspace(workspace);
  return { workspace, session, place, parts: { store, files, clock: terminal.clock, log: quiet } };
}

const waiting = (changes: Changes): ReadonlySet<string> => new Set(changes.pendingFiles().map(file => file.path));

/** `orchestrate changes` */
export async function changes(terminal: Terminal, call: Call): Promise<number> {
  const { workspace, place, parts } = await partsOf(terminal, call);
  const stored = await lookAtStored(parts);
  try {
    const { path } = selectorOf(call, place, workspace, waiting(stored.changes));
    const read = async (path: string) => (await parts.files.read(path))?.bytes;
    return await showChanges(terminal, call, stored.changes, path, read);
  } finally {
    await stored.close();
  }
}

/** Taking out everything is asked about; a script says that it means it. */
async function means(terminal: Terminal, call: Call, selector: Selector, changes: Changes): Promise<boolean> {
  if (call.options.yes || Object.keys(selector).length > 0) return true;
  const { length } = changes.pendingFiles();
  if (length === 0) return true;
  if (!terminal.input.isTTY)
    throw new UsageError('That would take out everything that waits. Name a path, or say --yes.');
  return confirm(terminal, `Take out all that agents wrote in ${length === 1 ? '1 file' : `${length} files`}?`);
}

const decide = (action: 'accept' | 'reject') => async (terminal: Terminal, call: Call) => {
  const { workspace, session, place, parts } = await partsOf(terminal, call);
  const reason = option(call, 'reason');
  const force = call.options.force === true;
  const forced = force ? { force, edits: 'discard' as const } : {};
  const opened = await openStored(parts, 'terminal');
  if (!opened.ok) {
    const looked = await lookAtStored(parts);
    const wanted = await (async () => {
      const selector = selectorOf(call, place, workspace, waiting(looked.changes));
      if (action === 'reject' && !(await means(terminal, call, selector, looked.changes))) return undefined;
      return { selector, seen: Object.fromEntries(looked.changes.contents(selector)) };
    })().finally(() => looked.close());
    if (!wanted) return EXIT.failures;
    const { seen } = wanted;
    const { hunks, ...rest } = wanted.selector;
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
    const selector = selectorOf(call, place, workspace, waiting(changes));
    if (action === 'reject' && !(await means(terminal, call, selector, changes))) return EXIT.failures;
    const result = await changes[action](selector, changes.views(selector), options, terminal.interrupt);
    return showDecision(terminal, call, action, result, Object.keys(selector).length > 0);
  } finally {
    await close();
  }
};

/** `orchestrate accept` */
export const accept = decide('accept');
/** `orchestrate reject` */
export const reject = decide('reject');
