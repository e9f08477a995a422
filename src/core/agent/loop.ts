import type { ModelRef } from '../../protocol/ids.ts';
import type { AssistantMessage, Message, StopReason } from '../../protocol/message.ts';
import { counted } from '../../protocol/show.ts';
import type { Log } from '../ports.ts';
import type { RouteRequest, Router } from '../routing/contract.ts';
import { outageText } from '../routing/outage.ts';
import { type Answer, type Asking, ask } from './ask.ts';
import { CallIds } from './call-ids.ts';
import { type Caller, runCalls } from './calls.ts';
import { claimsOf, growingClaims } from './claims.ts';
import { summarise } from './compaction.ts';
import type { AgentJob, AgentResult, AgentStream, ResumePoint, Strikes } from './contract.ts';
import type { AgentControl } from './control.ts';
import { Conversation } from './conversation.ts';
import { strike } from './histories.ts';
import { continued } from './prompts/compaction.ts';
import { IDLE_FOR_PEOPLE, type Idle, idleCorrection, turnsLeft } from './prompts/corrections.ts';
import { sharedPrompt, systemPrompt } from './prompts/system.ts';
import { cutMiddle, type Room, roomIn } from './room.ts';
import { SeenFiles } from './seen-files.ts';
import { skillsText } from './tools/skills/skills.ts';
import type { ToolHost } from './tools/tool.ts';
import type { ToolSet } from './tools/toolset.ts';

/** What agents need of the world. */
export interface AgentHost extends ToolHost {
  router: Router;
  stream?: AgentStream;
  log?: Log;
}

const MAX_IDLE = 3;
const MAX_UNREADABLE = 5;
/** The part of the context window that may be full before the conversation is summarised. */
const PRESSURE = 0.75;
/** The part of what a model takes at its lower price that may be full before. */
const BELOW_STEP = 0.95;
/** A segment shorter than this is not worth summarising. */
const SHORTEST_SEGMENT = 6;
const WARN_TURNS_LEFT = 3;
/** The part of the room for the conversation that its last messages may take when the others are left out. */
const TAIL = 0.3;
/** The part of the window that leaving out old results must free to be enough. */
const WORTH = 0.15;

type Overflow = 'pressure' | 'overflow';

/** Stands for an answer without anything in it: no vendor takes an empty message in a conversation. */
const EMPTY = '(empty answer)';

const textOf = (message: AssistantMessage): string =>
  message.parts
    .flatMap(part => (part.type === 'text' ? [part.text] : []))
    .join('\n')
    .trim();

const says = (message: Message, text: string): boolean =>
  message.role === 'user' && message.parts.some(part => part.type === 'text' && part.text === text);

const solid = (message: AssistantMessage, stop: StopReason): AssistantMessage =>
  stop === 'pause' || textOf(message) !== '' || message.parts.some(part => part.type === 'tool-call')
    ? message
    : { role: 'assistant', parts: [{ type: 'text', text: EMPTY }] };

/** One agent at work, from its prompt (or where it stood) to its end. */
export class AgentLoop {
  readonly #host: AgentHost;
  readonly #job: AgentJob;
  readonly #control: AgentControl;
  readonly #caller: Caller;
  readonly #conversation: Conversation;
  readonly #asking: Asking;
  readonly #system: string;
  /** How much of it is the same for all agents of the session. */
  readonly #shared: number;
  readonly #ids: CallIds;
  readonly #strikes: Strikes;
  /** Characters that every request begins with. */
  readonly #overhead: number;
  #model: string | undefined;
  #turn: number;
  /** The turn for which the conversation was last made to fit. */
  #compactedFor = 0;

  constructor(host: AgentHost, job: AgentJob, control: AgentControl, tools: ToolSet) {
    const from = job.resumeFrom;
    const { stream, log } = host;
    this.#host = host;
    this.#job = job;
    this.#control = control;
    this.#caller = {
      host,
      job,
      tools,
      claims:
        job.task && job.kind !== 'review' && job.kind !== 'look'
          ? growingClaims(host.journal, job.agent, job.task, job.claims)
          : claimsOf(job.claims),
      seen: new SeenFiles(from?.seen),
      written: new Set(from?.written),
      control,
      room: () => this.#room.output,
      stream,
      log,
    };
    this.#asking = { router: host.router, clock: host.clock, stream, log, pulse: job.pulse };
    this.#model = from?.model;
    const brief = cutMiddle(job.brief, this.#room.brief, 'What you need of it, read in the files.');
    const skills = skillsText(host.skills ?? []);
    this.#system = systemPrompt(job.role, job.kind, brief, skills);
    this.#shared = job.kind === 'look' ? this.#system.length : sharedPrompt(brief, skills).length;
    this.#overhead = this.#system.length + JSON.stringify(tools.specs).length;
    this.#conversation = new Conversation(host.journal, job.agent, this.#overhead, from);
    this.#ids = new CallIds(host.newId, from?.messages);
    this.#strikes = from ? { ...from.strikes } : { idle: 0, unreadable: 0 };
    this.#turn = from?.turn ?? 1;
  }

  async run(): Promise<AgentResult> {
    const last = this.#conversation.messages.at(-1);
    const { resumeFrom } = this.#job;
    if (!last) {
      await this.#conversation.say(this.#prompt, this.#job.images);
    } else if (last.role === 'assistant') {
      const end = await this.#deal(last, resumeFrom?.answer?.stop ?? 'end', resumeFrom?.answer);
      if (end && !(await this.#followUp())) return end;
      this.#turn++;
    }
    for (;;) {
      await this.#control.gate();
      const end = this.#control.signal.aborted ? ({ outcome: 'aborted' } as const) : await this.#takeTurn();
      if (end) return end;
    }
  }

  async #takeTurn(): Promise<AgentResult | undefined> {
    const { maxTurns } = this.#job.limits;
    if (this.#turn > maxTurns) {
      return { outcome: 'gave-up', reason: 'max-turns', message: `It used all of its ${counted(maxTurns, 'turn')}.` };
    }
    for (const text of this.#control.takeNudges()) await this.#conversation.say(text);
    if (this.#turn === maxTurns - WARN_TURNS_LEFT + 1 && this.#turn > 1) {
      await this.#sayOnce(turnsLeft(WARN_TURNS_LEFT, this.#job.kind));
    }
    if (this.#underPressure() && !this.#trim()) await this.#compact('pressure');
    if (this.#control.signal.aborted) return { outcome: 'aborted' };
    const answer = await ask(this.#asking, this.#request(), this.#control.signal);
    if (!answer.ok) return this.#failed(answer.failure);
    this.#model = answer.model;
    const message = solid(this.#ids.settle(answer.message), answer.stop);
    await this.#conversation.answer(message, answer.usage);
    const end = await this.#deal(message, answer.stop);
    this.#turn++;
    return end;
  }

  #request(): RouteRequest {
    const { agent, task, role } = this.#job;
    return {
      agent,
      turn: this.#turn,
      route: this.#control.route,
      system: this.#system,
      sharedSystem: this.#shared,
      tools: this.#caller.tools.specs,
      messages: this.#conversation.messages,
      ...(task && { task: task.id }),
      ...(role.effort && { effort: role.effort }),
      ...(role.maxOutputTokens !== undefined && { maxOutputTokens: role.maxOutputTokens }),
    };
  }

  /** Does what an answer asks for; the end of the work, if it is one. */
  async #deal(
    message: AssistantMessage,
    stop: StopReason,
    earlier?: ResumePoint['answer'],
  ): Promise<AgentResult | undefined> {
    const calls = message.parts.filter(part => part.type === 'tool-call');
    if (calls.length === 0) return this.#idle(message, stop);
    const outcome = await runCalls(this.#caller, calls, this.#model, earlier);
    if (!outcome) return { outcome: 'aborted' };
    this.#conversation.results(outcome.message);
    if (outcome.end) return outcome.end;
    strike(this.#strikes, calls.length, outcome.unreadable);
    if (this.#strikes.unreadable < MAX_UNREADABLE) return undefined;
    const last = outcome.message.parts.at(-1)?.output ?? '';
    return {
      outcome: 'gave-up',
      reason: 'malformed',
      message: `${MAX_UNREADABLE} answers in a row held no call that could be read. The last was told: ${last}`,
    };
  }

  async #idle(message: AssistantMessage, stop: StopReason): Promise<AgentResult | undefined> {
    const text = textOf(message);
    if (stop === 'refusal') {
      const said = text === EMPTY ? 'The model refused to answer.' : text;
      return { outcome: 'failed', reason: 'content-filter', message: said };
    }
    // Words are all that is wanted of a helper, also where they were cut off.
    if (this.#job.kind === 'look' && text !== EMPTY && stop !== 'pause') return { outcome: 'finished', summary: text };
    strike(this.#strikes, 0, false);
    const idle: Idle = stop === 'max-tokens' ? 'cut-off' : text === EMPTY ? 'empty-answer' : 'no-tool-call';
    if (this.#strikes.idle >= MAX_IDLE) {
      const why = `${MAX_IDLE} times in a row the model did not go on: ${IDLE_FOR_PEOPLE[idle]}. Another model may do better.`;
      return { outcome: 'gave-up', reason: 'no-finish', message: why };
    }
    // The vendor only asks to be called again with what it said.
    if (stop === 'pause') return undefined;
    const { agent } = this.#job;
    const told = `${agent} gave an answer without a tool call and was told to go on.`;
    this.#host.journal.append({ type: 'notice', level: 'info', code: idle, agent, text: told });
    await this.#conversation.say(idleCorrection(idle, this.#job.kind));
    return undefined;
  }

  async #failed(failure: Extract<Answer, { ok: false }>['failure']): Promise<AgentResult | undefined> {
    switch (failure.reason) {
      case 'aborted':
        return { outcome: 'aborted' };
      case 'context-overflow':
        if (this.#compactedFor === this.#turn || this.#conversation.messages.length < 2) {
          return { outcome: 'failed', ...failure };
        }
        await this.#compact('overflow');
        return undefined;
      case 'exhausted': {
        const { last, retryAt, outage = [{ model: last.model, error: last.class, message: last.message }] } = failure;
        const message = `No model answered: ${outageText(outage)}`;
        return { outcome: 'failed', reason: 'exhausted', message, ...(retryAt !== undefined && { retryAt }), outage };
      }
      case 'no-model': {
        const { message, outage } = failure;
        return { outcome: 'failed', reason: 'no-model', message, ...(outage && { outage }) };
      }
      default:
        return { outcome: 'failed', reason: failure.reason, message: failure.message };
    }
  }

  #underPressure(): boolean {
    const { messages, tokens } = this.#conversation;
    if (messages.length < SHORTEST_SEGMENT || this.#compactedFor === this.#turn) return false;
    const window = this.#window;
    const step = this.#host.router.cheapTokens?.(this.#answering);
    const limit = Math.min(
      (window ?? Number.POSITIVE_INFINITY) * PRESSURE,
      (step ?? Number.POSITIVE_INFINITY) * BELOW_STEP,
    );
    return tokens > limit;
  }

  /** The model that answers; before one has, the one that is asked first. */
  get #answering(): ModelRef | undefined {
    const { route } = this.#control;
    return this.#model !== undefined && route.includes(this.#model) ? this.#model : route[0];
  }

  get #window(): number | undefined {
    const { route } = this.#control;
    const { router } = this.#host;
    const answering = this.#answering;
    return (answering === undefined ? undefined : router.contextTokens([answering])) ?? router.contextTokens(route);
  }

  get #room(): Room {
    return roomIn(this.#window);
  }

  get #prompt(): string {
    return cutMiddle(this.#job.prompt, this.#room.prompt, 'What you need of it, look up in the workspace.');
  }

  /** Where the last messages begin that stay whatever is left out before them. */
  #tailStart(): number {
    const window = this.#window;
    if (window === undefined) return this.#conversation.messages.length;
    return this.#conversation.beforeTail((window - this.#overhead / 3.5) * TAIL);
  }

  /** Leaves out old results of tools; false where that would not make room for long. */
  #trim(): boolean {
    const before = this.#tailStart();
    if (this.#conversation.freeable(before) < (this.#window ?? 0) * WORTH) return false;
    this.#host.journal.append({ type: 'agent-trimmed', agent: this.#job.agent, messages: before });
    this.#conversation.trim(before);
    return true;
  }

  async #compact(why: Overflow): Promise<void> {
    this.#compactedFor = this.#turn;
    const { signal } = this.#control;
    const { journal } = this.#host;
    const { agent } = this.#job;
    const summary = await summarise(this.#asking, this.#request(), why === 'pressure', this.#room, signal);
    if (signal.aborted) return;
    const segment = this.#conversation.segment + 1;
    const { messages } = this.#conversation;
    // What no longer fits at all is left behind altogether.
    const tail = why === 'pressure' ? messages.slice(this.#tailStart()) : [];
    journal.append({
      type: 'agent-compacted',
      agent,
      segment,
      summary: await journal.longText(summary),
      ...(tail.length > 0 && { tail: tail.length }),
    });
    await this.#conversation.restart(
      continued(this.#prompt, summary, [...this.#caller.written]),
      tail,
      this.#job.images,
    );
    const calls = tail.flatMap(message => (message.role === 'tool' ? message.parts.map(part => part.id) : []));
    this.#caller.seen.keepOf(calls);
  }

  /** Goes on after the end with what was not accepted; false where there is nothing, or it has been told already. */
  async #followUp(): Promise<boolean> {
    const { followUp } = this.#job;
    if (followUp === undefined || this.#conversation.messages.some(message => says(message, followUp))) return false;
    await this.#conversation.say(followUp);
    return true;
  }

  /** Not again after a resume that finds it said. */
  async #sayOnce(text: string): Promise<void> {
    const last = this.#conversation.messages.at(-1);
    if (!last || !says(last, text)) await this.#conversation.say(text);
  }
}
