import { type Dated, type Event, JOURNAL_VERSION, type LongText } from '../../protocol/events.ts';
import { counted } from '../../protocol/show.ts';
import type { Clock, Disposable, Log } from '../ports.ts';
import type { EventJournal, Journal } from './contract.ts';
import { originOf } from './origin.ts';
import { type Damage, type EventReader, JournalReader } from './read.ts';
import { initialState, reduce } from './reduce.ts';
import { fromElsewhere, type Origin, type SealChain } from './seal.ts';
import type { SessionState } from './state.ts';
import { type SessionStore, StoreError } from './store.ts';

/** The journal holds lines that cannot be used; `damage` names them. */
export class JournalDamaged extends Error {
  readonly damage: Damage[];
  constructor(place: string, damage: Damage[]) {
    const first = damage[0];
    super(`${place}: line ${first?.line} of the journal is damaged (${first?.kind}: ${first?.detail})`);
    this.name = 'JournalDamaged';
    this.damage = damage;
  }
}

/** The journal was not written by this user on this machine: it is read, and never continued. */
export class NotSealed extends Error {
  readonly origin: Exclude<Origin, 'own'>;
  constructor(session: string, origin: Exclude<Origin, 'own'>) {
    super(fromElsewhere(session, origin));
    this.name = 'NotSealed';
    this.origin = origin;
  }
}

export interface JournalOptions<S = SessionState, E = Event> {
  clock: Clock;
  /** Takes secrets out of each line before anyone, our own state included, sees it. */
  redact: (text: string) => string;
  log: Log;
  /** Sees every event that is read back, in order, with the state that took it, before `openJournal` resolves. */
  replay?: (event: Dated<E>, state: S) => void;
  /** Goes on behind damaged lines, which stay in the file and are missing from the state. By default that is refused. */
  despiteDamage?: boolean;
}

/** A kind of journal: the state that follows from it, and how. */
export interface JournalKind<S, E extends object> {
  version: number;
  initialState(): S;
  reduce(state: S, event: Dated<E>): void;
  reader(chain: SealChain | undefined): EventReader<Dated<E>>;
}

/** What to say when a journal is repaired. */
type Notice = Extract<Event, { type: 'notice' }>;
type Numbered = { seq: number };

const sessionKind: JournalKind<SessionState, Event> = {
  version: JOURNAL_VERSION,
  initialState,
  reduce,
  reader: chain => new JournalReader(chain),
};

export interface OpenEvents<S, E>
  extends EventJournal<S, E>,
    Pick<Journal, 'putBlob' | 'putText' | 'getBlob' | 'longText'> {
  /**
   * Aborts, with the StoreError as its reason, when an event or a blob could not be kept: what was flushed stays,
   * every commit and flush from then on rejects, and appends reach state and listeners only, so that whoever winds
   * the session down can still be seen doing it.
   */
  readonly failure: AbortSignal;
  /** Lines passed over because a newer version wrote them. */
  readonly passedOver: number;
  /** Bytes on disk. */
  readonly size: number;
  /** Replaces all events by one that stands for them. */
  compact(snapshot: () => E): Promise<void>;
  /** Flushes and stops; the store stays open. */
  close(): Promise<void>;
}

export type OpenJournal = OpenEvents<SessionState, Event>;

const FLUSH_MS = 50;
/** Longer text goes to a blob … */
const INLINE_BYTES = 8192;
/** … and leaves this many characters of its beginning. */
const HEAD_CHARACTERS = 2048;

const encoder = new TextEncoder();

/**
 * Reads what is there, cuts what was not wholly flushed, and takes up the writing. The caller holds the session's lock.
 * Throws `NotSealed` before anything is cut or written where the journal is not this user's.
 */
export const openJournal = (store: SessionStore, options: JournalOptions): Promise<OpenJournal> =>
  openEvents(store, sessionKind, options);

/** The same for a journal of any kind. */
export async function openEvents<S extends Numbered, E extends object>(
  store: SessionStore,
  kind: JournalKind<S, E | Notice>,
  options: JournalOptions<S, E | Notice>,
): Promise<OpenEvents<S, E | Notice>> {
  const state = kind.initialState();
  const chain = await store.chain('write');
  const reader = kind.reader(chain);
  for await (const bytes of store.readJournal(0)) {
    for (const event of reader.push(bytes)) {
      kind.reduce(state, event);
      options.replay?.(event, state);
    }
  }
  const origin = originOf(reader);
  if (chain && origin !== 'own') throw new NotSealed(store.id, origin);
  if (reader.damage.length > 0 && !options.despiteDamage) throw new JournalDamaged(store.place, reader.damage);
  state.seq = reader.seq;
  const { torn } = reader;
  if (torn > 0) await store.truncateJournal(reader.offset);
  const journal = new Writer<S, E | Notice>(store, kind, options, state, reader, chain);
  if (torn > 0)
    journal.append({
      type: 'notice',
      level: 'warning',
      code: 'torn-line',
      text: `The end of the journal was not whole: ${counted(torn, 'byte')} after line ${reader.lines} were cut.`,
    });
  for (const { line, kind, detail } of reader.damage)
    journal.append({
      type: 'notice',
      level: 'error',
      code: 'damaged-line',
      text: `Line ${line} of the journal is damaged (${kind}: ${detail}); it was passed over.`,
    });
  if (reader.passedOver > 0)
    options.log.write('warn', `passed over in the journal, of a newer version: ${counted(reader.passedOver, 'line')}`);
  return journal;
}

class Writer<S extends Numbered, E extends object> implements OpenEvents<S, E> {
  readonly state: S;
  readonly passedOver: number;
  readonly #store: SessionStore;
  readonly #kind: JournalKind<S, E>;
  #chain: SealChain | undefined;
  readonly #options: JournalOptions<S, E>;
  readonly #listeners = new Set<(event: Dated<E>) => void>();
  readonly #failed = new AbortController();
  /** Events whose listeners have not all been called. */
  readonly #untold: Dated<E>[] = [];
  /** Bytes on disk. */
  #size: number;
  #waiting: string[] = [];
  #timer: Disposable | undefined;
  /** The write that is under way, and the one that will take what waits now. */
  #writing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(
    store: SessionStore,
    kind: JournalKind<S, E>,
    options: JournalOptions<S, E>,
    state: S,
    reader: EventReader<Dated<E>>,
    chain: SealChain | undefined,
  ) {
    this.#store = store;
    this.#kind = kind;
    this.#chain = chain;
    this.#options = options;
    this.state = state;
    this.#size = reader.offset;
    this.passedOver = reader.passedOver;
  }

  get failure(): AbortSignal {
    return this.#failed.signal;
  }

  append(event: E): Dated<E> {
    const taken = this.#take(event);
    this.#timer ??= this.#options.clock.after(FLUSH_MS, () => void this.flush().catch(() => {}));
    return taken;
  }

  async commit(event: E): Promise<Dated<E>> {
    const taken = this.#take(event);
    await this.flush();
    // A blob may have failed meanwhile: what this was the intent of must not begin.
    this.failure.throwIfAborted();
    return taken;
  }

  flush(): Promise<void> {
    if (this.failure.aborted) return Promise.reject(this.failure.reason);
    if (this.#waiting.length === 0) return this.#writing ?? Promise.resolve();
    // All who ask while a write is under way share the one that follows it.
    this.#next ??= this.#writing
      ? this.#writing.then(() => this.#write())
      : Promise.resolve().then(() => this.#write());
    return this.#next;
  }

  subscribe(listener: (event: Dated<E>) => void): Disposable {
    // A wrapper, so that the same function may listen twice.
    const entry = (event: Dated<E>) => listener(event);
    this.#listeners.add(entry);
    return { dispose: () => this.#listeners.delete(entry) };
  }

  putBlob(bytes: Uint8Array): Promise<string> {
    return this.#keep(bytes);
  }

  putText(text: string): Promise<string> {
    return this.#keep(encoder.encode(this.#options.redact(text)));
  }

  getBlob(hash: string): Promise<Uint8Array | undefined> {
    return this.#store.getBlob(hash);
  }

  async longText(text: string): Promise<LongText> {
    const clean = this.#options.redact(text);
    if (clean.length <= HEAD_CHARACTERS) return { text: clean };
    const bytes = encoder.encode(clean);
    if (bytes.length <= INLINE_BYTES) return { text: clean };
    return { text: head(clean), blob: await this.#keep(bytes), bytes: bytes.length };
  }

  get size(): number {
    return this.#size;
  }

  async compact(snapshot: () => E): Promise<void> {
    do await this.flush();
    while (this.#waiting.length > 0 || this.#writing);
    const envelope = { v: this.#kind.version, seq: this.state.seq, at: this.#options.clock.now() };
    const line = this.#options.redact(JSON.stringify({ ...envelope, ...snapshot() }));
    // What is appended meanwhile waits as for any write, and goes behind the snapshot.
    this.#writing = this.#replace(line).finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async #replace(line: string): Promise<void> {
    try {
      await this.#store.replaceJournal([line]);
      this.#chain = await this.#store.chain('write');
      const reader = this.#kind.reader(this.#chain);
      for await (const bytes of this.#store.readJournal(0)) reader.push(bytes);
      this.#size = reader.offset;
    } catch (error) {
      this.#fail(error);
      throw this.failure.reason;
    }
  }

  async close(): Promise<void> {
    this.#timer?.dispose();
    this.#timer = undefined;
    if (!this.failure.aborted) await this.flush();
    // After a failed blob, the events that came before it.
    else await (this.#next ?? this.#writing)?.catch(() => {});
  }

  async #keep(bytes: Uint8Array): Promise<string> {
    this.failure.throwIfAborted();
    try {
      return await this.#store.putBlob(bytes);
    } catch (error) {
      // What happened before is true, and may well have room: it is asked for while that is still taken.
      this.flush().catch(() => {});
      this.#fail(error);
      throw this.failure.reason;
    }
  }

  #take(event: E): Dated<E> {
    const envelope = { v: this.#kind.version, seq: this.state.seq + 1, at: this.#options.clock.now() };
    const dated: Dated<E> = Object.assign({ ...envelope }, event, envelope);
    const written = JSON.stringify(dated);
    const line = this.#options.redact(written);
    const taken: Dated<E> = line === written ? dated : JSON.parse(line);
    if (!this.failure.aborted) this.#waiting.push(line);
    this.#kind.reduce(this.state, taken);
    this.#untold.push(taken);
    if (this.#untold.length === 1) this.#tell();
    return taken;
  }

  /** A listener that appends is heard after all have heard what it answers to. */
  #tell(): void {
    for (let event = this.#untold[0]; event; this.#untold.shift(), event = this.#untold[0]) {
      for (const listener of [...this.#listeners]) {
        try {
          listener(event);
        } catch (error) {
          this.#options.log.write('error', 'a listener of the journal failed', error);
        }
      }
    }
  }

  async #write(): Promise<void> {
    this.#writing = this.#next;
    this.#next = undefined;
    this.#timer?.dispose();
    this.#timer = undefined;
    const bytes = this.#chain?.seal(this.#waiting) ?? encoder.encode(`${this.#waiting.join('\n')}\n`);
    this.#waiting = [];
    try {
      await this.#store.appendJournal(bytes, this.#size);
      this.#size += bytes.length;
    } catch (error) {
      this.#waiting = [];
      this.#fail(error);
      throw this.failure.reason;
    } finally {
      this.#writing = undefined;
    }
  }

  #fail(error: unknown): void {
    if (this.failure.aborted) return;
    const reason =
      error instanceof StoreError
        ? error
        : new StoreError('failed', 'the journal could not be written', { cause: error });
    this.#options.log.write('warn', `the session can no longer be kept (${reason.reason})`, reason);
    this.#failed.abort(reason);
  }
}

/** The beginning of a text, never half a character. */
function head(text: string): string {
  const last = text.charCodeAt(HEAD_CHARACTERS - 1);
  const splits = last >= 0xd800 && last < 0xdc00;
  return text.slice(0, splits ? HEAD_CHARACTERS - 1 : HEAD_CHARACTERS);
}
