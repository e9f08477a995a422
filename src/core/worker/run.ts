import type { ModelRef } from '../../protocol/ids.ts';
import type { ErrorClass, ImagePart, StopReason } from '../../protocol/message.ts';
import { type Claims, claimsOf, growingClaims } from '../agent/claims.ts';
import type { AgentJob, AgentResult, Attention, CommandHold, CommandJudge } from '../agent/contract.ts';
import type { AgentControl } from '../agent/control.ts';
import { Conversation } from '../agent/conversation.ts';
import type { LandingHost } from '../agent/landing.ts';
import type { HashOf } from '../ports.ts';
import type { Refusal } from '../routing/budget.ts';
import { NOT_SHOWN } from '../routing/sight.ts';
import type {
  CopyChange,
  WorkerCopies,
  WorkerCopy,
  WorkerFault,
  WorkerSession,
  Workers,
  WorkerTurn,
} from './contract.ts';
import { keepResult, land } from './landing.ts';
import { type LedgerHost, WorkerLedger } from './ledger.ts';
import { workerModel } from './names.ts';
import { Narrator, type NarratorHost } from './narrator.ts';
import { deniedWrite, permit } from './permission.ts';
import { artifactText, GO_ON, outsideClaim, workerPrompt } from './prompt.ts';

/** What CLI agents need of the world. */
export interface WorkerHost extends LandingHost, LedgerHost, NarratorHost {
  workers: Workers;
  copies: WorkerCopies;
  attention: Attention;
  /** The command policy, for commands that run in this folder. */
  judgeIn(folder: string): CommandJudge;
  hashOf: HashOf;
}

/** How often it is told of changes outside its files before they are left behind. */
const CORRECTIONS = 1;
const SHOWN = 10;

const unavailable: ReadonlySet<WorkerFault> = new Set<WorkerFault>(['not-found', 'needs-login', 'unasked']);
/** How often it may leave it open whether it asks. */
const PROOFS = 2;
const STOPS = {
  end: 'end',
  'max-tokens': 'max-tokens',
  'max-turns': 'pause',
  refusal: 'refusal',
} as const satisfies Record<string, StopReason>;
const ERRORS = {
  'not-found': 'fatal',
  'needs-login': 'auth',
  unasked: 'fatal',
  died: 'truncated',
  failed: 'fatal',
} as const satisfies Record<WorkerFault, ErrorClass>;

const failedBy = (worker: string, reason: WorkerFault, message: string): AgentResult => ({
  outcome: 'failed',
  reason: unavailable.has(reason) ? 'worker-unavailable' : 'worker-failed',
  message: `${worker}: ${message}`,
});

const listed = (paths: readonly string[]) =>
  `${paths.slice(0, SHOWN).join(', ')}${paths.length > SHOWN ? ` and ${paths.length - SHOWN} more` : ''}`;

type Ended = { done: CopyChange[]; summary: string };

/** One CLI agent at work on one task, from its copy of the workspace to the landing of what it changed there. */
export class WorkerRun {
  readonly #host: WorkerHost;
  readonly #job: AgentJob;
  readonly #worker: string;
  readonly #control: AgentControl;
  readonly #claims: Claims;
  readonly #ledger: WorkerLedger;
  readonly #narrator: Narrator;
  readonly #conversation: Conversation;
  #model: ModelRef;
  #spent: Refusal | undefined;
  /** Stops the turn under way. */
  #turn: AbortController | undefined;

  constructor(host: WorkerHost, job: AgentJob, worker: string, control: AgentControl) {
    const { agent, task, claims, pulse } = job;
    this.#host = host;
    this.#job = job;
    this.#worker = worker;
    this.#control = control;
    this.#claims = task && job.kind !== 'review' ? growingClaims(host.journal, agent, task, claims) : claimsOf(claims);
    this.#ledger = new WorkerLedger(host, worker, { agent, ...(task && { task: task.id }) });
    this.#narrator = new Narrator(host, agent, pulse);
    this.#conversation = new Conversation(host.journal, agent, 0);
    this.#model = workerModel(worker);
  }

  async run(): Promise<AgentResult> {
    const earlier = this.#host.journal.state.agents.get(this.#job.agent)?.workerResult;
    if (earlier) return this.#land();
    await this.#control.gate();
    if (this.#control.signal.aborted) return { outcome: 'aborted' };
    for (let refusal = this.#ledger.refusal(); refusal; refusal = this.#ledger.refusal()) {
      const broke = await this.#broke(refusal);
      if (broke) return broke;
    }
    const copy = await this.#host.copies.make(this.#control.signal);
    if (!copy) return failedBy(this.#worker, 'not-found', 'the workspace is too large to be copied for it');
    try {
      const ended = await this.#inCopy(copy);
      if (!('done' in ended)) return ended;
      await keepResult(this.#host, this.#job.agent, { ...ended, copy, changes: ended.done, model: this.#model });
      return await this.#land();
    } finally {
      await copy.remove();
    }
  }

  /** Stops what it does; it goes on when it may. */
  interrupt(): void {
    this.#turn?.abort();
  }

  async #inCopy(copy: WorkerCopy): Promise<Ended | AgentResult> {
    const { workers } = this.#host;
    const { signal } = this.#control;
    const budget = this.#ledger.left();
    const judged = this.#host.judgeIn(copy.folder);
    let hold: CommandHold = 'none';
    const judge: CommandJudge = (command, folder) => judged(command, folder, hold);
    const opened = await workers.open(
      this.#worker,
      {
        folder: copy.folder,
        ...(budget !== undefined && { budget }),
        listener: {
          update: update => {
            if (update.type === 'model') this.#model = workerModel(this.#worker, update.model);
            if (update.type === 'cost') this.#pay(this.#ledger.book(update.cost));
            this.#narrator.take(update);
          },
          permit: (tool, turn) =>
            permit(
              tool,
              { agent: this.#job.agent, worker: this.#worker, claims: this.#claims },
              { ...this.#host, judge },
              turn,
            ),
          refuseWrite: async path => (await deniedWrite([path], this.#claims, this.#host.files))?.advice,
        },
      },
      signal,
    );
    if (signal.aborted) {
      if (opened.ok) await opened.session.end();
      return { outcome: 'aborted' };
    }
    if (!opened.ok) return failedBy(this.#worker, opened.reason, opened.message);
    const { session } = opened;
    if (session.held) hold = 'sandbox';
    let result: AgentResult | undefined;
    // Nobody waits for it to listen.
    const end = () => void session.end();
    signal.addEventListener('abort', end, { once: true });
    try {
      result = (await this.#proveAsking(session)) ?? (await this.#converse(session, copy));
    } finally {
      signal.removeEventListener('abort', end);
      await session.end();
      this.#narrator.close();
    }
    if (result) return result;
    // Only now, when none of its processes is left to write.
    return { done: await copy.changes(), summary: this.#narrator.said };
  }

  /** One that may act without asking gets no work: undefined when it asks. */
  async #proveAsking(session: WorkerSession): Promise<AgentResult | undefined> {
    let last = 'nothing';
    for (let tries = 0; session.unproved; tries++) {
      if (tries === PROOFS) {
        const message = `nothing showed that it asks before it acts; it said: ${last}`;
        return failedBy(this.#worker, 'unasked', message);
      }
      await this.#control.gate();
      const { signal } = this.#control;
      if (signal.aborted) return { outcome: 'aborted' };
      const model = this.#model;
      this.#narrator.tellFrom(await this.#ledger.openCall(model), model);
      const { asks, said, turn } = await session.prove(signal);
      if (said !== '') last = said;
      this.#settle(turn);
      if (signal.aborted) return { outcome: 'aborted' };
      if (this.#spent) return this.#broke(this.#spent);
      if (!turn.ok) return failedBy(this.#worker, turn.reason, turn.message);
      if (asks === 'no')
        return failedBy(this.#worker, 'unasked', 'told to write outside of its folder, it did so without asking');
    }
    return undefined;
  }

  #settle(turn: WorkerTurn): void {
    if (!turn.ok) this.#ledger.end({ ok: false, error: ERRORS[turn.reason], message: turn.message });
    else if (turn.stop === 'cancelled')
      this.#ledger.end({ ok: false, error: 'aborted', message: 'stopped' }, turn.usage);
    else this.#ledger.end({ ok: true, stop: STOPS[turn.stop] }, turn.usage);
  }

  /** Talks to it until its work is done: then undefined. */
  async #converse(session: WorkerSession, copy: WorkerCopy): Promise<AgentResult | undefined> {
    const { signal } = this.#control;
    let corrections = 0;
    let text = workerPrompt(this.#job, await this.#consumed());
    let { images = [] } = this.#job;
    if (images.length > 0 && !session.sees) text = `${text}\n\n${NOT_SHOWN}`;
    if (!session.sees) images = [];
    for (;;) {
      await this.#control.gate();
      if (signal.aborted) return { outcome: 'aborted' };
      const turn = await this.#ask(session, text, images);
      if (signal.aborted) return { outcome: 'aborted' };
      // It was paused before anything was said to it.
      if (!turn) continue;
      images = [];
      if (!turn.ok) return failedBy(this.#worker, turn.reason, turn.message);
      if (turn.stop === 'cancelled') {
        const broke = this.#spent && (await this.#broke(this.#spent));
        if (broke) return broke;
        this.#spent = undefined;
        text = [GO_ON, ...this.#control.takeNudges()].join('\n\n');
        continue;
      }
      const ended = this.#ended(turn);
      if (ended) return ended;
      const nudges = this.#control.takeNudges();
      if (nudges.length > 0 && !this.#spent) {
        text = nudges.join('\n\n');
        continue;
      }
      const changes = await copy.changes(signal);
      const outside = changes.map(({ path }) => path).filter(path => !this.#claims.allows(path));
      if (outside.length > 0 && corrections < CORRECTIONS && !this.#spent) {
        corrections++;
        text = outsideClaim(outside, this.#claims.globs);
        continue;
      }
      if (changes.length > 0 || this.#narrator.uses > 0 || this.#claims.globs.length === 0) return undefined;
      const said = this.#narrator.said;
      return { outcome: 'gave-up', reason: 'no-finish', message: `It did nothing and said: ${said || 'nothing'}` };
    }
  }

  /** What the end of a turn means beyond itself. */
  #ended(turn: Extract<WorkerTurn, { ok: true }>): AgentResult | undefined {
    const said = this.#narrator.said;
    switch (turn.stop) {
      case 'refusal':
        return { outcome: 'failed', reason: 'content-filter', message: said || `${this.#worker} refused.` };
      case 'max-turns':
        return { outcome: 'gave-up', reason: 'max-turns', message: `${this.#worker} used up its own turns.` };
      case 'max-tokens':
        return { outcome: 'gave-up', reason: 'no-finish', message: `${this.#worker} reached its output limit.` };
      default:
        return undefined;
    }
  }

  /** An error told as if it were an answer is one: no model has answered, and nothing was done. */
  #honest(turn: WorkerTurn, { tellsUsage }: WorkerSession, acted: boolean): WorkerTurn {
    if (!turn.ok || turn.stop !== 'end' || turn.usage || !tellsUsage || acted) return turn;
    return { ok: false, reason: 'failed', message: this.#narrator.said || 'it ended without an answer' };
  }

  /** Undefined: it was stopped before it was asked. */
  async #ask(session: WorkerSession, text: string, images: readonly ImagePart[]): Promise<WorkerTurn | undefined> {
    const stop = new AbortController();
    this.#turn = stop;
    const { signal } = this.#control;
    const model = this.#model;
    this.#narrator.tellFrom(await this.#ledger.openCall(model), model);
    const either = AbortSignal.any([signal, stop.signal]);
    if (either.aborted) {
      this.#ledger.drop();
      return undefined;
    }
    await this.#conversation.say(text, images);
    const before = this.#narrator.uses;
    const turn = this.#honest(await session.prompt(text, images, either), session, this.#narrator.uses > before);
    this.#turn = undefined;
    this.#settle(turn);
    const said = this.#narrator.said;
    // Whoever takes over after an abort starts a new conversation.
    if (said !== '' && !signal.aborted)
      await this.#conversation.answer({ role: 'assistant', parts: [{ type: 'text', text: said }] }, {});
    return turn;
  }

  #pay(refusal: Refusal | undefined): void {
    if (!refusal || this.#spent) return;
    this.#spent = refusal;
    this.#turn?.abort();
    void this.#host.budget.declareSpent(refusal, this.#control.signal);
  }

  /** Undefined: when the calls of others had been settled there was money again. */
  async #broke(refusal: Refusal): Promise<AgentResult | undefined> {
    const { signal } = this.#control;
    if (!(await this.#host.budget.declareSpent(refusal, signal)))
      return signal.aborted ? { outcome: 'aborted' } : undefined;
    const message = `the budget of the ${refusal.scope} is spent`;
    return { outcome: 'failed', reason: 'budget', message };
  }

  async #consumed(): Promise<string[]> {
    const { journal, hashOf } = this.#host;
    const texts: string[] = [];
    for (const name of this.#job.task?.consumes ?? []) {
      const latest = journal.state.artifacts.get(name)?.at(-1);
      const bytes = latest && (await journal.getBlob(latest.blob));
      // Images are shown, not told.
      if (!latest || !bytes || latest.mediaType.startsWith('image/')) continue;
      const mark = hashOf(bytes).slice(0, 10);
      texts.push(artifactText(name, latest.version, latest.mediaType, mark, new TextDecoder().decode(bytes)));
    }
    return texts;
  }

  /** Stopped by nothing but a question: half of it must not stand there alone. */
  async #land(): Promise<AgentResult> {
    const { journal, newId } = this.#host;
    const { agent, task } = this.#job;
    const result = journal.state.agents.get(agent)?.workerResult;
    if (!result) return { outcome: 'failed', reason: 'internal', message: 'its result is not in the journal' };
    const lander = { agent, claims: this.#claims, ...(task && { task: task.id }) };
    const landed = await land(this.#host, lander, result, this.#control.signal);
    if (landed === 'aborted') return { outcome: 'aborted' };
    const { refused, stale, failed } = landed;
    if (stale.length > 0 || failed.length > 0) {
      const why = [
        stale.length > 0 ? `changed in the workspace meanwhile: ${listed(stale)}` : '',
        ...failed.slice(0, SHOWN).map(({ path, message }) => `${path}: ${message}`),
      ].filter(part => part !== '');
      const message = `Not all of its work could be taken over. ${why.join('; ')}`;
      return { outcome: 'gave-up', reason: 'conflict', message };
    }
    const summary = result.summary || 'It said nothing of what it did.';
    if (refused.length === 0) return { outcome: 'finished', summary };
    const text = `What ${agent} changed outside of its files, or where it was not allowed to, was not taken over: ${listed(refused)}`;
    const about = { issue: newId('issue'), severity: 'major', by: agent, ...(task && { task: task.id }) } as const;
    journal.append({ type: 'issue-opened', ...about, text });
    return { outcome: 'finished', summary: `${summary}\n\n${text}` };
  }
}
