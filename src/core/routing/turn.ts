import type { Message } from '../../protocol/message.ts';
import { Call } from './call.ts';
import { type Candidate, candidatesOf, ruleOutSmaller } from './candidate.ts';
import { Choice, type Chosen } from './choice.ts';
import { Contest, type Running } from './contest.ts';
import { NO_TOOLS, type ProviderError, type ProviderFinish, type RouteEvent, type RouteRequest } from './contract.ts';
import { isHang, wasBelieved } from './hang.ts';
import { providerKinds } from './provider-kinds.ts';
import type { RouteTarget } from './route-target.ts';
import { inWords, sees } from './sight.ts';
import { asText } from './text-calls/as-text.ts';
import { readTextCalls } from './text-calls/read.ts';
import type { TurnContext } from './turn-context.ts';
import { problemOf } from './useless.ts';
import { type Verdict, verdictOn } from './verdict.ts';
import { sleep } from './wait.ts';

/** How an attempt ended, and what is wrong with that. */
interface End {
  by: Running;
  event: ProviderFinish | ProviderError;
  problem: ProviderError | undefined;
}

/** One turn of one agent: asked of one model after the other until one answers. */
export class Turn {
  #request: RouteRequest;
  #signal: AbortSignal;
  #context: TurnContext;
  #candidates: Candidate[];
  #choice: Choice;
  #attempts = 0;
  #failed: { candidate: Candidate; problem: ProviderError } | undefined;

  constructor(request: RouteRequest, signal: AbortSignal, context: TurnContext) {
    this.#request = request;
    this.#signal = signal;
    this.#context = context;
    this.#candidates = candidatesOf(request, ref => context.pool.target(ref));
    this.#choice = new Choice(request, signal, context, this.#candidates);
  }

  /** Never throws; ends with exactly one `answer` or `failed`. */
  async *run(): AsyncGenerator<RouteEvent, void, undefined> {
    try {
      for (;;) {
        const chosen = await this.#choice.next();
        if ('reason' in chosen) {
          yield { type: 'failed', failure: chosen };
          return;
        }
        const { by, event, problem } = yield* this.#ask(chosen);
        const { call } = by;
        if (!problem) {
          yield this.#answer(call, event as ProviderFinish);
          return;
        }
        const verdict = this.#judge(call, by.chosen.candidate, problem);
        if (problem.class !== 'aborted') yield { type: 'discard', call: call.id, error: problem.class };
        if (verdict.do === 'end') {
          yield { type: 'failed', failure: verdict.failure };
          return;
        }
        if (verdict.do === 'again' && verdict.afterMs > 0)
          await sleep(this.#context.pool.clock, verdict.afterMs, this.#signal);
      }
    } catch (error) {
      if (this.#signal.aborted) {
        yield { type: 'failed', failure: { reason: 'aborted' } };
        return;
      }
      this.#context.log.write('error', 'a turn failed inside the router', error);
      yield { type: 'failed', failure: this.#internal(error) };
    }
  }

  #callFor({ admission }: Chosen): Call {
    const { newId, pool, journal } = this.#context;
    return new Call(admission, { id: newId('call'), clock: pool.clock, journal, signal: this.#signal });
  }

  async *#ask(chosen: Chosen): AsyncGenerator<RouteEvent, End, undefined> {
    const first: Running = { chosen, call: this.#callFor(chosen) };
    const lost: Call[] = [];
    const contest = this.#contest(first, lost);
    let end: End | undefined;
    try {
      await this.#send(first);
      yield attempt(first.call);
      end = yield* this.#hear(contest, first);
      if (!end.problem) for (const call of lost) call.outpaced();
      return end;
    } finally {
      // Without an end the reader has left, or the journal could not take the intent.
      for (const { call } of contest.running) call.end(end?.event, end?.problem);
    }
  }

  /** Hands on what is said, to the end of the last call that is left. */
  async *#hear(contest: Contest, first: Running): AsyncGenerator<RouteEvent, End, undefined> {
    for (let leading = first; ; ) {
      const { by, event } = await contest.next();
      if (event.type === 'open' || event.type === 'alive') continue;
      if (by.call !== leading.call) {
        if (leading.call.wrote) yield { type: 'discard', call: leading.call.id, error: 'retryable' };
        yield attempt(by.call);
      }
      leading = by;
      if (event.type === 'finish' || event.type === 'error') return { by, event, problem: problemOf(event) };
      yield event;
    }
  }

  /** Another model is asked beside one that is silent. */
  #contest(first: Running, lost: Call[]): Contest {
    const { clock, settings } = this.#context.pool;
    // Nothing good came of them beside another: not once more meanwhile.
    const finished: Candidate[] = [];
    return new Contest(first, {
      clock,
      hedgeMs: settings.hedgeMs,
      another: async running => {
        const chosen = await this.#choice.beside([...finished, ...running.map(each => each.chosen.candidate)]);
        if (!chosen) return undefined;
        const second: Running = { chosen, call: this.#callFor(chosen) };
        try {
          await this.#send(second);
          return second;
        } catch (error) {
          second.call.end();
          throw error;
        }
      },
      lost: ({ call, chosen }, end = call.tooQuiet) => {
        const problem = end && problemOf(end);
        call.end(end, problem);
        if (end?.type === 'finish') finished.push(chosen.candidate);
        lost.push(call);
        if (problem && problem.class !== 'aborted') this.#judge(call, chosen.candidate, problem);
      },
    });
  }

  /** Nothing is sent before its intent is on disk. */
  async #send({ call, chosen: { candidate, admission } }: Running): Promise<void> {
    const { pool, journal, session } = this.#context;
    const { agent, toolChoice } = this.#request;
    const effort = this.#effortFor(call.target);
    const textOnly = this.#request.tools.length > 0 && pool.models.get(call.ref).tools === false;
    const blind = textOnly || !sees(call.ref, call.target.provider.kind, pool.models);
    const told = blind ? { ...this.#request, messages: inWords(this.#request.messages) } : this.#request;
    const { system, tools, messages } = textOnly ? asText(told) : told;
    const failed = this.#failed;
    if (failed && failed.candidate !== candidate) {
      const { class: error, message: reason } = failed.problem;
      if (error !== 'aborted')
        journal.append({ type: 'failover', agent, from: failed.candidate.ref, to: call.ref, error, reason });
    }
    await call.intend(this.#request, ++this.#attempts);
    if (this.#signal.aborted) return;
    pool.health.used(call.target.provider);
    call.send({
      model: call.target.model,
      system,
      ...(this.#request.sharedSystem !== undefined && { sharedSystem: this.#request.sharedSystem }),
      tools,
      ...(toolChoice !== undefined && tools.length > 0 && { toolChoice }),
      messages: candidate.tries.stripped ? withoutNative(messages) : messages,
      maxOutputTokens: admission.maxOutputTokens,
      ...(effort !== undefined && { effort }),
      conversation: `${session}-${agent}`,
    });
  }

  /** Where abilities are listed, a model that is not known to think is not told how hard to. */
  #effortFor({ ref, provider }: RouteTarget): RouteRequest['effort'] {
    const { reasoning } = this.#context.pool.models.get(ref);
    const thinks = reasoning ?? !providerKinds[provider.kind].listsAbilities;
    return thinks ? this.#request.effort : undefined;
  }

  #answer(call: Call, finish: ProviderFinish): RouteEvent {
    const { estimates } = this.#context;
    const { stop, message, usage } = this.#withCalls(finish);
    call.target.answered();
    const { input, cacheRead = 0, cacheWrite = 0 } = usage;
    if (input !== undefined && !usage.estimated)
      estimates.learn(`${this.#request.agent}\n${call.ref}`, this.#request, input + cacheRead + cacheWrite);
    const { id, ref: model, cost } = call;
    return { type: 'answer', call: id, model, stop, message, usage, ...(cost !== undefined && { cost }) };
  }

  /** Many models, local ones above all, write their calls into the text. */
  #withCalls(finish: ProviderFinish): ProviderFinish {
    const { tools, toolChoice } = this.#request;
    if (toolChoice === 'none') return finish;
    const names = new Set(tools.map(tool => tool.name));
    const message = readTextCalls(finish.message, names, this.#context.newId);
    return message ? { ...finish, message, stop: finish.stop === 'end' ? 'tool-calls' : finish.stop } : finish;
  }

  /** Draws the lessons from a failed attempt, for this turn and for everyone. */
  #judge(call: Call, candidate: Candidate, problem: ProviderError): Exclude<Verdict, { do: 'larger' }> {
    const { pool, journal, random } = this.#context;
    const { class: error, message, retry } = problem;
    if (error === 'aborted') return { do: 'end', failure: { reason: 'aborted' } };
    this.#failed = { candidate, problem };
    const { id, ref: model, characters, target } = call;
    if (call.wrote)
      journal.append({ type: 'attempt-discarded', call: id, agent: this.#request.agent, model, error, characters });
    if (problem.code === NO_TOOLS && this.#request.tools.length > 0 && pool.models.get(model).tools !== false) {
      pool.models.takesNoTools(model);
      return { do: 'again', afterMs: 0 };
    }
    if (error === 'rate-limit') target.limited(retry?.afterMs, message);
    else if (error === 'auth' || error === 'quota') target.refused(error, retry?.afterMs, message);
    else if (error === 'model-missing') target.missing(message);
    if (isHang(problem)) {
      if (wasBelieved(problem)) candidate.out = { why: 'failed', error, message };
      // Another one is asked again when nobody else is left, and its provider answers a probe.
      return { do: 'park' };
    }
    const verdict = verdictOn({ ...problem, class: error, model }, candidate.tries, pool.settings, random);
    if (verdict.do === 'park' && retry && error !== 'rate-limit') target.busy(retry.afterMs, error, message);
    if (verdict.do === 'larger') {
      ruleOutSmaller(this.#candidates, candidate, message, pool.models);
      return { do: 'next' };
    }
    if (verdict.do === 'next') candidate.out = { why: 'failed', error, message };
    return verdict;
  }

  #internal(error: unknown) {
    const message = error instanceof Error ? error.message : String(error);
    const model = this.#candidates[0]?.ref ?? '';
    return { reason: 'exhausted', last: { class: 'fatal', message, model } } as const;
  }
}

const attempt = ({ id, ref }: Call): RouteEvent => ({ type: 'attempt', call: id, model: ref });

function withoutNative(messages: Message[]): Message[] {
  return messages.map(message => {
    if (message.role !== 'assistant' || !message.native) return message;
    const { native: _, ...rest } = message;
    return rest;
  });
}
