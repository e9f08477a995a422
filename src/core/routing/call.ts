import type { ModelRef, NanoUsd } from '../../protocol/ids.ts';
import type { CallResult } from '../../protocol/message.ts';
import type { Clock } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import { Attempt } from './attempt.ts';
import type { BreakerPermit, BreakerVerdict } from './breaker.ts';
import type { Reservation } from './budget.ts';
import { charge, freeCost, type Progress } from './charge.ts';
import type { ProviderError, ProviderEvent, ProviderFinish, ProviderRequest, RouteRequest } from './contract.ts';
import type { Limits } from './pace.ts';
import type { Price } from './prices.ts';
import type { RouteTarget } from './route-target.ts';
import type { Slot } from './slots.ts';

/** Everything a call needs before it may be sent; all of it is given back when the call ends. */
export interface Admission {
  target: RouteTarget;
  slot: Slot;
  permit: BreakerPermit;
  /** Both undefined where the provider costs nothing. */
  price: Price | undefined;
  reservation: Reservation | undefined;
  maxOutputTokens: number;
  /** How long it may keep us waiting. */
  limits: Limits;
}

interface CallParts {
  id: string;
  clock: Clock;
  journal: Pick<Journal, 'append' | 'commit'>;
  signal: AbortSignal;
}

const OUTPACED = 'watchdog-quiet';
const cut: ProviderError = { type: 'error', class: 'aborted', message: 'aborted' };

/** One model call from its intent to its outcome. */
export class Call {
  readonly id: string;
  readonly ref: ModelRef;
  readonly target: RouteTarget;
  characters = 0;
  /** What was booked for it; undefined where that is unknown. */
  cost: NanoUsd | undefined;
  #admission: Admission;
  #parts: CallParts;
  #attempt: Attempt | undefined;
  #progress: Progress = { sent: false, opened: false, wrote: false };
  #started: number;
  #firstTokenMs: number | undefined;
  #ended = false;
  #outpaced: ProviderError | undefined;
  #who: { agent?: string; task?: string } = {};

  constructor(admission: Admission, parts: CallParts) {
    this.id = parts.id;
    this.target = admission.target;
    this.ref = admission.target.ref;
    this.#admission = admission;
    this.#parts = parts;
    this.#started = parts.clock.monotonic();
  }

  /** Puts the intent on disk. */
  async intend(request: RouteRequest, attempt: number): Promise<void> {
    const { agent, task, turn } = request;
    this.#who = { agent, ...(task !== undefined && { task }) };
    await this.#parts.journal.commit({
      type: 'call-intent',
      call: this.id,
      agent,
      ...this.#who,
      turn,
      attempt,
      model: this.ref,
      ...(this.#admission.reservation && { reserved: this.#admission.reservation.amount }),
    });
  }

  send(request: ProviderRequest): void {
    const { clock, signal } = this.#parts;
    this.#progress.sent = true;
    this.#attempt = new Attempt(this.target.provider, request, { clock, limits: this.#admission.limits, signal });
  }

  /** Something of an answer came. */
  get wrote(): boolean {
    return this.#progress.wrote;
  }

  /** For how long nothing but the connection has been heard of. */
  get quietMs(): number {
    return this.#attempt?.quietMs ?? 0;
  }

  /** Set once that is longer than is waited for while others could answer. */
  get tooQuiet(): ProviderError | undefined {
    const { quietMs } = this;
    if (quietMs < (this.#admission.limits.quietMs ?? Number.POSITIVE_INFINITY)) return undefined;
    const message = `nothing but signs of life for ${Math.round(quietMs / 1000)} s, while another model answered`;
    return { type: 'error', class: 'retryable', message, code: OUTPACED };
  }

  /** Who was faster has answered well: one that kept us waiting meanwhile rests. */
  outpaced(): void {
    if (this.#outpaced) this.target.ended(this.#outpaced, this.#started);
  }

  next(): Promise<ProviderEvent> {
    return this.#attempt ? this.#attempt.next() : Promise.resolve(cut);
  }

  /** Keeps count of what came. */
  note(event: ProviderEvent): void {
    const progress = this.#progress;
    switch (event.type) {
      case 'open':
        if (event.limits) this.target.learn(event.limits);
        break;
      case 'alive':
      case 'error':
      case 'finish':
        break;
      default:
        if (!progress.wrote) {
          progress.wrote = true;
          this.#firstTokenMs = this.#parts.clock.monotonic() - this.#started;
        }
        this.characters += event.type === 'text' || event.type === 'reasoning' ? event.text.length : 0;
    }
    if (event.type !== 'error') progress.opened = true;
  }

  /**
   * Journals the outcome and gives everything back; only the first end counts. Without one the call was cut.
   * A finish with a problem is paid for like any other, and useless all the same.
   */
  end(end: ProviderFinish | ProviderError = cut, problem = end.type === 'error' ? end : undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    const result = resultOf(end, problem);
    const { slot, permit, reservation } = this.#admission;
    this.#attempt?.dispose();
    const { cost, bound } = this.#charge(end);
    const booked = cost ?? reservation?.amount;
    this.cost = booked;
    try {
      this.#parts.journal.append({
        type: 'call-outcome',
        call: this.id,
        ...this.#who,
        model: this.ref,
        result,
        ...(end.usage && { usage: end.usage }),
        ...(booked !== undefined && { cost: booked }),
        ...(bound && { costIsReservation: true }),
        ms: this.#parts.clock.monotonic() - this.#started,
        ...(this.#firstTokenMs !== undefined && { firstTokenMs: this.#firstTokenMs }),
      });
    } finally {
      permit.end(verdictOf(result));
      // Whoever spoke first may still fail: only after that is its silence held against it.
      if (problem?.code === OUTPACED) this.#outpaced = problem;
      this.target.ended(this.#outpaced ? cut : problem, this.#started);
      if (result.ok) this.target.wasQuiet(this.#attempt?.longestQuietMs ?? 0);
      slot.release(result.ok ? 'answered' : result.error === 'rate-limit' ? 'limited' : 'other');
      reservation?.settle(booked);
    }
  }

  #charge(end: ProviderFinish | ProviderError): { cost: NanoUsd | undefined; bound: boolean } {
    const { price, reservation, maxOutputTokens } = this.#admission;
    if (!price || !reservation) return { cost: freeCost(this.target.provider), bound: false };
    const { cost, bound } = charge(end, this.#progress, price, maxOutputTokens);
    // A bound is never more than what was reserved as the bound.
    return { cost: bound && cost !== undefined ? Math.min(cost, reservation.amount) : cost, bound };
  }
}

function resultOf(end: ProviderFinish | ProviderError, problem: ProviderError | undefined): CallResult {
  if (end.type === 'finish' && !problem) return { ok: true, stop: end.stop };
  const { class: error, message, status } = problem ?? cut;
  return { ok: false, error, message, ...(status !== undefined && { status }) };
}

const faults = new Set<ProviderError['class']>(['retryable', 'truncated', 'malformed']);

function verdictOf(result: CallResult): BreakerVerdict {
  if (result.ok) return 'success';
  return faults.has(result.error) ? 'failure' : 'no-verdict';
}
