import { followJournal } from '../core/session/follow.ts';
import type { JournalEvent } from '../protocol/events.ts';

/** Every event of a session: those that are there and those that come, until it ends or the user has seen enough. */
export async function followSession(
  store: Parameters<typeof followJournal>[0],
  show: (event: JournalEvent) => void,
  enough: AbortSignal,
): Promise<void> {
  const ended = new AbortController();
  const signal = AbortSignal.any([enough, ended.signal]);
  for await (const events of followJournal(store, signal)) {
    events.forEach(show);
    // A later record means that it was resumed after that end.
    if (events.at(-1)?.type === 'session-ended') ended.abort();
  }
}
