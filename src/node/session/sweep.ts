import { BlobUse } from '../../core/changes/blob-use.ts';
import { JournalReader } from '../../core/session/read.ts';
import { initialState, reduce } from '../../core/session/reduce.ts';
import type { SessionFolder } from './session-folder.ts';

/** Removes contents that only the past of the review needed. To be called by the session's owner, when nothing writes. */
export async function sweepBlobs(store: SessionFolder): Promise<number> {
  const state = initialState();
  const reader = new JournalReader(await store.chain('read'));
  const use = new BlobUse();
  for await (const bytes of store.readJournal(0)) {
    for (const event of reader.push(bytes)) {
      reduce(state, event);
      use.see(event);
    }
  }
  // Lines that are not understood may name contents, too.
  if (reader.damagedLines > 0 || reader.passedOver > 0 || reader.torn > 0 || reader.broken) return 0;
  const unused = use.unused(state);
  await store.removeBlobs(unused);
  return unused.length;
}
