import { createHash } from 'node:crypto';
import type { Journal } from '../../src/core/session/contract.ts';
import { initialState, reduce } from '../../src/core/session/reduce.ts';
import { Event, JOURNAL_VERSION, type JournalEvent } from '../../src/protocol/events.ts';
import type { Hash } from '../../src/protocol/ids.ts';

export interface MemoryJournal extends Journal {
  /** Everything appended, in order. */
  readonly events: JournalEvent[];
  readonly blobs: Map<Hash, Uint8Array>;
  /** The events of one type. */
  of<T extends Event['type']>(type: T): Extract<JournalEvent, { type: T }>[];
}

/** A journal without a disk: state and listeners as in the real one, `now` dates the events. */
export function memoryJournal(now: () => number = () => 0, earlier: JournalEvent[] = []): MemoryJournal {
  const state = initialState();
  const events: JournalEvent[] = [];
  const blobs = new Map<Hash, Uint8Array>();
  const listeners = new Set<(event: JournalEvent) => void>();

  const take = (event: JournalEvent) => {
    events.push(event);
    reduce(state, event);
    for (const listener of [...listeners]) listener(event);
    return event;
  };
  for (const event of earlier) take(event);

  /** As on disk: what is kept is what JSON keeps and the schema takes, and nobody shares the objects. */
  const append = (event: Event) => {
    const kept: unknown = JSON.parse(JSON.stringify(event));
    return take(Object.assign(Event.parse(kept), { v: JOURNAL_VERSION, seq: state.seq + 1, at: now() }));
  };

  const putBlob = async (bytes: Uint8Array) => {
    const hash = createHash('sha256').update(bytes).digest('hex');
    blobs.set(hash, bytes.slice());
    return hash;
  };

  return {
    state,
    events,
    blobs,
    of: <T extends Event['type']>(type: T) =>
      events.filter((event): event is Extract<JournalEvent, { type: T }> => event.type === type),
    append,
    commit: async event => append(event),
    flush: async () => {},
    subscribe(listener) {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    putBlob,
    putText: text => putBlob(Buffer.from(text)),
    getBlob: async hash => blobs.get(hash),
    async longText(text) {
      const bytes = Buffer.from(text);
      if (bytes.length <= 4096) return { text };
      return { text: text.slice(0, 1024), blob: await putBlob(bytes), bytes: bytes.length };
    },
  };
}
