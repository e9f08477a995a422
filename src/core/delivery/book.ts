import { DeliveryEvent, type DeliveryRecord } from '../../protocol/delivery.ts';
import { JOURNAL_VERSION, type SessionHost } from '../../protocol/events.ts';
import type { Clock } from '../ports.ts';
import { eventTable } from '../session/event-table.ts';
import { followEvents } from '../session/follow.ts';
import { Pieces } from '../session/pieces.ts';
import { EventReader } from '../session/read.ts';
import { type SealChain, withoutSeal } from '../session/seal.ts';
import { type SessionStore, StoreError } from '../session/store.ts';
import { type DeliveryState, noDeliveries, takeDelivery } from './state.ts';

/** Puts an event down; resolves when it is on disk. */
export type Put = (event: DeliveryEvent) => Promise<void>;

/** Where the deliveries of a workspace are written down. Whoever writes has it for that step alone. */
export interface Book {
  read(): Promise<DeliveryState>;
  /** One at a time, over all processes: reads, decides, writes. Nothing that takes long belongs in there. */
  change<T>(use: (state: DeliveryState, put: Put) => Promise<T>): Promise<T>;
}

export interface BookParts {
  /** The same place each time, opened anew. */
  open(): SessionStore;
  host: SessionHost;
  clock: Clock;
  redact(text: string): string;
}

const PATIENCE_MS = 20_000;
const LOOK_MS = 40;
const encoder = new TextEncoder();
const deliveryEvents = eventTable<DeliveryRecord>(DeliveryEvent, JOURNAL_VERSION);

/** The sealed journal of deliveries. What was not sealed by this user here is refused, as a session's would be. */
export class StoredBook implements Book {
  readonly #parts: BookParts;

  constructor(parts: BookParts) {
    this.#parts = parts;
  }

  async read(): Promise<DeliveryState> {
    const store = this.#parts.open();
    try {
      return (await readBook(store, await store.chain('read'))).state;
    } finally {
      await store.close();
    }
  }

  async *records(signal: AbortSignal): AsyncGenerator<DeliveryRecord[]> {
    const store = this.#parts.open();
    const reader = new EventReader(deliveryEvents, await store.chain('read'));
    for await (const bytes of store.readJournal(0, signal)) yield reader.push(bytes);
  }

  /** The same, and then what comes. */
  async *follow(signal: AbortSignal): AsyncGenerator<DeliveryRecord[]> {
    const store = this.#parts.open();
    yield* followEvents(store, signal, new EventReader(deliveryEvents, await store.chain('read')));
  }

  async change<T>(use: (state: DeliveryState, put: Put) => Promise<T>): Promise<T> {
    const store = this.#parts.open();
    await this.#lock(store);
    try {
      const chain = await store.chain('write');
      const { state, offset, torn } = await readBook(store, chain);
      if (torn > 0) await store.truncateJournal(offset);
      let at = offset;
      const put: Put = async event => {
        const record: DeliveryRecord = {
          v: JOURNAL_VERSION,
          seq: state.seq + 1,
          at: this.#parts.clock.now(),
          ...event,
        };
        const text = this.#parts.redact(JSON.stringify(record));
        const bytes = chain ? chain.seal([text]) : encoder.encode(`${text}\n`);
        await store.appendJournal(bytes, at);
        at += bytes.length;
        takeDelivery(state, JSON.parse(text) as DeliveryRecord);
      };
      return await use(state, put);
    } finally {
      await store.close();
    }
  }

  async #lock(store: SessionStore): Promise<void> {
    const { clock, host } = this.#parts;
    const until = clock.monotonic() + PATIENCE_MS;
    for (;;) {
      const taken = await store.lock(host);
      if (taken.ok) return;
      if (clock.monotonic() > until)
        throw new StoreError(
          'failed',
          `Deliveries are held by process ${taken.owner.pid} on ${taken.owner.machine}: try again when it is done.`,
        );
      await new Promise<void>(resolve => clock.after(LOOK_MS, resolve));
    }
  }
}

interface ReadBook {
  state: DeliveryState;
  /** Up to the end of the last whole line. */
  offset: number;
  torn: number;
}

async function readBook(store: SessionStore, chain: SealChain | undefined): Promise<ReadBook> {
  const state = noDeliveries();
  const pieces = new Pieces(chain !== undefined);
  const decoder = new TextDecoder();
  let offset = 0;
  for await (const bytes of store.readJournal(0)) {
    const whole = pieces.push(bytes);
    if (!whole) continue;
    if (chain && !chain.accept(whole)) throw notOurs(store.place);
    offset += whole.length;
    for (const line of decoder.decode(whole).split('\n')) {
      const record = line === '' ? undefined : recordOf(withoutSeal(line));
      if (record) takeDelivery(state, record);
    }
  }
  if (offset === 0 && pieces.rest > 0) throw notOurs(store.place);
  return { state, offset, torn: pieces.rest };
}

/** Undefined for what only a newer version knows. */
function recordOf(line: string): DeliveryRecord | undefined {
  const { v, seq, at, ...rest } = JSON.parse(line) as DeliveryRecord;
  const event = DeliveryEvent.safeParse(rest);
  return event.success ? { v, seq, at, ...event.data } : undefined;
}

const notOurs = (place: string) =>
  new StoreError(
    'failed',
    `${place} was not written by you, here: it came with the folder, or was changed. Nothing in it is acted on. Take it away to begin anew; branches stay as they are.`,
  );
