import { randomInt } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitingIn } from '../../core/changes/waiting.ts';
import type { Clock } from '../../core/ports.ts';
import { JournalReader } from '../../core/session/read.ts';
import { initialState, reduce } from '../../core/session/reduce.ts';
import type { SessionState } from '../../core/session/state.ts';
import type { SessionOwner } from '../../core/session/store.ts';
import { codeOf, ifThere, storeError } from './errors.ts';
import { JournalFile } from './journal-file.ts';
import { JOURNAL, SessionFolder } from './session-folder.ts';

/** The folder in a workspace that is ours. */
export const OUR_FOLDER = '.orchestrate';
const NEWLINE = 10;
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** A session in a list: what its first and last lines tell, without reading all of it. */
export interface SessionSummary {
  id: string;
  folder: string;
  /** Undefined where the first line cannot be read. */
  goal?: string;
  startedAt?: number;
  /** When the journal was last written. */
  lastAt: number;
  /** How it ended; undefined while it runs, and when it was cut off. */
  outcome?: string;
  owner?: SessionOwner;
  journalBytes: number;
}

/** So long is the date and time at the beginning of an id. */
const ID_SECOND = '20260101-000000'.length;

const sessionsIn = (workspace: string) => join(workspace, OUR_FOLDER, 'sessions');

/** Undefined for an id that could lead out of the sessions' folder, and for one that is not there. */
export async function findSession(workspace: string, id: string, clock: Clock): Promise<SessionFolder | undefined> {
  if (!ID.test(id)) return undefined;
  const folder = join(sessionsIn(workspace), id);
  const found = await ifThere(stat(folder)).catch(() => undefined);
  return found?.isDirectory() ? new SessionFolder(folder, clock) : undefined;
}

/** A new session's folder. Its id sorts by time and fits every file system. */
export async function createSession(workspace: string, clock: Clock): Promise<{ id: string; store: SessionFolder }> {
  try {
    await mkdir(sessionsIn(workspace), { recursive: true, mode: 0o700 });
    await keepOutOfGit(workspace);
    for (;;) {
      const id = newId(clock.now());
      const folder = join(sessionsIn(workspace), id);
      try {
        await mkdir(folder, { mode: 0o700 });
        return { id, store: new SessionFolder(folder, clock) };
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
    }
  } catch (error) {
    throw storeError(error, 'making the session’s folder');
  }
}

/** Newest first. Folders that hold no journal are left out. */
export async function listSessions(workspace: string, clock: Clock): Promise<SessionSummary[]> {
  const names = (await ifThere(readdir(sessionsIn(workspace)))) ?? [];
  const found: SessionSummary[] = [];
  for (const id of names
    .filter(name => ID.test(name))
    .sort()
    .reverse()) {
    const summary = await summarise(join(sessionsIn(workspace), id), id, clock);
    if (summary) found.push(summary);
  }
  // Ids tell the second; of two that started in the same one, the journals know which is newer.
  const second = ({ id }: SessionSummary) => id.slice(0, ID_SECOND);
  return found.sort((a, b) =>
    second(a) === second(b) ? (b.startedAt ?? 0) - (a.startedAt ?? 0) : second(a) < second(b) ? 1 : -1,
  );
}

/** Takes a session away with all its files; refuses while somebody owns it. */
export async function removeSession(
  workspace: string,
  id: string,
  clock: Clock,
): Promise<'removed' | 'owned' | 'missing'> {
  const store = await findSession(workspace, id, clock);
  if (!store) return 'missing';
  // Our own lock keeps others out until the folder is gone.
  const taken = await store.lock('terminal');
  if (!taken.ok) return 'owned';
  try {
    await rm(store.place, { recursive: true, force: true, maxRetries: 3 });
  } finally {
    await store.close();
  }
  return 'removed';
}

export interface Retention {
  /** Sessions kept whatever their size. */
  keep: number;
  /** Older ones are removed, oldest first, while all together are larger. */
  maxBytes: number;
}

/** Removes old sessions that are owned by nobody and have nothing left to decide. Returns what it removed. */
export async function pruneSessions(workspace: string, retention: Retention, clock: Clock): Promise<string[]> {
  const removed: string[] = [];
  const all = await listSessions(workspace, clock);
  const sized = await Promise.all(all.map(async s => ({ ...s, bytes: await bytesIn(s.folder) })));
  let total = sized.reduce((sum, s) => sum + s.bytes, 0);
  for (const session of sized.slice(retention.keep).reverse()) {
    if (total <= retention.maxBytes) break;
    if (session.owner || (await needed(new SessionFolder(session.folder, clock)))) continue;
    if ((await removeSession(workspace, session.id, clock)) !== 'removed') continue;
    total -= session.bytes;
    removed.push(session.id);
  }
  return removed;
}

/** The state as the journal tells it now, for those who only read. */
export async function readState(store: SessionFolder): Promise<{ state: SessionState; reader: JournalReader }> {
  const state = initialState();
  const reader = new JournalReader();
  for await (const bytes of store.readJournal(0)) for (const event of reader.push(bytes)) reduce(state, event);
  return { state, reader };
}

/** Whether its models were scripted: the beginning of the journal tells. */
export async function wasRehearsed(store: SessionFolder): Promise<boolean> {
  const reader = new JournalReader();
  for await (const bytes of store.readJournal(0))
    for (const event of reader.push(bytes)) if (event.type === 'session-started') return event.rehearsal;
  return false;
}

/** Whether anybody may still want it: it can go on, or its changes wait for review and need their baselines. */
async function needed(store: SessionFolder): Promise<boolean> {
  const { state } = await readState(store);
  const over = state.outcome && state.outcome.outcome !== 'interrupted';
  return !over || waitingIn(state).length > 0;
}

/** Itself among them: a folder that was merely opened stays clean for git. */
const IGNORED =
  '# Sessions stay on this machine; configuration, roles and workflows beside them may be committed.\n/.gitignore\n/sessions/\n';

async function keepOutOfGit(workspace: string): Promise<void> {
  try {
    await writeFile(join(workspace, OUR_FOLDER, '.gitignore'), IGNORED, { flag: 'wx' });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

function newId(now: number): string {
  const [date = '', time = ''] = new Date(now).toISOString().split('T');
  const random = Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${random}`;
}

/** What each line holds that begins, resumes or ends a session: in a JSON line, quotes within text are escaped. */
const MARK = '"type":"session-';

/** Reads the few lines that tell how a session stands; the others are only passed over. */
async function summarise(folder: string, id: string, clock: Clock): Promise<SessionSummary | undefined> {
  const path = join(folder, JOURNAL);
  const found = await ifThere(stat(path)).catch(() => undefined);
  if (!found) return undefined;
  const state = initialState();
  // A reader for each: between these lines there are others, so that their numbers prove nothing.
  for await (const line of linesWith(MARK, new JournalFile(path).read(0)))
    for (const event of new JournalReader().push(line)) reduce(state, event);
  const owner = await new SessionFolder(folder, clock).owner();
  return {
    id,
    folder,
    journalBytes: found.size,
    lastAt: found.mtimeMs,
    ...(state.goal && { goal: state.goal }),
    ...(state.startedAt !== undefined && { startedAt: state.startedAt }),
    ...(state.outcome && { outcome: state.outcome.outcome }),
    ...(owner && { owner }),
  };
}

async function* linesWith(needle: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array[] = [];
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      rest.push(chunk);
      continue;
    }
    const whole = Buffer.concat([...rest, chunk.subarray(0, end)]);
    rest = [chunk.subarray(end)];
    for (let at = whole.indexOf(needle); at >= 0; ) {
      const to = whole.indexOf(NEWLINE, at) + 1;
      yield whole.subarray(whole.lastIndexOf(NEWLINE, at) + 1, to);
      at = whole.indexOf(needle, to);
    }
  }
}

async function bytesIn(folder: string): Promise<number> {
  let total = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    total += (await ifThere(stat(join(entry.parentPath, entry.name))))?.size ?? 0;
  }
  return total;
}
