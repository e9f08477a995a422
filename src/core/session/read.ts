import type * as z from 'zod';
import { Event, JOURNAL_VERSION, type JournalEvent } from '../../protocol/events.ts';
import { type EventTable, eventTable } from './event-table.ts';
import { Pieces } from './pieces.ts';
import { type SealChain, withoutSeal } from './seal.ts';

/** A line that says nothing we can use. The lines around it stay readable. */
export interface Damage {
  /** Counted from 1. */
  line: number;
  kind: 'not-text' | 'not-json' | 'not-an-event' | 'out-of-order' | 'too-long';
  detail: string;
}

const sessionEvents = eventTable<JournalEvent>(Event, JOURNAL_VERSION);
const NEWLINE = 10;
/** Of a file that is damaged all over, the first lines tell enough. */
const DAMAGE_NAMED = 100;

/**
 * Turns a journal's bytes into events, in pieces as they come. Time and memory grow with the bytes alone. Every line is
 * checked against the schema; what fails is named in `damage` and left out.
 */
export class EventReader<E extends object> {
  /** The first lines that are damaged; `damagedLines` counts them all. */
  readonly damage: Damage[] = [];
  damagedLines = 0;
  /** Lines of an unknown type or a newer version: kept in the file, not understood here. */
  passedOver = 0;
  lines = 0;
  seq = 0;
  /** Bytes up to the end of the last whole line; with seals, of the last sealed one. */
  offset = 0;
  /** Somewhere behind `offset` stands a seal that does not fit, or what cannot be a line of a journal: nothing more is read. */
  broken = false;
  /** Bytes after `offset`: what is being written, or was torn. */
  get torn(): number {
    return this.#pieces.rest;
  }

  readonly #table: EventTable<E>;
  readonly #chain: SealChain | undefined;
  readonly #pieces: Pieces;
  #stopped = false;
  /** Damaged lines since the last one with a number: they account for as many missing numbers. */
  #unnumbered = 0;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  /** With `chain`, only what is sealed is read, and only as long as every seal fits. */
  constructor(table: EventTable<E>, chain?: SealChain) {
    this.#table = table;
    this.#chain = chain;
    this.#pieces = new Pieces(chain !== undefined);
  }

  /** The events on the lines that these bytes complete. */
  push(bytes: Uint8Array): E[] {
    if (this.broken || this.#stopped) return [];
    const whole = this.#pieces.push(bytes);
    if (!whole) {
      if (this.#pieces.overlong) this.#stop();
      return [];
    }
    if (this.#chain?.accept(whole) === false) {
      this.broken = true;
      return [];
    }
    this.offset += whole.length;
    const events: E[] = [];
    for (const line of this.#split(whole)) {
      this.lines++;
      const event = line === undefined ? this.#spoilt('not-text', 'not UTF-8') : this.#parse(withoutSeal(line));
      if (event) events.push(event);
    }
    return events;
  }

  /** Forgets a line that is not whole, to read it again from `offset`. */
  rewind(): void {
    this.#pieces.rewind();
  }

  /** Lines as text; undefined for one that is none. */
  *#split(whole: Uint8Array): Generator<string | undefined> {
    try {
      const lines = this.#decoder.decode(whole).split('\n');
      lines.pop();
      yield* lines;
      return;
    } catch {
      // Some line is not UTF-8: look at them one by one.
    }
    for (let from = 0; from < whole.length; ) {
      const to = whole.indexOf(NEWLINE, from);
      let line: string | undefined;
      try {
        line = this.#decoder.decode(whole.subarray(from, to));
      } catch {
        line = undefined;
      }
      yield line;
      from = to + 1;
    }
  }

  #parse(line: string): E | undefined {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return this.#spoilt('not-json', line.slice(0, 80));
    }
    if (!isEnvelope(value)) return this.#spoilt('not-an-event', line.slice(0, 80));
    const { v, seq, at, type } = value;
    if (seq <= this.seq) return this.#spoilt('out-of-order', `number ${seq} after ${this.seq}`);
    const missing = seq - this.seq - 1 - this.#unnumbered;
    // A gap is damage, but what follows it is as good as it was. A snapshot stands for all that was before it.
    if (missing > 0 && type !== this.#table.snapshot) this.#spoilt('out-of-order', `number ${seq} after ${this.seq}`);
    this.seq = seq;
    this.#unnumbered = 0;
    const exact = this.#table.exact.get(type);
    if (v > this.#table.version || !exact) {
      this.passedOver++;
      return undefined;
    }
    if (exact(value)) return value as unknown as E;
    const event = this.#table.schema.safeParse(value);
    if (!event.success) {
      this.#spoilt('not-an-event', describe(event.error));
      this.#unnumbered = 0;
      return undefined;
    }
    return Object.assign(event.data as object, { v, seq, at }) as E;
  }

  #stop(): void {
    this.#stopped = true;
    this.broken = this.#chain === undefined || this.offset > 0;
    this.damagedLines++;
    this.damage.push({ line: this.lines + 1, kind: 'too-long', detail: 'longer than any line of a journal' });
  }

  #spoilt(kind: Damage['kind'], detail: string): undefined {
    this.#unnumbered++;
    if (this.damagedLines++ < DAMAGE_NAMED) this.damage.push({ line: this.lines, kind, detail });
  }
}

/** The same for a session's journal. */
export class JournalReader extends EventReader<JournalEvent> {
  constructor(chain?: SealChain) {
    super(sessionEvents, chain);
  }
}

/** What stands on a line of any version: enough to number it, and to pass over what we do not know. */
function isEnvelope(value: unknown): value is { v: number; seq: number; at: number; type: string } {
  if (typeof value !== 'object' || value === null) return false;
  const { v, seq, at, type } = value as Record<string, unknown>;
  return Number.isInteger(v) && Number.isSafeInteger(seq) && Number.isFinite(at) && typeof type === 'string';
}

function describe(error: z.core.$ZodError): string {
  const issue = error.issues[0];
  return issue ? `${issue.path.join('.') || 'line'}: ${issue.message}` : 'does not fit';
}
