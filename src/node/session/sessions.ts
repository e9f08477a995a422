import { randomInt } from 'node:crypto';
import { lstat, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitingIn } from '../../core/changes/waiting.ts';
import type { Clock } from '../../core/ports.ts';
import { originOf } from '../../core/session/origin.ts';
import { Pieces } from '../../core/session/pieces.ts';
import { JournalReader } from '../../core/session/read.ts';
import { initialState, reduce } from '../../core/session/reduce.ts';
import type { Origin, SealChain } from '../../core/session/seal.ts';
import type { SessionState } from '../../core/session/state.ts';
import type { SessionOwner } from '../../core/session/store.ts';
import type { JournalEvent } from '../../protocol/events.ts';
import { OwnFolder } from '../own-folder.ts';
import { codeOf, ifThere, storeError } from './errors.ts';
import { JOURNAL } from './journal-file.ts';
import type { SealSecret } from './secret.ts';
import { SessionFolder } from './session-folder.ts';

/** The folder in a workspace that is ours. */
export const OUR_FOLDER = '.orchestrate';
const NEWLINE = 10;
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const ID = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** The sessions of a workspace, as this user sees them. */
export interface Sessions {
  workspace: string;
  clock: Clock;
  /** What tells this user's sessions from those that came with the workspace. */
  secret: SealSecret;
}

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
  /** Under which id it was asked for over HTTP. */
  request?: string;
  journalBytes: number;
  /** Others are shown, and nothing is done with them. */
  origin: Origin;
}

/** How many characters of an id are its date and time. */
const ID_SECOND = '20260101-000000'.length;

const folderOf = (sessions: Sessions) => new OwnFolder(sessions.workspace, OUR_FOLDER, 'sessions');
const storeOf = (sessions: Sessions, id: string) =>
  new SessionFolder(folderOf(sessions).inner(id), sessions.clock, sessions.secret);

/** Undefined for an id that could lead out of the sessions' folder, and for one that is not there. */
export async function findSession(sessions: Sessions, id: string): Promise<SessionFolder | undefined> {
  if (!ID.test(id)) return undefined;
  const found = await folderOf(sessions)
    .within(at => ifThere(lstat(join(at, id))))
    .catch(() => undefined);
  return found?.isDirectory() ? storeOf(sessions, id) : undefined;
}

/** A new session's folder. Its id sorts by time and fits every file system. */
/** With an id, that folder, which may be there without a journal. */
export async function createSession(
  sessions: Sessions,
  wanted?: string,
): Promise<{ id: string; store: SessionFolder }> {
  try {
    await keepOutOfGit(sessions.workspace);
    const id = await folderOf(sessions).making(async at => {
      for (;;) {
        const id = wanted ?? newSessionId(sessions.clock.now());
        try {
          await mkdir(join(at, id), { mode: 0o700 });
          return id;
        } catch (error) {
          if (codeOf(error) !== 'EEXIST') throw error;
          if (wanted !== undefined) return wanted;
        }
      }
    });
    return { id, store: storeOf(sessions, id) };
  } catch (error) {
    throw storeError(error, 'making the session’s folder');
  }
}

/** Newest first. Folders that hold no journal are left out. */
export async function listSessions(sessions: Sessions): Promise<SessionSummary[]> {
  const names = (await folderOf(sessions).within(at => readdir(at))) ?? [];
  const found: SessionSummary[] = [];
  for (const id of names
    .filter(name => ID.test(name))
    .sort()
    .reverse()) {
    const summary = await summarise(sessions, id);
    if (summary) found.push(summary);
  }
  // Ids tell the second; of two that started in the same one, the journals know which is newer.
  const second = ({ id }: SessionSummary) => id.slice(0, ID_SECOND);
  return found.sort((a, b) =>
    second(a) === second(b) ? (b.startedAt ?? 0) - (a.startedAt ?? 0) : second(a) < second(b) ? 1 : -1,
  );
}

/** Takes a session away with all its files; refuses while somebody owns it. */
export async function removeSession(sessions: Sessions, id: string): Promise<'removed' | 'owned' | 'missing'> {
  const store = await findSession(sessions, id);
  if (!store) return 'missing';
  // Our own lock keeps others out until the folder is gone.
  const taken = await store.lock('terminal');
  if (!taken.ok) return 'owned';
  try {
    await folderOf(sessions).within(at => rm(join(at, id), { recursive: true, force: true, maxRetries: 3 }));
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

/** Removes old sessions of this user that nobody owns and that have nothing left to decide. Returns what it removed. */
export async function pruneSessions(sessions: Sessions, retention: Retention): Promise<string[]> {
  const removed: string[] = [];
  const all = (await listSessions(sessions)).filter(({ origin }) => origin === 'own');
  const sized = await Promise.all(all.map(async s => ({ ...s, bytes: await bytesIn(sessions, s.id) })));
  let total = sized.reduce((sum, s) => sum + s.bytes, 0);
  for (const session of sized.slice(retention.keep).reverse()) {
    if (total <= retention.maxBytes) break;
    if (session.owner || (await needed(storeOf(sessions, session.id)))) continue;
    if ((await removeSession(sessions, session.id)) !== 'removed') continue;
    total -= session.bytes;
    removed.push(session.id);
  }
  return removed;
}

/** A session as its journal tells it now, for those who only read. */
export interface ReadSession {
  state: SessionState;
  reader: JournalReader;
  origin: Origin;
}

export async function readState(store: SessionFolder, told?: (event: JournalEvent) => void): Promise<ReadSession> {
  const sealed = await readWith(store, await store.chain('read'), told);
  const origin = originOf(sealed.reader);
  return { ...(origin === 'own' ? sealed : await readWith(store, undefined)), origin };
}

async function readWith(
  store: SessionFolder,
  chain: SealChain | undefined,
  told?: (event: JournalEvent) => void,
): Promise<Omit<ReadSession, 'origin'>> {
  const state = initialState();
  const reader = new JournalReader(chain);
  for await (const bytes of store.readJournal(0))
    for (const event of reader.push(bytes)) {
      reduce(state, event);
      told?.(event);
    }
  return { state, reader };
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
  await new OwnFolder(workspace, OUR_FOLDER).making(async at => {
    try {
      await writeFile(join(at, '.gitignore'), IGNORED, { flag: 'wx' });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  });
}

/** Sorts by time. */
export function newSessionId(now: number): string {
  const [date = '', time = ''] = new Date(now).toISOString().split('T');
  const random = Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${random}`;
}

/** What each line holds that begins, resumes or ends a session: in a JSON line, quotes within text are escaped. */
const MARK = '"type":"session-';

/** Reads the few lines that tell how a session stands; the others are only passed over. */
async function summarise(sessions: Sessions, id: string): Promise<SessionSummary | undefined> {
  const folder = folderOf(sessions).inner(id);
  const found = await folder.within(at => ifThere(lstat(join(at, JOURNAL)))).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  const store = storeOf(sessions, id);
  const sealed = await landmarks(store, await store.chain('read'));
  const { state } = sealed.origin === 'own' ? sealed : await landmarks(store, undefined);
  // Whoever made a session that came from elsewhere does not run here, whatever its lock says.
  const owner = sealed.origin === 'own' ? await store.owner().catch(() => undefined) : undefined;
  return {
    id,
    folder: store.place,
    journalBytes: found.size,
    lastAt: found.mtimeMs,
    origin: sealed.origin,
    ...(state.goal && { goal: state.goal }),
    ...(state.startedAt !== undefined && { startedAt: state.startedAt }),
    ...(state.outcome && { outcome: state.outcome.outcome }),
    ...(owner && { owner }),
    ...(state.request !== undefined && { request: state.request }),
  };
}

/** The state after the events that begin, resume or end a session alone. */
async function landmarks(
  store: SessionFolder,
  chain: SealChain | undefined,
): Promise<{ state: SessionState; origin: Origin }> {
  const state = initialState();
  const pieces = new Pieces(chain !== undefined);
  let offset = 0;
  for await (const chunk of store.readJournal(0)) {
    const whole = pieces.push(chunk);
    if (pieces.overlong) break;
    if (!whole) continue;
    if (chain?.accept(whole) === false) return { state, origin: 'foreign' };
    offset += whole.length;
    const bytes = Buffer.from(whole.buffer, whole.byteOffset, whole.length);
    for (let at = bytes.indexOf(MARK); at >= 0; ) {
      const to = bytes.indexOf(NEWLINE, at) + 1;
      // A reader for each: between these lines there are others, so that their numbers prove nothing.
      const line = bytes.subarray(bytes.lastIndexOf(NEWLINE, at) + 1, to);
      for (const event of new JournalReader().push(line)) reduce(state, event);
      at = bytes.indexOf(MARK, to);
    }
  }
  return { state, origin: originOf({ offset, torn: pieces.rest, broken: pieces.overlong && offset > 0 }) };
}

async function bytesIn(sessions: Sessions, id: string): Promise<number> {
  const sum = async (folder: OwnFolder): Promise<number> => {
    const sizes = await folder.within(async at => {
      const entries = await readdir(at, { withFileTypes: true });
      const files = entries.filter(entry => entry.isFile());
      const found = await Promise.all(files.map(({ name }) => ifThere(lstat(join(at, name)))));
      const folders = entries.filter(entry => entry.isDirectory()).map(({ name }) => folder.inner(name));
      return { here: found.reduce((total, file) => total + (file?.size ?? 0), 0), folders };
    });
    let total = sizes?.here ?? 0;
    for (const inner of sizes?.folders ?? []) total += await sum(inner);
    return total;
  };
  return sum(folderOf(sessions).inner(id));
}
