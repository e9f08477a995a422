import { type Changes, createChanges } from '../core/changes/changes.ts';
import type { Clock, Log, WorkspaceFiles } from '../core/ports.ts';
import { Redactor } from '../core/redact.ts';
import type { Journal } from '../core/session/contract.ts';
import { type OpenJournal, openJournal } from '../core/session/journal.ts';
import type { SessionState } from '../core/session/state.ts';
import type { SessionOwner } from '../core/session/store.ts';
import { hashOf } from '../node/hash.ts';
import { newId } from '../node/new-id.ts';
import type { SessionFolder } from '../node/session/session-folder.ts';
import { readState } from '../node/session/sessions.ts';
import { sweepBlobs } from '../node/session/sweep.ts';

export interface StoredSession {
  journal: Journal;
  state: SessionState;
  changes: Changes;
  close(): Promise<void>;
}

interface Parts {
  store: SessionFolder;
  files: WorkspaceFiles;
  clock: Clock;
  log: Log;
}

/** Takes over a session that nobody runs, for reviewing what it left. */
export async function openStored(
  { store, files, clock, log }: Parts,
  host: SessionOwner['host'],
): Promise<{ ok: true; session: StoredSession } | { ok: false; owner: SessionOwner }> {
  const taken = await store.lock(host);
  if (!taken.ok) return taken;
  let journal: OpenJournal | undefined;
  try {
    const redactor = new Redactor();
    journal = await openJournal(store, { clock, log, redact: text => redactor.text(text) });
    const changes = createChanges({ files, journal, hash: hashOf, newId });
    await changes.open();
    const { state } = journal;
    const close = async () => {
      await journal?.close();
      await sweepBlobs(store).catch(error => log.write('warn', 'stored contents could not be cleaned', error));
      await store.close();
    };
    return { ok: true, session: { journal, state, changes, close } };
  } catch (error) {
    await journal?.close().catch(() => undefined);
    await store.close();
    throw error;
  }
}

/** Looks at a session that another process may be running: nothing it does reaches the journal or a file. */
export async function lookAtStored({ store, files, clock }: Parts): Promise<StoredSession> {
  const { state } = await readState(store);
  // What its owner has under way is the owner's to settle.
  state.openWrites.clear();
  state.openReviews.clear();
  const journal: Journal = {
    state,
    append: event => ({ v: 1, seq: state.seq, at: clock.now(), ...event }),
    commit: async event => journal.append(event),
    flush: async () => undefined,
    subscribe: () => ({ dispose: () => undefined }),
    putBlob: async bytes => hashOf(bytes),
    putText: async text => hashOf(new TextEncoder().encode(text)),
    getBlob: hash => store.getBlob(hash),
    longText: async text => ({ text }),
  };
  const changes = createChanges({ files, journal, hash: hashOf, newId });
  await changes.open();
  return { journal, state, changes, close: () => store.close() };
}
