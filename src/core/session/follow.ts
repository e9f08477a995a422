import type { JournalEvent } from '../../protocol/events.ts';
import { readerFor } from './origin.ts';
import type { EventReader, JournalReader } from './read.ts';
import type { SessionStore } from './store.ts';

/**
 * Every event of a session, in batches: those that are there, then, until the signal aborts, those that another
 * process appends. Lines that cannot be used are left out and counted in `given`.
 */
export async function* followJournal(
  store: SessionStore,
  signal: AbortSignal,
  given?: JournalReader,
): AsyncGenerator<JournalEvent[]> {
  yield* followEvents(store, signal, given ?? (await readerFor(store)));
}

/** The same for a journal of any kind, from where its reader stands. */
export async function* followEvents<E extends object>(
  store: SessionStore,
  signal: AbortSignal,
  reader: EventReader<E>,
): AsyncGenerator<E[]> {
  let wake: (() => void) | undefined;
  let changed = false;
  const poke = () => {
    changed = true;
    wake?.();
  };
  signal.addEventListener('abort', poke);
  const watcher = store.watchJournal(poke);
  try {
    while (!signal.aborted) {
      changed = false;
      // A line that was not whole may have been cut since: it is read again.
      reader.rewind();
      for await (const bytes of store.readJournal(reader.offset, signal)) {
        const events = reader.push(bytes);
        if (events.length > 0) yield events;
      }
      if (!changed && !signal.aborted)
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      wake = undefined;
    }
  } finally {
    watcher.dispose();
    signal.removeEventListener('abort', poke);
  }
}
