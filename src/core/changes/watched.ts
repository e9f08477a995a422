import type { JournalEvent } from '../../protocol/events.ts';
import type { Hash, RelPath } from '../../protocol/ids.ts';
import type { InboxRequest } from '../../protocol/inbox.ts';
import type { HashOf, NewId } from '../ports.ts';
import type { RequestOutcome } from '../session/inbox.ts';
import type { SessionState } from '../session/state.ts';
import { unwritten } from '../session/unwritten.ts';
import { type Changes, createChanges } from './changes.ts';
import type { DecideOptions, ReviewResult, Selector, Views } from './decisions.ts';
import type { GroundFiles } from './tracked.ts';
import { waitingIn } from './waiting.ts';

export interface WatchedOptions {
  files: GroundFiles;
  /** Kept up to date by the follower of the journal, which passes on each event. */
  state: SessionState;
  getBlob(hash: Hash): Promise<Uint8Array | undefined>;
  hash: HashOf;
  newId: NewId;
  /** Asks the session's owner. */
  ask(body: InboxRequest): Promise<RequestOutcome>;
}

export interface WatchedChanges extends Changes {
  /** To be called after the state took the event. */
  told(event: JournalEvent): void;
}

/** The changes of a session that another process owns: seen as its journal tells them, decided by its owner. */
export function watchChanges({ files, state, getBlob, hash, newId, ask }: WatchedOptions): WatchedChanges {
  const journal = unwritten(state, getBlob, hash);
  const seen = createChanges({ files: untouched(files, hash), journal, hash, newId });
  const paths = new Map<string, RelPath>();
  const note = (event: JournalEvent) => {
    if (event.type === 'write-intent') paths.set(event.write, event.path);
    if (event.type === 'review-intent') paths.set(event.review, event.path);
  };
  for (const open of [...state.openWrites.values(), ...state.openReviews.values()]) {
    paths.set('write' in open ? open.write : open.review, open.path);
  }

  /** Tried on what is seen first, so that what must be asked before is asked here. */
  const decide = async (
    action: 'accept' | 'reject',
    selector: Selector,
    views: Views,
    options: DecideOptions = {},
    signal?: AbortSignal,
  ): Promise<ReviewResult> => {
    const contents = seen.contents(selector);
    const tried = await seen[action](selector, views, options, signal);
    const done = tried.done.map(({ path }) => path);
    if (done.length === 0) return tried;
    const { hunks, ...rest } = selector;
    const { reason, edits, force } = options;
    const { ok, message } = await ask({
      kind: action,
      ...rest,
      ...(hunks && { hunks: [...hunks] }),
      ...(reason !== undefined && { reason }),
      ...(edits && { edits }),
      ...(force !== undefined && { force }),
      seen: Object.fromEntries(done.map(path => [path, contents.get(path) ?? 'none'])),
    });
    if (ok) return tried;
    await Promise.all(done.map(path => seen.reload(path)));
    const refused = { path: done.join(', '), reason: 'failed' as const, hunks: [], by: [] };
    return { done: [], refused: [...tried.refused, { ...refused, ...(message !== undefined && { message }) }] };
  };

  return {
    ...seen,
    async open() {
      for (const path of waitingIn(state)) await seen.reload(path);
    },
    accept: (...args) => decide('accept', ...args),
    reject: (...args) => decide('reject', ...args),
    // Its owner finds out by itself, and takes what was taken out by hand for an edit.
    renamed: async () => undefined,
    typed: (path, edit) => seen.typed(path, edit),
    async noteUserEdit(path, signal) {
      await seen.noteUserEdit(path, signal);
      return [];
    },
    told(event) {
      note(event);
      const path = pathOf(event, paths);
      if (path !== undefined) void seen.reload(path).catch(() => undefined);
      if (event.type === 'user-edit' && event.renamedFrom !== undefined) {
        void seen.reload(event.renamedFrom).catch(() => undefined);
      }
    },
  };
}

function pathOf(event: JournalEvent, paths: Map<string, RelPath>): RelPath | undefined {
  if (event.type === 'user-edit') return event.path;
  if (event.type !== 'write-outcome' && event.type !== 'review-outcome') return undefined;
  const id = event.type === 'write-outcome' ? event.write : event.review;
  const path = paths.get(id);
  paths.delete(id);
  return path;
}

/** Files that can be read; what would be written is taken for written. */
const untouched = (files: GroundFiles, hash: HashOf): GroundFiles => ({
  read: (path, signal) => files.read(path, signal),
  write: async (_path, bytes) => ({ ok: true, hash: hash(bytes) }),
  remove: async () => ({ ok: true, hash: null }),
  missingFolders: path => files.missingFolders(path),
  removeEmpty: async () => false,
});
