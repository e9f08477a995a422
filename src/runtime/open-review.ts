import { createChanges } from '../core/changes/changes.ts';
import type { Clock, Log, WorkspaceFiles } from '../core/ports.ts';
import type { Redactor } from '../core/redact/redactor.ts';
import { type RequestHandler, serveInbox } from '../core/session/inbox.ts';
import { type OpenJournal, openJournal } from '../core/session/journal.ts';
import { checkOrigin } from '../core/session/origin.ts';
import type { SessionOwner } from '../core/session/store.ts';
import { unwritten } from '../core/session/unwritten.ts';
import { hashOf } from '../node/hash.ts';
import { newId } from '../node/new-id.ts';
import type { SessionFolder } from '../node/session/session-folder.ts';
import { readState } from '../node/session/sessions.ts';
import { sweepBlobs } from '../node/session/sweep.ts';
import type { InboxRequest } from '../protocol/inbox.ts';
import type { Reviewed } from './contract.ts';
import { handleReview } from './requests.ts';

/** What can be asked of a process that only reviews. */
export const REVIEWING: ReadonlySet<InboxRequest['kind']> = new Set([
  'accept',
  'reject',
  'resolve-finding',
  'raise-budget',
  'let-go',
]);

interface Parts {
  store: SessionFolder;
  files: WorkspaceFiles;
  clock: Clock;
  log: Log;
  /** Knows the reviewer's keys. */
  redactor: Redactor;
}

/** Takes over a session that nobody runs, for reviewing what it left. */
export async function openForReview(
  { store, files, clock, log, redactor }: Parts,
  host: SessionOwner['host'],
): Promise<Reviewed> {
  // Whatever it says was written came with it, contents included: nothing of that reaches a file.
  const origin = await checkOrigin(store);
  if (origin !== 'own') return { ok: false, reason: 'elsewhere', session: store.id, origin };
  const taken = await store.lock(host, 'review');
  if (!taken.ok) return { ...taken, reason: 'owned' };
  const since = clock.now();
  let journal: OpenJournal | undefined;
  try {
    journal = await openJournal(store, { clock, log, redact: text => redactor.text(text) });
    const changes = createChanges({ files, journal, hash: hashOf, newId });
    await changes.open();
    const open = journal;
    const wanted = new AbortController();
    const letGo = new Set<string>();
    const answered = open.subscribe(event => {
      if (event.type === 'request-handled' && letGo.has(event.request)) wanted.abort();
    });
    const handle: RequestHandler = (body, id) => {
      const done = handleReview({ journal: open, changes }, body);
      if (!done) letGo.add(id);
      return done ?? { ok: true };
    };
    const inbox = serveInbox(store, open, handle, { log, since, takes: ({ kind }) => REVIEWING.has(kind) });
    const close = async () => {
      inbox.dispose();
      answered.dispose();
      await open.close();
      await sweepBlobs(store).catch(error => log.write('warn', 'stored contents could not be cleaned', error));
      await store.close();
    };
    return { ok: true, session: { id: store.id, journal, changes, wanted: wanted.signal, close } };
  } catch (error) {
    await journal?.close().catch(() => undefined);
    await store.close();
    throw error;
  }
}

/** Looks at a session that another process may be running: nothing it does reaches the journal or a file. */
export async function lookAt({ store, files }: Pick<Parts, 'store' | 'files'>) {
  const { state } = await readState(store);
  // What its owner has under way is the owner's to settle.
  state.openWrites.clear();
  state.openReviews.clear();
  const journal = unwritten(state, hash => store.getBlob(hash), hashOf);
  const changes = createChanges({ files, journal, hash: hashOf, newId });
  await changes.open();
  return { changes, close: () => store.close() };
}
