import type { JournalEvent } from '../../protocol/events.ts';
import type { Hash } from '../../protocol/ids.ts';
import type { SessionState } from '../session/state.ts';

const HASHES = /\b[0-9a-f]{64}\b/g;
const ofChanges = new Set<JournalEvent['type']>(['baseline-taken', 'write-intent', 'user-edit', 'review-intent']);

const hashesIn = (value: unknown): Hash[] => JSON.stringify(value)?.match(HASHES) ?? [];

/** Tells which stored contents only the past of a review needed: each write leaves one, and few are ever asked for. */
export class BlobUse {
  readonly #named = new Set<Hash>();
  readonly #needed = new Set<Hash>();
  readonly #baselines = new Map<string, Set<Hash>>();

  /** To be told every event of the session. */
  see(event: JournalEvent): void {
    if (!ofChanges.has(event.type)) {
      for (const hash of hashesIn(event)) this.#needed.add(hash);
      return;
    }
    for (const hash of hashesIn(event)) this.#named.add(hash);
    // What was accepted may be delivered at any time.
    if (event.type === 'review-intent' && event.action === 'accept')
      for (const hash of hashesIn(event.baseline)) this.#needed.add(hash);
    if (event.type === 'user-edit' && event.renamedFrom !== undefined) {
      const moved = this.#baselines.get(event.renamedFrom);
      if (moved) this.#baselines.set(event.path, moved);
    }
    if (event.type !== 'baseline-taken' || event.blob === null) return;
    const known = this.#baselines.get(event.path) ?? new Set();
    this.#baselines.set(event.path, known.add(event.blob));
  }

  /** What may go, given how the session stands now. */
  unused(state: SessionState): Hash[] {
    const needed = new Set(this.#needed);
    const keep = (...hashes: (Hash | null | undefined)[]) => {
      for (const hash of hashes) if (hash) needed.add(hash);
    };
    for (const { path, status, content, pending } of state.files.values()) {
      if (status === 'pending')
        keep(content, pending?.weave, state.baselines.get(path), ...(this.#baselines.get(path) ?? []));
    }
    for (const { content, work } of state.absent.values()) {
      keep(content);
      for (const version of work) keep(version.content, version.weave);
    }
    // What is half done is settled by the contents that it names.
    for (const open of [...state.openWrites.values(), ...state.openReviews.values()]) keep(...hashesIn(open));
    return [...this.#named].filter(hash => !needed.has(hash));
  }
}
