import type { AgentOutcome } from '../../protocol/events.ts';
import type { NanoUsd } from '../../protocol/ids.ts';
import type { Outage } from '../../protocol/message.ts';
import type { AgentTask } from '../../protocol/plan.ts';
import type { AgentJob, AgentResult, Attention, RoleSpec } from '../agent/contract.ts';
import { checkText } from '../plan/check-text.ts';
import type { Clock, HashOf } from '../ports.ts';
import { sleep } from '../routing/wait.ts';
import { checksOf } from '../session/check-runs.ts';
import type { Journal } from '../session/contract.ts';
import { endsInSilence } from '../session/findings.ts';
import { hasEnded } from '../session/standing.ts';
import type { TaskState } from '../session/state.ts';
import { unfit } from '../worker/fit.ts';
import { workerModel } from '../worker/names.ts';
import { type CheckHost, runCheck } from './checks.ts';
import {
  type FlowLimits,
  isEscalated,
  jobKindOf,
  nextStep,
  openBlockers,
  reviewsGiven,
  rungsOf,
  type Step,
} from './flow.ts';
import { isGate } from './gates.ts';
import type { HandedOver } from './handed-over.ts';
import { climbed, nextRung, type Sign, type Trigger } from './ladder.ts';
import { notAccepted, reviewPrompt, workPrompt } from './prompt.ts';
import type { Quiet } from './quiet.ts';
import { plannedAgent, whyWorker } from './roster.ts';
import type { Routes } from './routes.ts';
import type { Outcome, RunningAgents } from './running-agents.ts';
import { budgetLeft } from './task-budget.ts';
import { TaskRoutes } from './task-routes.ts';

export interface TaskLimits extends FlowLimits {
  maxTurns: number;
  /** Fresh attempts before another provider. */
  attempts: number;
  /** For one agent, where the task names no limit. */
  agentMinutes: number;
  /** The longest wait while all models rest, and how often one agent may wait. */
  restMs: number;
  rests: number;
}

export interface AgentTaskHost {
  journal: Journal;
  runningAgents: RunningAgents;
  checks: CheckHost;
  attention: Attention;
  quiet: Quiet;
  clock: Clock;
  hashOf: HashOf;
  routes: Routes;
  role(name: string): RoleSpec | undefined;
  /** The name of the role that plans, and that takes over what others fail at. */
  orchestrator: string;
  brief(): string;
  /** What the project asks of those who work on these files, beside what it asks of everyone. */
  guidance(claims: readonly string[]): Promise<string>;
  /** What others made for a task, or what it changed for who reviews it. */
  handOver(task: AgentTask, review: boolean): Promise<HandedOver>;
  newAgent(role: string): string;
  limitAgent(agent: string, limit: NanoUsd): void;
  present(): boolean;
  limits: TaskLimits;
  /** What was agreed for when the money is gone, once it is. */
  spent(): 'local' | 'pause' | 'stop' | undefined;
  /** Resolves when there is money and no pause. */
  ready(signal: AbortSignal): Promise<void>;
  /** Whether a CLI agent can be started by this name. */
  hasWorker(name: string): boolean;
  stop(reason: string): void;
  /** Lets the lead mend the plan where a check of this task could say nothing of the work; at once where it may not. */
  mendPlan(task: string, signal: AbortSignal): Promise<void>;
}

const RETRY = 'Try again';
const GIVE_UP = 'Give up this task';
const STOP = 'Stop the session';

/**
 * Takes an agent task from wherever it stands to its end: work, checks, review, fixes, and the ladder when it does not
 * go well. Each step follows from the state and changes it, so that nothing but the journal has to be remembered.
 */
export async function runAgentTask(id: string, host: AgentTaskHost, signal: AbortSignal): Promise<void> {
  const run = new AgentTaskRun(id, host, signal);
  while (!signal.aborted && run.open) await run.step();
}

class AgentTaskRun {
  readonly #id: string;
  readonly #host: AgentTaskHost;
  readonly #signal: AbortSignal;
  readonly #routes: TaskRoutes;
  #rests = 0;

  constructor(id: string, host: AgentTaskHost, signal: AbortSignal) {
    this.#id = id;
    this.#host = host;
    this.#signal = signal;
    this.#routes = new TaskRoutes(id, host.journal, host.routes, host.spent);
  }

  get #task(): TaskState {
    return this.#host.journal.state.tasks.get(this.#id) as TaskState;
  }

  get #spec(): AgentTask {
    return this.#task.task as AgentTask;
  }

  get open(): boolean {
    const task = this.#host.journal.state.tasks.get(this.#id);
    return task !== undefined && !hasEnded(task.status);
  }

  async step(): Promise<void> {
    const { journal, runningAgents, limits } = this.#host;
    const step = nextStep(journal.state, this.#task, limits);
    switch (step.do) {
      case 'start-attempt':
        journal.append({ type: 'task-started', task: this.#id, attempt: this.#task.attempt + 1 });
        return;
      case 'work':
      case 'review':
        return this.#agent(step);
      case 'end-agent':
        runningAgents.ended(step.agent, 'replaced', step.reason);
        return;
      case 'check':
        for (const check of step.checks) {
          const { interrupted } = await runCheck(
            this.#host.checks,
            { task: this.#id, check, round: step.round },
            this.#signal,
          );
          if (interrupted) return;
        }
        return;
      case 'mend-plan':
        return this.#mendPlan(step);
      case 'close-work':
        journal.append({
          type: 'round-ended',
          task: this.#id,
          round: step.round,
          kind: step.kind,
          openBlockers: step.failing,
        });
        return;
      case 'close-review':
        return this.#closeReview(step);
      case 'complete':
        return this.#complete(step.summary);
      case 'fail-attempt':
        journal.append({ type: 'task-failed', task: this.#id, reason: step.reason, final: false });
        return;
      case 'climb':
        return this.#climb(step.agent, { trigger: step.trigger, reason: step.reason });
      case 'ask':
        return this.#ask(step);
    }
  }

  /** Lets an agent work, and journals how it ended and what follows from that. */
  async #agent(step: Extract<Step, { do: 'work' | 'review' }>): Promise<void> {
    const { journal, runningAgents, limits } = this.#host;
    await this.#host.ready(this.#signal);
    if (this.#signal.aborted || !this.open) return;
    const guidance = await this.#host.guidance(this.#spec.writes);
    const over = await this.#host.handOver(this.#spec, step.do === 'review');
    if (this.#signal.aborted || !this.open) return;
    const job = this.#job(step, guidance, over);
    if (!job) return;
    const kind = step.do === 'review' ? 'review' : step.kind === 'fix' ? 'fix' : 'implement';
    const known = this.#task.rounds.some(r => r.agent === job.agent && r.round === step.round && r.kind === kind);
    if (job.limits.budget !== undefined) this.#host.limitAgent(job.agent, job.limits.budget);
    if (!known) journal.append({ type: 'round-started', task: this.#id, round: step.round, kind, agent: job.agent });
    const worker = step.do === 'review' ? this.#task.rounds.findLast(r => r.kind !== 'review')?.agent : undefined;
    const part = step.do === 'review' ? 'review' : 'work';
    const free = this.#routes.hasFree(job.route);
    const leave = step.do === 'review' ? undefined : await this.#host.quiet.enter(this.#id, this.#signal);
    const options = {
      limitMs: (this.#spec.timeoutMinutes ?? limits.agentMinutes) * 60_000,
      ...(worker !== undefined && { parent: worker }),
      why: job.worker === undefined ? this.#routes.choose(job.role, part).why : whyWorker(job.worker),
    };
    const outcome = await runningAgents.run(job, options).finally(leave);
    await this.#settle(job.agent, outcome, free);
  }

  async #settle(agent: string, { result, ending }: Outcome, free: boolean): Promise<void> {
    const { runningAgents, journal } = this.#host;
    if (result.outcome === 'finished') return runningAgents.ended(agent, 'completed', result.summary);
    if (ending?.by === 'session') return runningAgents.ended(agent, 'interrupted', ending.reason);
    if (ending?.by === 'user') {
      if (this.open) journal.append({ type: 'task-cancelled', task: this.#id, by: 'user', reason: ending.reason });
      runningAgents.ended(agent, 'aborted', ending.reason);
      return;
    }
    if (ending?.by === 'supervisor') return this.#replace(agent, ending.sign, 'replaced');
    if (result.outcome === 'aborted')
      return this.#replace(agent, { trigger: 'internal', reason: 'it stopped' }, 'failed');
    if (result.outcome === 'failed' && (await this.#postponed(agent, result, free))) return;
    const outage = result.outcome === 'failed' ? result.outage : undefined;
    this.#replace(agent, { trigger: result.reason, reason: result.message, ...(outage && { outage }) }, 'failed');
  }

  /** No money for the session, or all models at rest: nothing is wrong with the agent, it goes on later. */
  async #postponed(
    agent: string,
    result: Extract<AgentResult, { outcome: 'failed' }>,
    free: boolean,
  ): Promise<boolean> {
    const { runningAgents, clock, limits } = this.#host;
    const spent = this.#host.spent();
    if (result.reason === 'budget' && spent !== undefined && !(spent === 'local' && free)) {
      runningAgents.ended(agent, 'interrupted', result.message);
      return true;
    }
    if (result.reason !== 'exhausted' || result.retryAt === undefined) return false;
    const ms = result.retryAt - clock.now();
    if (ms > limits.restMs || this.#rests >= limits.rests) return false;
    this.#rests++;
    runningAgents.ended(agent, 'interrupted', result.message, result.outage);
    await sleep(clock, Math.max(0, ms), this.#signal);
    return true;
  }

  /** First the decision, then the end: a crash in between finds what was decided. */
  #replace(agent: string, sign: Sign, outcome: AgentOutcome): void {
    const rung = this.#rung(agent, sign.trigger);
    if (rung) this.#supervise(agent, rung, sign);
    else this.#fail(sign.reason, sign.outage);
    this.#host.runningAgents.ended(agent, outcome, sign.reason, sign.outage);
  }

  #climb(agent: string, { trigger, reason }: { trigger: Trigger | 'ended'; reason: string }): void {
    const sign: Sign = { trigger: trigger === 'ended' ? 'internal' : trigger, reason };
    const rung = this.#rung(agent, sign.trigger);
    if (rung) this.#supervise(agent, rung, sign);
    else this.#fail(reason, this.#outageOf(agent));
  }

  #outageOf(agent: string): Outage | undefined {
    return this.#host.journal.state.agents.get(agent)?.outage;
  }

  #rung(agent: string, trigger: Trigger) {
    const { journal, limits, orchestrator, present } = this.#host;
    const reviewing = this.#task.rounds.findLast(round => round.agent === agent)?.kind === 'review';
    const role = journal.state.agents.get(agent)?.role;
    const part = reviewing ? 'review' : 'work';
    return nextRung(rungsOf(journal.state, this.#task, part), trigger, {
      attempts: limits.attempts,
      otherProvider: this.#routes.othersLeft(this.#host.role(role ?? this.#spec.role), agent, part),
      orchestrator: role !== orchestrator && this.#host.role(orchestrator) !== undefined,
      person: present(),
    });
  }

  #supervise(agent: string, rung: NonNullable<ReturnType<typeof nextRung>>, { trigger, reason }: Sign): void {
    this.#host.journal.append({ type: 'supervision', agent, task: this.#id, rung, trigger, reason });
  }

  #fail(reason: string, outage?: Outage): void {
    const cause = outage && { outage };
    this.#host.journal.append({ type: 'task-failed', task: this.#id, reason, final: true, ...cause });
  }

  #job(step: Extract<Step, { do: 'work' | 'review' }>, guidance: string, over: HandedOver): AgentJob | undefined {
    const { journal, hashOf, limits } = this.#host;
    const { state } = journal;
    const task = this.#task;
    const review = step.do === 'review';
    // A role whose verdict others wait for judges the work before it, and does none itself.
    const gate = !review && isGate(state, this.#id);
    const escalated = review ? step.role === 'orchestrator' : isEscalated(state, task);
    const name = escalated
      ? this.#host.orchestrator
      : review
        ? (this.#spec.review?.role ?? 'reviewer')
        : this.#spec.role;
    const role = this.#host.role(name);
    const route = role && this.#routes.of(role, review ? 'review' : 'work');
    if (!role || !route || route.length === 0) {
      this.#fail(role ? `there is no model for the role "${name}"` : `there is no role "${name}"`);
      return undefined;
    }
    const part = review ? 'review' : 'work';
    const agent = step.agent ?? plannedAgent(state, this.#id, part, name) ?? this.#host.newAgent(name);
    const known = state.agents.get(agent);
    const worker = known ? known.worker : this.#worker(agent, role, review || escalated || gate);
    const { budgetUsd } = this.#spec;
    const goesOn = step.do === 'work' && step.goesOn === true;
    // An agent that was interrupted keeps the limit it began with, or was given since.
    const anew = step.agent === undefined || (goesOn && known?.status === 'completed');
    const budget =
      anew && budgetUsd !== undefined ? (known?.tally.cost ?? 0) + budgetLeft(state, task, budgetUsd) : undefined;
    return {
      agent,
      kind: review || gate ? 'review' : ((known && jobKindOf(state, task, agent)) ?? step.kind),
      role,
      task: this.#spec,
      attempt: task.attempt,
      route: worker === undefined ? this.#routes.affordable(known?.route ?? route) : [workerModel(worker)],
      brief: this.#host.brief(),
      prompt: [
        review
          ? reviewPrompt(task, step.round, state, hashOf, over)
          : workPrompt(step.kind, task, step.round, state, hashOf, over),
        ...(guidance === '' ? [] : [guidance]),
      ].join('\n\n'),
      images: over.handedIn.images,
      ...(goesOn && { followUp: notAccepted(task, step.round, state, hashOf) }),
      claims: review || gate ? [] : [...this.#spec.writes, ...(task.granted ?? [])],
      // An agent that goes on after a review has as many turns again.
      limits: {
        maxTurns: limits.maxTurns * (goesOn ? 1 + reviewsGiven(state, task) : 1),
        ...(budget !== undefined && { budget }),
      },
      ...(worker !== undefined && { worker }),
    };
  }

  /** The CLI agent that does the work, as long as none has failed at it here and it is work that one can do. */
  #worker(agent: string, { worker }: RoleSpec, others: boolean): string | undefined {
    if (worker === undefined || others || this.#host.spent() !== undefined) return undefined;
    const { journal } = this.#host;
    if (climbed(rungsOf(journal.state, this.#task, 'work')).includes('other-provider')) return undefined;
    const why = unfit(worker, this.#spec, name => this.#host.hasWorker(name));
    if (why === undefined) return worker;
    const text = `${agent} works with models instead of ${worker}: ${why}.`;
    journal.append({ type: 'notice', level: 'warning', code: 'worker-not-used', agent, text });
    return undefined;
  }

  /** The agent cannot mend a check that was refused; one that took too long it may well. */
  async #mendPlan({ round, kind, agent, faulty }: Extract<Step, { do: 'mend-plan' }>): Promise<void> {
    const { journal } = this.#host;
    const before = this.#task.task;
    await this.#host.mendPlan(this.#id, this.#signal);
    if (this.#signal.aborted || !this.open || this.#task.task !== before) return;
    const refused = faulty.find(({ fault }) => fault === 'refused');
    if (refused) {
      const why = (refused.output?.text ?? 'it was refused').replace(/[.\s]+$/, '');
      return this.#climb(agent, { trigger: 'check-refused', reason: `its check ${checkText(refused.check)}: ${why}` });
    }
    const failing = checksOf(this.#task, round).filter(({ ok }) => !ok).length;
    journal.append({ type: 'round-ended', task: this.#id, round, kind, openBlockers: failing });
  }

  #closeReview({ round, agent }: Extract<Step, { do: 'close-review' }>): void {
    const { journal } = this.#host;
    const earlier = [...journal.state.findings.values()].filter(
      finding =>
        finding.task === this.#id &&
        !finding.resolved &&
        finding.agent !== agent &&
        endsInSilence(journal.state, finding),
    );
    for (const { finding } of earlier) {
      journal.append({ type: 'finding-resolved', finding, by: agent, how: `not found again in round ${round}` });
    }
    const open = openBlockers(journal.state, this.#id, agent);
    journal.append({ type: 'round-ended', task: this.#id, round, kind: 'review', openBlockers: open });
  }

  #complete(summary: string): void {
    const { journal } = this.#host;
    for (const { issue, task, resolved } of [...journal.state.issues.values()]) {
      if (task === this.#id && !resolved)
        journal.append({ type: 'issue-resolved', issue, how: 'the task was completed' });
    }
    journal.append({ type: 'task-completed', task: this.#id, summary });
  }

  /** The last rung: a person decides. What they say beside is handed to the next attempt. */
  async #ask({ agent, reason }: Extract<Step, { do: 'ask' }>): Promise<void> {
    const { journal, attention, stop } = this.#host;
    const text = `"${this.#spec.title}" does not get done: ${reason.replace(/[.!?\s]+$/, '')}. What should happen with it?`;
    const answer = await attention.question({ agent, text, options: [RETRY, GIVE_UP, STOP] }, this.#signal);
    if (this.#signal.aborted) return;
    if (!answer.answered || answer.text === GIVE_UP) return this.#fail(reason, this.#outageOf(agent));
    if (answer.text === STOP) return stop(`the user stopped it: ${reason}`);
    if (answer.text !== RETRY) {
      journal.append({ type: 'decision-noted', by: 'user', text: answer.text, rationale: text, task: this.#id });
    }
    journal.append({ type: 'task-failed', task: this.#id, reason, final: false });
  }
}
