import type * as z from 'zod';
import { Envelope, Event, JOURNAL_VERSION, type JournalEvent } from '../../protocol/events.ts';
import { type Exact, objectOf } from './exact.ts';

/** A line that says nothing we can use. The lines around it stay readable. */
export interface Damage {
  /** Counted from 1. */
  line: number;
  kind: 'not-text' | 'not-json' | 'not-an-event' | 'out-of-order';
  detail: string;
}

/** By type of event: whether a line's value is that event, exactly as it stands there. */
const exactByType = new Map<string, Exact>(
  Event.options.map(({ shape }) => [shape.type.value, objectOf(shape, Object.keys(Envelope.shape))]),
);
const NEWLINE = 10;
/** Of a file that is damaged all over, the first lines tell enough. */
const DAMAGE_NAMED = 100;

/**
 * Turns a journal's bytes into events, in pieces as they come. Time and memory grow with the bytes alone. Every line is
 * checked against the schema; what fails is named in `damage` and left out.
 */
export class JournalReader {
  /** The first lines that are damaged; `damagedLines` counts them all. */
  readonly damage: Damage[] = [];
  damagedLines = 0;
  /** Lines of an unknown type or a newer version: kept in the file, not understood here. */
  passedOver = 0;
  lines = 0;
  seq = 0;
  /** Bytes up to the end of the last whole line. */
  offset: number;
  /** Bytes after it: a line that is being written, or was torn. */
  get torn(): number {
    return this.#rest.reduce((sum, piece) => sum + piece.length, 0);
  }

  #rest: Uint8Array[] = [];
  /** Damaged lines since the last one with a number: they account for as many missing numbers. */
  #unnumbered = 0;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(from: { offset: number; lines: number; seq: number } = { offset: 0, lines: 0, seq: 0 }) {
    this.offset = from.offset;
    this.lines = from.lines;
    this.seq = from.seq;
  }

  /** The events on the lines that these bytes complete. */
  push(bytes: Uint8Array): JournalEvent[] {
    const end = bytes.lastIndexOf(NEWLINE);
    if (end < 0) {
      this.#rest.push(bytes);
      return [];
    }
    const whole = join([...this.#rest, bytes.subarray(0, end + 1)]);
    this.#rest = end + 1 < bytes.length ? [bytes.subarray(end + 1)] : [];
    this.offset += whole.length;
    const events: JournalEvent[] = [];
    for (const line of this.#split(whole)) {
      this.lines++;
      const event = line === undefined ? this.#spoilt('not-text', 'not UTF-8') : this.#parse(line);
      if (event) events.push(event);
    }
    return events;
  }

  /** Forgets a line that is not whole, to read it again from `offset`. */
  rewind(): void {
    this.#rest = [];
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

  #parse(line: string): JournalEvent | undefined {
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
    // A gap is damage, but what follows it is as good as it was.
    if (missing > 0) this.#spoilt('out-of-order', `number ${seq} after ${this.seq}`);
    this.seq = seq;
    this.#unnumbered = 0;
    const exact = exactByType.get(type);
    if (v > JOURNAL_VERSION || !exact) {
      this.passedOver++;
      return undefined;
    }
    if (exact(value)) return value as JournalEvent;
    const event = Event.safeParse(value);
    if (!event.success) {
      this.#spoilt('not-an-event', describe(event.error));
      this.#unnumbered = 0;
      return undefined;
    }
    return Object.assign(event.data, { v, seq, at });
  }

  #spoilt(kind: Damage['kind'], detail: string): undefined {
    this.#unnumbered++;
    if (this.damagedLines++ < DAMAGE_NAMED) this.damage.push({ line: this.lines, kind, detail });
  }
}

/** What stands on a line of any version: enough to number it, and to pass over what we do not know. */
function isEnvelope(value: unknown): value is { v: number; seq: number; at: number; type: string } {
  if (typeof value !== 'object' || value === null) return false;
  const { v, seq, at, type } = value as Record<string, unknown>;
  return Number.isInteger(v) && Number.isSafeInteger(seq) && Number.isFinite(at) && typeof type === 'string';
}

function join(pieces: Uint8Array[]): Uint8Array {
  if (pieces.length === 1 && pieces[0]) return pieces[0];
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

function describe(error: z.core.$ZodError): string {
  const issue = error.issues[0];
  return issue ? `${issue.path.join('.') || 'line'}: ${issue.message}` : 'does not fit';
}
