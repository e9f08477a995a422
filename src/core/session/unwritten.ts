import type { Hash } from '../../protocol/ids.ts';
import type { HashOf } from '../ports.ts';
import type { Journal } from './contract.ts';
import type { SessionState } from './state.ts';

/** A journal that can be read, and that nothing reaches which is put down: of a session that another process owns, say. */
export function unwritten(
  state: SessionState,
  getBlob: (hash: Hash) => Promise<Uint8Array | undefined>,
  hash: HashOf,
): Journal {
  const append: Journal['append'] = event => ({ v: 1, seq: state.seq, at: state.lastAt ?? 0, ...event });
  return {
    state,
    append,
    commit: async event => append(event),
    flush: async () => undefined,
    subscribe: () => ({ dispose: () => undefined }),
    putBlob: async bytes => hash(bytes),
    putText: async text => hash(new TextEncoder().encode(text)),
    getBlob,
    longText: async text => ({ text }),
  };
}
