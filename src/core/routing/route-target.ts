import type { EventOf } from '../../protocol/events.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import type { ErrorClass } from '../../protocol/message.ts';
import { modelOf } from '../../protocol/model-ref.ts';
import type { Clock } from '../ports.ts';
import { Allowance } from './allowance.ts';
import { Breaker, type BreakerPermit } from './breaker.ts';
import type { LimitInfo, Provider, ProviderError } from './contract.ts';
import { Hang, isHang, wasBelieved } from './hang.ts';
import type { Parking } from './parking.ts';
import type { RoutingSettings } from './settings.ts';
import type { Slots } from './slots.ts';

export type PoolEvent = EventOf<'breaker' | 'route-parked' | 'provider-health' | 'notice'>;

/** Whether a call may go this way. */
export type Access =
  | { now: true }
  /** Parked, or the breaker is open: worth another look in `ms`. */
  | { now: false; ms: number; error: ErrorClass; reason: string; hangs?: true }
  /** Its provider is being asked whether it is well again. */
  | { now: false; probing: Promise<void> };

interface RouteTargetParts {
  clock: Clock;
  settings: RoutingSettings;
  parking: Parking;
  slots: Slots;
  emit: (event: PoolEvent) => void;
  /** Asks the provider for its models; false when it does not answer. */
  probe: () => Promise<boolean>;
}

const SHORTEST_PARK_MS = 250;
const LONGEST_GUESS_MS = 300_000;

/** One model behind one credential, with all that is known of how it does. */
export class RouteTarget {
  readonly ref: ModelRef;
  readonly model: string;
  readonly provider: Provider;
  readonly slots: Slots;
  /** Tells credentials apart. */
  readonly account: string;
  #parts: RouteTargetParts;
  #breaker: Breaker;
  #allowance: Allowance;
  #hang: Hang;
  #usedToMs = 0;
  #probing: Promise<void> | undefined;
  /** Held between the health probe that passed and the call that decides. */
  #permit: BreakerPermit | undefined;

  constructor(ref: ModelRef, provider: Provider, account: string, parts: RouteTargetParts) {
    const { clock, settings, emit } = parts;
    this.ref = ref;
    this.model = modelOf(ref);
    this.provider = provider;
    this.slots = parts.slots;
    this.account = account;
    this.#parts = parts;
    this.#allowance = new Allowance(clock);
    this.#hang = new Hang(clock);
    this.#breaker = new Breaker(clock, settings.breaker, state =>
      emit({ type: 'breaker', provider: provider.name, model: ref, state }),
    );
  }

  /** Looks whether a prompt of about this size may go this way; starts the health probe when one is due. */
  access(tokens: number): Access {
    const { clock, parking } = this.#parts;
    const parked = parking.of(this.account, this.model);
    if (parked) return { now: false, ...parked, ms: parked.until - clock.monotonic() };
    const hold = this.#allowance.holdMs(tokens);
    if (hold > 0)
      return { now: false, ms: hold, error: 'rate-limit', reason: 'by its own limit headers nothing is left' };
    const deciding = this.#probing ?? this.#hang.deciding;
    if (deciding) return { now: false, probing: deciding };
    const rest = this.#hang.restMs();
    if (rest !== undefined) {
      if (this.probe(false)) return this.access(tokens);
      return { now: false, ms: rest || SHORTEST_PARK_MS, error: 'retryable', reason: this.#hang.reason, hangs: true };
    }
    if (this.#breaker.state === 'closed' || this.#permit) return { now: true };
    const ms = this.#breaker.waitMs();
    const failing = { now: false, error: 'retryable', reason: 'it failed again and again' } as const;
    // Another call is the one that decides; it ends within the watchdogs' time.
    if (ms === undefined) return { ...failing, ms: this.#parts.settings.breaker.openMs };
    if (ms > 0) return { ...failing, ms };
    this.#probing = this.#halfOpen().finally(() => {
      this.#probing = undefined;
    });
    return { now: false, probing: this.#probing };
  }

  /** It has kept us waiting, and nothing good has been heard of it since. */
  get suspected(): boolean {
    return this.#hang.suspected;
  }

  /** Begins to ask whether a provider that hung answers again, if that is due; false where it is not. */
  probe(lastResort: boolean): boolean {
    if (!this.#hang.probeDue(lastResort)) return false;
    this.#probing ??= this.#parts
      .probe()
      .then(answers => this.#hang.probed(answers))
      .finally(() => {
        this.#probing = undefined;
      });
    return true;
  }

  /** Leave to send one call; undefined where the breaker does not let it through. */
  enter(tokens: number): BreakerPermit | undefined {
    const permit = this.#permit ?? (this.#breaker.state === 'closed' ? this.#breaker.enter() : undefined);
    this.#permit = undefined;
    if (permit) {
      this.#allowance.spend(tokens);
      this.#hang.begin();
    }
    return permit;
  }

  /** How a call ended that began then, as far as it shows whether the target answers at all. */
  ended(problem: Pick<ProviderError, 'class' | 'code' | 'message'> | undefined, startedAt: number): void {
    if (!problem || (problem.class !== 'aborted' && !isHang(problem))) this.#hang.heard();
    else if (problem.class === 'aborted') this.#hang.cut();
    else {
      const { clock, emit } = this.#parts;
      const ms = this.#hang.hung(problem.message, startedAt, wasBelieved(problem));
      if (ms === undefined) return;
      const until = clock.now() + ms;
      const { name } = this.provider;
      emit({
        type: 'route-parked',
        provider: name,
        model: this.ref,
        until,
        error: 'retryable',
        reason: problem.message,
      });
    }
  }

  /** The user says that it is fine now. */
  release(): void {
    this.#hang.heard();
  }

  /** For the longest time without a word in an answer that came all the same. Each quicker one halves what it is used to. */
  wasQuiet(ms: number): void {
    this.#usedToMs = Math.max(this.#usedToMs / 2, ms);
  }

  get usedToMs(): number {
    return this.#usedToMs;
  }

  answered(): void {
    this.#parts.parking.answered(this.account, this.model);
  }

  learn(limits: LimitInfo): void {
    this.#allowance.learn(limits);
  }

  /** The provider wants us to slow down. */
  limited(hintMs: number | undefined, reason: string): void {
    const { settings, parking } = this.#parts;
    this.#allowance.forget();
    const times = parking.limited(this.account, this.model);
    const guess = Math.min(LONGEST_GUESS_MS, settings.rateLimitParkMs * 2 ** (times - 1));
    // A provider that says "now" again and again has not understood its own question.
    const least = Math.min(LONGEST_GUESS_MS, SHORTEST_PARK_MS * 2 ** (times - 1));
    const ms = hintMs === undefined ? guess : Math.max(hintMs, least);
    this.#park(this.model, 'rate-limit', ms, reason);
  }

  /** A fault that names its time: busy until then. */
  busy(ms: number, error: ErrorClass, reason: string): void {
    this.#park(this.model, error, ms, reason);
  }

  missing(reason: string): void {
    this.#park(this.model, 'model-missing', this.#parts.settings.missingParkMs, reason);
  }

  /** The key was refused, or what it may spend is used up. */
  refused(error: 'auth' | 'quota', hintMs: number | undefined, reason: string): void {
    const { settings, emit } = this.#parts;
    if (!this.#park(undefined, error, hintMs ?? settings.credentialParkMs, reason)) return;
    const { name } = this.provider;
    const text = error === 'auth' ? `${name} refused its key: ${reason}` : `${name} has no quota left: ${reason}`;
    emit({ type: 'notice', level: 'warning', text, code: `provider-${error}` });
  }

  #park(model: string | undefined, error: ErrorClass, ms: number, reason: string): boolean {
    const { clock, parking, emit } = this.#parts;
    if (!parking.park(this.account, model, ms, { error, reason })) return false;
    const where = { provider: this.provider.name, ...(model !== undefined && { model: this.ref }) };
    emit({ type: 'route-parked', ...where, until: clock.now() + ms, error, reason });
    return true;
  }

  async #halfOpen(): Promise<void> {
    const permit = this.#breaker.enter();
    if (!permit) return;
    if (await this.#parts.probe()) this.#permit = permit;
    else permit.end('failure');
  }
}
