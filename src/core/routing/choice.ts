import type { ModelProblem } from '../../protocol/message.ts';
import { showMoney } from '../../protocol/show.ts';
import type { Refusal, Reservation } from './budget.ts';
import type { Admission } from './call.ts';
import { watchdogsFor } from './call-limits.ts';
import { type Candidate, failureOf, outageOf, unfit } from './candidate.ts';
import type { RouteFailure, RouteRequest } from './contract.ts';
import { type Limits, limitsFor } from './pace.ts';
import { longestAnswerFor, mostItCosts, type Price } from './prices.ts';
import { providerKinds } from './provider-kinds.ts';
import type { Access, RouteTarget } from './route-target.ts';
import { hasImage, sees } from './sight.ts';
import type { TurnContext } from './turn-context.ts';
import { sleep } from './wait.ts';

export interface Chosen {
  candidate: Candidate;
  admission: Admission;
}

type Blocked = { candidate: Candidate; access: Exclude<Access, { now: true }> };
type Parked = Extract<Access, { ms: number }> & Pick<Candidate, 'ref'>;

/** Room for an answer that is asked for even where the window seems full. */
const SHORTEST_ANSWER = 1024;
/** An answer that has room for one of the longer files: with less money than for this nothing is asked. */
const MODEST_ANSWER = 4096;

/** Walks the route to the first model that may be asked now, and takes what it needs to be asked. */
export class Choice {
  #request: RouteRequest;
  #signal: AbortSignal;
  #context: TurnContext;
  #candidates: Candidate[];
  #waited = 0;
  #refusal: Refusal | undefined;

  constructor(request: RouteRequest, signal: AbortSignal, context: TurnContext, candidates: Candidate[]) {
    this.#request = request;
    this.#signal = signal;
    this.#context = context;
    this.#candidates = candidates;
  }

  async next(): Promise<Chosen | RouteFailure> {
    for (;;) {
      const blocked: Blocked[] = [];
      for (const candidate of this.#inOrder()) {
        if (this.#signal.aborted) return { reason: 'aborted' };
        if (candidate.out || !candidate.target) continue;
        const admission = await this.#take(candidate, candidate.target, blocked);
        if (admission) return { candidate, admission };
      }
      if (this.#signal.aborted) return { reason: 'aborted' };
      const failure = (await this.#nobody()) ?? (await this.#wait(blocked));
      if (failure) return failure;
    }
  }

  /** Another model that may be asked at once, beside those that are being asked; nothing is waited for. */
  async beside(asked: readonly Candidate[]): Promise<Chosen | undefined> {
    for (const candidate of this.#inOrder()) {
      const { target, out } = candidate;
      if (this.#signal.aborted) return undefined;
      if (asked.includes(candidate) || out || !target?.slots.free || this.#isCounted(target)) continue;
      const admission = await this.#take(candidate, target, [], true);
      if (admission) return { candidate, admission };
    }
    return undefined;
  }

  /** Each of its requests uses up a plan that nobody sees here: a second one is sent only where the person asked for hedging. */
  #isCounted({ provider }: RouteTarget): boolean {
    return providerKinds[provider.kind].paidByPlan === true && this.#context.pool.settings.hedgeMs === undefined;
  }

  /** `atOnce`: slots and money that others hold are not waited for. */
  async #take(
    candidate: Candidate,
    target: RouteTarget,
    blocked: Blocked[],
    atOnce = false,
  ): Promise<Admission | undefined> {
    const { pool, prices, estimates } = this.#context;
    const request = this.#request;
    const { ref } = candidate;
    const tokens = estimates.typical(this.#keyOf(candidate), request);
    const bar = (access: Access): boolean => {
      if (access.now) return false;
      blocked.push({ candidate, access });
      return true;
    };

    if (bar(target.access(tokens))) return undefined;
    const { provider } = target;
    if (
      request.tools.length > 0 &&
      providerKinds[provider.kind].listsAbilities &&
      pool.models.get(ref).tools === undefined
    ) {
      await pool.listOnce(provider);
      // Those that take tools come before it now.
      if (pool.models.get(ref).tools === false) return undefined;
    }
    const out = unfit(ref, tokens, pool.models) ?? this.#notPaid(target);
    const price = provider.free || out ? undefined : await prices.find(ref, provider, pool.clock.now());
    if (out || (!provider.free && !price)) {
      if (!out) this.#context.priceUnknown(ref);
      candidate.out = out ?? { why: 'unfit', message: 'its price is unknown' };
      return undefined;
    }

    const slot = await target.slots.take(this.#signal, atOnce ? 0 : this.#patience(candidate));
    if (!slot) return undefined;
    const longest = this.#longestAnswer(target, tokens);
    const held = price && (await this.#reserve(candidate, target, price, longest, atOnce));
    const barred = (price && !held) || bar(target.access(tokens));
    const permit = barred ? undefined : target.enter(tokens);
    const { reservation, maxOutputTokens } = held ?? { reservation: undefined, maxOutputTokens: longest };
    if (permit) {
      const { budget } = this.#context;
      if (provider.free && this.#refusal && !budget.underWay(this.#refusal)) budget.saySpent(this.#refusal);
      return {
        target,
        slot,
        permit,
        price,
        reservation,
        maxOutputTokens,
        limits: this.#limits(candidate, target, tokens),
      };
    }
    reservation?.settle(0);
    slot.release('other');
    return undefined;
  }

  #keyOf({ ref }: Candidate): string {
    return `${this.#request.agent}\n${ref}`;
  }

  /** With nothing left to spend, a free model takes over only where the user wants it to. */
  #notPaid({ provider }: RouteTarget): Candidate['out'] {
    if (!provider.free || !this.#refusal || this.#context.budget.whenSpent === 'local') return undefined;
    return { why: 'budget', scope: this.#refusal.scope, message: textOf(this.#refusal) };
  }

  /** Where there is not money for the longest answer, a shorter one is asked for. */
  async #reserve(
    candidate: Candidate,
    target: RouteTarget,
    price: Price,
    longest: number,
    atOnce: boolean,
  ): Promise<{ reservation: Reservation; maxOutputTokens: number } | undefined> {
    const { budget, estimates } = this.#context;
    const prompt = estimates.atMost(this.#keyOf(candidate), this.#request);
    const amount = mostItCosts(price, prompt, longest);
    const least = mostItCosts(price, prompt, Math.min(longest, MODEST_ANSWER));
    const who = { agent: this.#request.agent, provider: target.provider.name };
    const patience = atOnce ? AbortSignal.abort() : this.#signal;
    const held = await budget.hold({ ...who, amount, least }, patience);
    if (held.ok) {
      const maxOutputTokens = Math.min(longest, longestAnswerFor(price, prompt, held.amount));
      return { reservation: held, maxOutputTokens };
    }
    if (held.final) {
      this.#refusal ??= held;
      candidate.out = { why: 'budget', scope: held.scope, message: textOf(held) };
    }
    return undefined;
  }

  /**
   * Where two models keep us waiting, it is their provider: its other models are asked last. So are those without tools, and
   * those that see nothing where a person has handed in an image.
   */
  #inOrder(): Candidate[] {
    const { models } = this.#context.pool;
    const hangs = ({ target }: Candidate) => target !== undefined && this.#context.pool.suspected(target.account) > 1;
    // To write calls as text is the way out for a model that takes no tools, not as good as taking them.
    const writes = ({ ref }: Candidate) => this.#request.tools.length > 0 && models.get(ref).tools === false;
    const handedIn = this.#request.messages.some(hasImage);
    const blind = ({ ref, target }: Candidate) => handedIn && target && !sees(ref, target.provider.kind, models);
    const rank = (each: Candidate) => (hangs(each) ? 4 : 0) + (writes(each) ? 2 : 0) + (blind(each) ? 1 : 0);
    return this.#candidates.toSorted((a, b) => rank(a) - rank(b));
  }

  /** A busy provider is waited for, but not for ever while one further down could start at once. */
  #patience(candidate: Candidate): number | undefined {
    return this.#others(candidate) ? this.#context.pool.settings.slotPatienceMs : undefined;
  }

  #others(candidate: Candidate): boolean {
    return this.#candidates.some(
      ({ target, out }) => !out && target && target !== candidate.target && target.slots.free && target.access(0).now,
    );
  }

  #limits(candidate: Candidate, { provider, account, model, usedToMs }: RouteTarget, tokens: number): Limits {
    const { pool } = this.#context;
    const suspected = pool.suspected(account) > 0;
    const thinksInSilence = provider.thinksInSilence?.(model) ?? false;
    const hidesThoughts = provider.hidesThoughts?.(model) ?? false;
    const others = this.#others(candidate);
    const situation = { others, suspected, thinksInSilence, hidesThoughts, tokens, usedToMs };
    return limitsFor(watchdogsFor(provider, pool.settings), situation);
  }

  #longestAnswer(target: RouteTarget, promptTokens: number): number {
    const { models, settings } = this.#context.pool;
    const { contextTokens, maxOutputTokens } = models.get(target.ref);
    // Never simply what the model could do: that much would be reserved for every answer.
    const wanted = this.#request.maxOutputTokens ?? settings.maxOutputTokens;
    const allowed = Math.min(wanted, maxOutputTokens ?? wanted);
    if (contextTokens === undefined) return allowed;
    return Math.min(allowed, Math.max(SHORTEST_ANSWER, contextTokens - promptTokens));
  }

  /** Money that others only hold is waited for. */
  async #nobody(): Promise<RouteFailure | undefined> {
    if (this.#candidates.some(({ out }) => !out)) return undefined;
    const failure = failureOf(this.#candidates);
    if (failure.reason !== 'budget' || !this.#refusal) return failure;
    if (await this.#context.budget.declareSpent(this.#refusal, this.#signal)) return failure;
    this.#refusal = undefined;
    for (const candidate of this.#candidates) if (candidate.out?.why === 'budget') delete candidate.out;
    return undefined;
  }

  /** Only when nobody may be asked now, and only as long as is acceptable. */
  async #wait(blocked: Blocked[]): Promise<RouteFailure | undefined> {
    const { clock, settings } = this.#context.pool;
    if (this.#lastResort(blocked)) return undefined;
    const first = soonest(blocked);
    const probing = blocked.flatMap(({ access }) => ('probing' in access ? [access.probing] : []));
    if (probing.length > 0) {
      await this.#probed(probing, first?.ms);
      return undefined;
    }
    if (!first) return undefined;
    const { ms, error, ref, reason } = first;
    if (ms > settings.acceptableWaitMs || this.#waited + ms > settings.totalWaitMs) {
      const last = { class: error, message: reason, model: ref };
      const outage = outageOf(this.#candidates, blocked.flatMap(resting(clock.now())));
      return { reason: 'exhausted', last, retryAt: clock.now() + ms, ...(outage && { outage }) };
    }
    this.#waited += ms;
    await sleep(clock, ms, this.#signal);
    return undefined;
  }

  /** Nobody but who kept us waiting is left: they are asked once more if a probe says that there is sense in it. */
  #lastResort(blocked: Blocked[]): boolean {
    let changed = false;
    for (const { candidate, access } of blocked) {
      if (!('ms' in access) || !access.hangs) continue;
      changed = true;
      if (!candidate.target?.probe(true))
        candidate.out = { why: 'failed', error: access.error, message: access.reason };
    }
    return changed;
  }

  async #probed(probing: Promise<void>[], ms: number | undefined): Promise<void> {
    const done = new AbortController();
    const stop = () => done.abort();
    this.#signal.addEventListener('abort', stop, { once: true });
    const { clock, settings } = this.#context.pool;
    const limit = sleep(clock, Math.min(ms ?? Number.POSITIVE_INFINITY, settings.probeTimeoutMs), done.signal);
    await Promise.race([...probing, limit]);
    done.abort();
    this.#signal.removeEventListener('abort', stop);
  }
}

function soonest(blocked: Blocked[]): Parked | undefined {
  let first: Parked | undefined;
  for (const { candidate, access } of blocked)
    if ('ms' in access && (!first || access.ms < first.ms)) first = { ...access, ref: candidate.ref };
  return first;
}

/** What a model that is left alone for now would be told as. */
const resting =
  (now: number) =>
  ({ candidate, access }: Blocked): ModelProblem[] => {
    if (!('ms' in access)) return [];
    const { error, reason: message, ms } = access;
    return [{ model: candidate.ref, error, message, until: now + ms }];
  };

function textOf({ scope, key, limit, spent }: Refusal): string {
  return `the ${scope} budget of ${key} allows ${showMoney(limit)}, ${showMoney(spent)} of it is spent, and the next call may cost more than is left`;
}
