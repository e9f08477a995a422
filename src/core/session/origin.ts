import { Pieces } from './pieces.ts';
import { JournalReader } from './read.ts';
import type { Origin } from './seal.ts';
import type { SessionStore } from './store.ts';

type Journal = Pick<SessionStore, 'chain' | 'readJournal'>;

/** What has been read of a journal by its seals, to where it ended. */
interface Checked {
  /** Bytes that seals vouch for. */
  offset: number;
  /** Bytes behind them. */
  torn: number;
  broken: boolean;
}

/** Where a journal came from, after it was read by its seals. What stands behind the last one was never flushed. */
export function originOf({ offset, torn, broken }: Checked): Origin {
  if (broken) return 'foreign';
  return offset === 0 && torn > 0 ? 'unsealed' : 'own';
}

/** The same without reading what the lines say. */
export async function checkOrigin(journal: Journal): Promise<Origin> {
  const chain = await journal.chain('read');
  if (!chain) return 'own';
  const pieces = new Pieces(true);
  let offset = 0;
  for await (const bytes of journal.readJournal(0)) {
    const whole = pieces.push(bytes);
    if (pieces.overlong) break;
    if (!whole) continue;
    if (!chain.accept(whole)) return 'foreign';
    offset += whole.length;
  }
  return originOf({ offset, torn: pieces.rest, broken: pieces.overlong && offset > 0 });
}

/** Reads what seals vouch for; of a session from elsewhere, all there is. */
export async function readerFor(journal: Journal): Promise<JournalReader> {
  const origin = await checkOrigin(journal);
  return new JournalReader(origin === 'own' ? await journal.chain('read') : undefined);
}
