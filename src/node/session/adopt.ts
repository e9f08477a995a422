import { checkOrigin } from '../../core/session/origin.ts';
import { JournalReader } from '../../core/session/read.ts';
import { initialState, reduce } from '../../core/session/reduce.ts';
import { type Origin, withoutSeal } from '../../core/session/seal.ts';
import type { SessionState } from '../../core/session/state.ts';
import type { SessionOwner } from '../../core/session/store.ts';
import { JOURNAL_VERSION } from '../../protocol/events.ts';
import type { SessionFolder } from './session-folder.ts';

export type Adoption =
  | { ok: true }
  | { ok: false; reason: 'own' | 'refused' }
  | { ok: false; reason: 'owned'; owner: SessionOwner }
  /** Nobody could go on with it, whoever made it. */
  | { ok: false; reason: 'damaged'; line: number; detail: string }
  | { ok: false; reason: 'empty' };

/**
 * Makes a session from elsewhere one of this user's, if the user agrees to what it says. Sealed is exactly what was
 * shown: it is read once, and written as it was read.
 */
export async function adopt(
  store: SessionFolder,
  host: SessionOwner['host'],
  now: () => number,
  agrees: (state: SessionState, origin: Exclude<Origin, 'own'>) => Promise<boolean>,
): Promise<Adoption> {
  const origin = await checkOrigin(store);
  if (origin === 'own') return { ok: false, reason: 'own' };
  const taken = await store.lock(host);
  if (!taken.ok) return { ok: false, reason: 'owned', owner: taken.owner };
  try {
    const { state, reader, lines } = await readLines(store);
    const [damage] = reader.damage;
    if (damage) return { ok: false, reason: 'damaged', line: damage.line, detail: damage.detail };
    if (state.startedAt === undefined) return { ok: false, reason: 'empty' };
    if (!(await agrees(state, origin))) return { ok: false, reason: 'refused' };
    const envelope = { v: JOURNAL_VERSION, seq: reader.seq + 1, at: now() };
    const text = 'You took this session over. All that stands before this came from elsewhere.';
    const notice = { type: 'notice', level: 'warning', code: 'adopted', text };
    await store.replaceJournal([...lines, JSON.stringify({ ...envelope, ...notice })]);
    return { ok: true };
  } finally {
    await store.close();
  }
}

/** A line that is not whole at the end is left out: nobody ever vouched for it. */
async function readLines(store: SessionFolder) {
  const state = initialState();
  const reader = new JournalReader();
  const chunks: Uint8Array[] = [];
  for await (const bytes of store.readJournal(0)) {
    chunks.push(bytes);
    for (const event of reader.push(bytes)) reduce(state, event);
  }
  const text = Buffer.concat(chunks).subarray(0, reader.offset).toString();
  return { state, reader, lines: text.split('\n').slice(0, -1).map(withoutSeal) };
}
