import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Changes } from '../../core/changes/changes.ts';
import type { Selector, Views } from '../../core/changes/decisions.ts';
import { waitingIn } from '../../core/changes/waiting.ts';
import { oneLine } from '../../core/plain.ts';
import { fromElsewhere } from '../../core/session/seal.ts';
import { listSessions, readState, type SessionSummary } from '../../node/session/sessions.ts';
import { NodeWorkspace } from '../../node/workspace.ts';
import { counted } from '../../protocol/show.ts';
import { confirm } from '../confirm.ts';
import { chooseSession, openFolder, sessionsIn, workspaceOf } from '../find-session.ts';
import { openRuntime } from '../open-runtime.ts';
import { type Call, EXIT, option, print, type Terminal, UsageError } from '../terminal.ts';
import { selectorOf, sessionLine, showChanges, showDecision } from './changes.ts';
import { ask } from './requests.ts';

/** A session's random letters: less does not name it where a path could stand. */
const SHORTEST_ID = 4;

/** What a call is about: one session that it names, else all in which something waits, newest first. */
interface Meant {
  workspace: string;
  sessions: SessionSummary[];
  place: string | undefined;
}

/** `[SESSION] [PLACE]`: a word that fits no session is the place. An empty one is never taken for everything. */
async function meantBy(terminal: Terminal, call: Call): Promise<Meant> {
  const workspace = workspaceOf(terminal, call);
  if (call.words.some(word => word.trim() === '')) throw new UsageError('An empty path names no change.');
  const [first, second] = call.words;
  if (second !== undefined) {
    return { workspace, sessions: [await chooseSession(terminal, workspace, first)], place: second };
  }
  // `20` or `a` may be a file as well as a piece of an id; that it means all of a session has to be plain.
  const short = first === undefined || first.length < SHORTEST_ID || existsSync(resolve(workspace, first));
  const named = short ? undefined : await chooseSession(terminal, workspace, first).catch(() => undefined);
  if (named) return { workspace, sessions: [named], place: undefined };
  return { workspace, sessions: await sessionsWaiting(terminal, workspace), place: first };
}

/** The session that is meant where none is named, if nothing waits anywhere. */
async function sessionsWaiting(terminal: Terminal, workspace: string): Promise<SessionSummary[]> {
  const waiting: SessionSummary[] = [];
  for (const session of await listSessions(sessionsIn(terminal, workspace))) {
    if (session.origin !== 'own') continue;
    const { state } = await readState(await openFolder(terminal, workspace, session.id));
    if (waitingIn(state).length > 0) waiting.push(session);
  }
  return waiting.length > 0 ? waiting : [await chooseSession(terminal, workspace, undefined)];
}

interface Looked {
  session: SessionSummary;
  changes: Changes;
  selector: Selector;
}

/** Looks at the sessions that are meant; only at those where the place is, if it is in any. */
async function lookedAt<T>(
  terminal: Terminal,
  call: Call,
  { workspace, sessions, place }: Meant,
  use: (looked: Looked[]) => Promise<T>,
): Promise<T> {
  const runtime = await openRuntime(terminal, call);
  const closing: (() => Promise<void>)[] = [];
  try {
    const looked: Looked[] = [];
    for (const session of sessions) {
      const seen = await runtime.look(session.id);
      if (!seen) throw new UsageError(`There is no session "${session.id}" in ${workspace}.`);
      const { changes, close } = seen;
      closing.push(close);
      looked.push({ session, changes, selector: selectorOf(call, place, workspace, waiting(changes)) });
    }
    const fitting = looked.filter(({ changes, selector }) => changes.views(selector).size > 0);
    return await use(fitting.length > 0 ? fitting : looked.slice(0, 1));
  } finally {
    for (const close of closing) await close();
  }
}

const waiting = (changes: Changes): ReadonlySet<string> => new Set(changes.pendingFiles().map(file => file.path));

/** `orchestrate changes` */
export async function changes(terminal: Terminal, call: Call): Promise<number> {
  const meant = await meantBy(terminal, call);
  const files = new NodeWorkspace(meant.workspace);
  const read = async (path: string) => (await files.read(path))?.bytes;
  return lookedAt(terminal, call, meant, looked => showChanges(terminal, call, looked, read));
}

/** Taking out everything is asked about; a script says that it means it. */
async function means(terminal: Terminal, call: Call, looked: readonly Looked[]): Promise<boolean> {
  if (call.options.yes || looked.some(({ selector }) => Object.keys(selector).length > 0)) return true;
  const paths = new Set(looked.flatMap(({ changes }) => [...waiting(changes)]));
  if (paths.size === 0) return true;
  if (!terminal.input.isTTY)
    throw new UsageError('That would take out everything that waits. Name a path, or say --yes.');
  const files = counted(paths.size, 'file');
  const sessions = looked.length === 1 ? '' : `, of ${looked.length} sessions`;
  return confirm(terminal, `Take out all that agents wrote in ${files}${sessions}?`);
}

/** A hunk's number is one of its session's. */
function refuseAmbiguous(looked: readonly Looked[], place: string | undefined): void {
  if (looked.length < 2 || !looked.some(({ selector }) => selector.hunks)) return;
  const ids = looked.map(({ session }) => `  ${oneLine(`${session.id}  ${session.goal ?? ''}`)}`);
  throw new UsageError(
    `Several sessions wait in that file. Put the one you mean before "${place}":\n${ids.join('\n')}`,
  );
}

const decide = (action: 'accept' | 'reject') => async (terminal: Terminal, call: Call) => {
  const meant = await meantBy(terminal, call);
  const wanted = await lookedAt(terminal, call, meant, async looked => {
    refuseAmbiguous(looked, meant.place);
    if (action === 'reject' && !(await means(terminal, call, looked))) return undefined;
    return looked.map(({ session, selector, changes }) => ({ session, selector, seen: changes.contents(selector) }));
  });
  if (!wanted) return EXIT.failures;
  // The newest first: it may have built on what the others did.
  const codes: number[] = [];
  for (const { session, selector, seen } of wanted) {
    if (wanted.length > 1 && !call.options.json) print(terminal, sessionLine(terminal, session));
    codes.push(await decideIn(action, terminal, call, session, selector, seen));
  }
  return Math.max(...codes);
};

async function decideIn(
  action: 'accept' | 'reject',
  terminal: Terminal,
  call: Call,
  session: SessionSummary,
  selector: Selector,
  seen: Views,
): Promise<number> {
  const reason = option(call, 'reason');
  const options = {
    ...(reason && { reason }),
    ...(call.options.force === true && { force: true, edits: 'discard' as const }),
  };
  const runtime = await openRuntime(terminal, call);
  const opened = await runtime.review(session.id);
  if (!opened.ok && opened.reason === 'elsewhere') throw new UsageError(fromElsewhere(session.id, opened.origin));
  if (!opened.ok) {
    const { hunks, ...rest } = selector;
    const named = { ...rest, ...(hunks && { hunks: [...hunks] }) };
    return ask(terminal, call, session.id, { kind: action, ...named, ...options, seen: Object.fromEntries(seen) });
  }
  const { changes, close } = opened.session;
  try {
    // What a decision in another session did to a file meanwhile has been seen by whoever asked for both.
    const views = new Map([...changes.views(selector)].filter(([path]) => seen.has(path)));
    const result = await changes[action](selector, views, { by: 'user', ...options }, terminal.interrupt);
    return showDecision(terminal, call, action, result, Object.keys(selector).length > 0);
  } finally {
    await close();
  }
}

/** `orchestrate accept` */
export const accept = decide('accept');
/** `orchestrate reject` */
export const reject = decide('reject');
