import type { RouteFailure } from '../../src/core/routing/contract.ts';
import type { ErrorClass, StopReason } from '../../src/protocol/message.ts';
import type { Fault, RetryForm } from '../../src/rehearsal/wire/fault.ts';
import type { Vendor } from '../../src/rehearsal/wire/types.ts';

/** What was booked for a call: nothing, the vendor's figures, all that was reserved, or the known prompt and the longest answer. */
export type Counted = 'nothing' | 'usage' | 'all' | 'prompt+max';

export interface Cell {
  /** How the first call ended. */
  ends: ErrorClass | `ok:${StopReason}`;
  /** How often the faulty model was asked. */
  asked: number;
  /** How the turn ended: answered by the faulty model or the next one, or failed. */
  next: 'answered' | 'next model' | RouteFailure['reason'];
  counted: Counted;
  /** Seconds for which the model or its key is left alone. */
  parked?: number;
}

export interface FaultRow {
  name: string;
  /** `refused`: nobody listens there. */
  fault: Fault | 'refused';
  cell: Cell;
  /** Where a vendor differs, and why it has to. */
  but?: Partial<Record<Vendor, Partial<Cell>>>;
}

const answered: Cell = { ends: 'ok:end', asked: 1, next: 'answered', counted: 'usage' };
const retried: Cell = { ends: 'retryable', asked: 3, next: 'next model', counted: 'all' };
/** Left for the next model, and remembered. */
const hung: Cell = { ...retried, asked: 1, parked: 60 };
const turnedAway = { asked: 1, next: 'next model', counted: 'nothing' } as const;
const credential = { ...turnedAway, parked: 900 };
/** Only these vendors have said how long the prompt was when the answer breaks off. */
const promptKnown: FaultRow['but'] = { anthropic: { counted: 'prompt+max' }, google: { counted: 'prompt+max' } };

const row = (name: string, fault: FaultRow['fault'], cell: Cell, but?: FaultRow['but']): FaultRow => ({
  name,
  fault,
  cell,
  ...(but && { but }),
});

/** A hint of 70 seconds; vendors that do not know the form are parked for the default of 10. */
function limited(form: Exclude<RetryForm['form'], 'none'>, others: Vendor[]): FaultRow {
  const cell: Cell = { ...turnedAway, ends: 'rate-limit', parked: 70 };
  const but = Object.fromEntries(others.map(vendor => [vendor, { parked: 10 }]));
  return row(`429 rate, ${form}`, { kind: 'rate-limit', retry: { form, ms: 70_000 } }, cell, but);
}

export const faultRows: FaultRow[] = [
  row('connection refused', 'refused', { ...retried, counted: 'nothing' }),
  row('reset before headers', { kind: 'reset-before-headers' }, retried),
  row('headers stall', { kind: 'stall-headers' }, hung),
  row('first byte stalls', { kind: 'stall-first-byte' }, hung),
  row('stall in mid-stream', { kind: 'stall' }, hung, promptKnown),
  row('reset in mid-stream', { kind: 'reset' }, retried, promptKnown),
  row('no terminal event', { kind: 'truncate' }, { ...retried, ends: 'truncated' }, promptKnown),
  row('error event: overloaded', { kind: 'error-event' }, retried, promptKnown),
  row('error event: server', { kind: 'error-event', reason: 'server' }, retried, promptKnown),
  // Ollama's errors in a stream are bare texts, whatever they are about.
  row(
    'error event: rate limit',
    { kind: 'error-event', reason: 'rate-limit' },
    { ...turnedAway, ends: 'rate-limit', counted: 'all', parked: 10 },
    { ...promptKnown, ollama: { ...retried, parked: 0 } },
  ),
  row(
    'error event: quota',
    { kind: 'error-event', reason: 'quota' },
    { ...credential, ends: 'quota', counted: 'all' },
    { ...promptKnown, ollama: { ...retried, parked: 0 } },
  ),
  row(
    'quota error right after 200',
    { kind: 'error-event', reason: 'quota', after: 1 },
    { ...credential, ends: 'quota' },
    // Its first event is text already.
    { google: { counted: 'prompt+max' }, ollama: { ...retried, parked: 0 } },
  ),
  row('400 context overflow', { kind: 'context-overflow' }, { ...turnedAway, ends: 'context-overflow' }),
  row('400 other', { kind: 'bad-request' }, { ...turnedAway, ends: 'fatal', next: 'exhausted' }),
  row(
    '400 replay refused',
    { kind: 'replay-invalid' },
    { ...turnedAway, ends: 'replay-invalid', asked: 2 },
    {
      // They have no word of their own for it.
      google: { ends: 'fatal', asked: 1, next: 'exhausted' },
      ollama: { ends: 'fatal', asked: 1, next: 'exhausted' },
    },
  ),
  row('401', { kind: 'unauthorized', echoKey: true }, { ...credential, ends: 'auth' }),
  row('402', { kind: 'payment-required' }, { ...credential, ends: 'quota' }),
  row('403', { kind: 'forbidden' }, { ...credential, ends: 'auth' }),
  row('404 model', { kind: 'model-missing' }, { ...credential, ends: 'model-missing' }),
  row('408', { kind: 'request-timeout' }, { ...retried, counted: 'nothing' }),
  row('413', { kind: 'too-large' }, { ...turnedAway, ends: 'context-overflow' }),
  row('429 rate, no hint', { kind: 'rate-limit' }, { ...turnedAway, ends: 'rate-limit', parked: 10 }),
  limited('seconds', []),
  limited('http-date', []),
  limited('milliseconds', []),
  limited('rfc3339', ['google', 'openai', 'openai-compatible', 'ollama']),
  limited('go-duration', ['google', 'anthropic', 'ollama']),
  limited('retry-info', ['anthropic', 'openai', 'openai-compatible', 'ollama']),
  row(
    '429 quota',
    { kind: 'quota' },
    { ...credential, ends: 'quota' },
    {
      // A server at home knows no quota.
      ollama: { ends: 'rate-limit', parked: 10 },
    },
  ),
  row('500', { kind: 'server-error' }, { ...retried, counted: 'nothing' }),
  row('502 with a page of HTML', { kind: 'html-error', status: 502 }, { ...retried, counted: 'nothing' }),
  row('503', { kind: 'unavailable' }, { ...retried, counted: 'nothing' }),
  row(
    '503 for half a minute',
    { kind: 'unavailable', retry: { form: 'seconds', ms: 30_000 } },
    { ...turnedAway, ends: 'retryable', parked: 30 },
  ),
  row('529', { kind: 'overloaded' }, { ...retried, counted: 'nothing' }),
  row(
    'malformed chunk',
    { kind: 'malformed-chunk' },
    { ends: 'malformed', asked: 2, next: 'next model', counted: 'all' },
    promptKnown,
  ),
  row(
    'malformed tool arguments',
    { kind: 'malformed-arguments' },
    { ...answered, ends: 'ok:tool-calls' },
    {
      // The vendor gives up on the call itself and says so.
      google: { ends: 'malformed', asked: 2, next: 'next model', counted: 'prompt+max' },
      ollama: retried,
    },
  ),
  row('empty answer', { kind: 'empty' }, { ends: 'malformed', asked: 2, next: 'next model', counted: 'usage' }),
  row(
    'refusal',
    { kind: 'refusal' },
    { ...answered, ends: 'ok:refusal' },
    {
      google: { ends: 'content-filter', next: 'content-filter' },
      // Its models refuse in plain words.
      ollama: { ends: 'ok:end' },
    },
  ),
  row(
    'blocked prompt',
    { kind: 'refusal', blockedPrompt: true },
    { ...answered, ends: 'content-filter', next: 'content-filter' },
    {
      anthropic: { ends: 'ok:refusal', next: 'answered' },
      ollama: { ends: 'malformed', asked: 2, next: 'next model' },
    },
  ),
  row('usage missing', { kind: 'no-usage' }, { ...answered, counted: 'all' }),
  row('duplicate start', { kind: 'duplicate-start' }, answered),
  row('one byte at a time', { kind: 'one-byte' }, answered),
  row('5 MB in one chunk', { kind: 'huge-chunk', bytes: 5_000_000 }, answered),
  row('comments between events', { kind: 'noise', form: 'comments' }, answered),
  row('CRLF line ends', { kind: 'noise', form: 'crlf' }, answered),
  row('padded lines', { kind: 'noise', form: 'padded' }, answered),
  row('unicode split in two', { kind: 'split-unicode' }, answered),
];
