import type { Who } from '../../protocol/events.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import type { Plan, Task } from '../../protocol/plan.ts';
import { workspaceBrief } from '../agent/brief.ts';
import type { TaskProver } from '../agent/contract.ts';
import type { BranchWork } from '../delivery/branch-work.ts';
import type { Disposable } from '../ports.ts';
import { LEAD } from '../session/lead.ts';
import { resume } from '../session/resume.ts';
import { isCutOff } from '../session/standing.ts';
import { type Answer, AttentionQueue } from './attention.ts';
import { BindingDecisions } from './binding.ts';
import { BudgetWatch, spentForAll } from './budget-watch.ts';
import { listed } from './completion.ts';
import { Dispatcher } from './dispatcher.ts';
import type { Done } from './done.ts';
import { type End, tidyUp, unkept } from './ending.ts';
import { GateKeeper } from './gate-keeper.ts';
import { leadHost, planningHost, proveHost, rosterHost, type Team } from './hosts.ts';
import { Intake } from './intake.ts';
import { Lead } from './lead/lead.ts';
import { AgentNames } from './names.ts';
import type { MoreWork, SessionPorts, SessionSettings, SessionStart } from './options.ts';
import { PlanChanges } from './plan-changes.ts';
import { agreeOnPlan } from './planning.ts';
import { sessionBrief } from './prompt.ts';
import { taskProver } from './prove-work.ts';
import type { QueueItem } from './queue.ts';
import { Quiet } from './quiet.ts';
import { type Retried, type RetryScope, retry } from './retry.ts';
import { planRoster } from './roster.ts';
import { RunningAgents } from './running-agents.ts';
import { Supervisor } from './supervisor.ts';
import { runTask } from './task-runs.ts';
import { verdictOf } from './verdict.ts';

const leftText = (tasks: readonly string[]): string =>
  `nobody is there to say whether ${tasks.length === 1 ? 'the command' : 'the commands'} of ${listed(tasks)}, cut off before, may run again`;

const MORE_PRIORITY = 5;

/**
 * One run of a team on one goal: plans, has the plan approved, lets the tasks run, and ends when the checklist has been
 * gone through. What it knows stands in the journal, so that the next run goes on where this one was cut off.
 */
export class Session {
  readonly #ports: SessionPorts;
  readonly #settings: SessionSettings;
  readonly #start: SessionStart;
  readonly #stop = new AbortController();
  readonly #attention: AttentionQueue;
  readonly #team: Team;
  /** The plan as it was agreed on and as it changes. */
  readonly plans: PlanChanges;
  readonly #supervisor: Supervisor;
  readonly #runningAgents: RunningAgents;
  readonly #dispatcher: Dispatcher;
  readonly #intake: Intake;
  readonly #gates: GateKeeper;
  readonly #lead: Lead;
  readonly #disposables: Disposable[] = [];
  #workspace = '';
  #brief = '';
  #end: End | undefined;
  /** Tasks that wait for a person, while none is there. */
  readonly #left: string[] = [];
  #executing = false;

  constructor(ports: SessionPorts, settings: SessionSettings, start: SessionStart) {
    this.#ports = ports;
    this.#settings = settings;
    this.#start = start;
    const { journal, clock } = ports;
    const { present, remember } = settings;
    this.#attention = new AttentionQueue({ journal, newId: ports.newId, present, ...(remember && { remember }) });
    this.#supervisor = new Supervisor(journal, clock, settings.supervisor);
    this.#runningAgents = new RunningAgents({
      journal,
      clock,
      runner: ports.runner({
        attention: this.#attention,
        revise: (...of) => this.plans.reviseFor(...of),
        prove: this.#prove,
      }),
      attention: this.#attention,
      supervisor: this.#supervisor,
      resumePoint: agent => ports.resumePoint(agent),
    });
    this.#dispatcher = new Dispatcher(
      {
        journal,
        clock,
        present,
        scheduler: settings.scheduler,
        left: () => this.#left.length,
        run: (task, signal) => runTask(task, this.#team, signal),
        ...(ports.log && { log: ports.log }),
      },
      this.#stop.signal,
    );
    const budget = new BudgetWatch({
      journal,
      present,
      freeModels: () => ports.routes.free(),
      goLocal: models => this.#goLocal(models),
      pause: reason => void this.pause('router', reason),
      stop: reason => this.#close({ outcome: 'budget-spent', reason }),
    });
    this.#team = {
      ports,
      settings,
      attention: this.#attention,
      runningAgents: this.#runningAgents,
      names: new AgentNames(journal.state),
      quiet: new Quiet(),
      brief: () => this.#brief,
      workspace: () => this.#workspace,
      abort: reason => this.abort(reason),
      leave: task => void this.#left.push(task),
      add: task => this.#add(task),
      mendPlan: task => this.#lead.mend(task),
    };
    this.plans = new PlanChanges(this.#team, plan => {
      this.#brief = sessionBrief(plan, this.#workspace);
      if (this.#executing) this.#load();
    });
    const { newId } = ports;
    const { roles, defaultRole } = settings;
    this.#intake = new Intake({ journal, newId, roles, defaultRole, add: task => this.#add(task) });
    this.#gates = new GateKeeper(journal, task => this.#add(task));
    const binding = new BindingDecisions(journal, this.#runningAgents, ports.hashOf);
    const acts = {
      reload: () => this.#load(),
      retry: (task: string) => this.#retry({ task }, 'orchestrator'),
      revise: (value: unknown, signal: AbortSignal) => this.plans.reviseFor(LEAD, value, signal),
      agree: (what: string, signal: AbortSignal) => this.plans.agreed(LEAD, what, signal),
    };
    this.#lead = new Lead(leadHost(this.#team, acts), this.#stop.signal);
    this.#disposables.push(binding, this.#supervisor, this.#dispatcher, this.#intake, this.#gates, this.#lead, budget);
  }

  /** Absent where it works in the workspace itself. */
  get branch(): BranchWork | undefined {
    return this.#ports.branch;
  }

  /** What agents ask people through. */
  get attention(): AttentionQueue {
    return this.#attention;
  }

  /** Runs to the end of the session, or to where it was stopped. Never rejects. */
  async run(): Promise<End> {
    const { journal, log } = this.#ports;
    try {
      await this.#work();
    } catch (error) {
      log?.write(this.#stop.signal.aborted ? 'warn' : 'error', 'the session broke', error);
      const reason = `internal error: ${error instanceof Error ? error.message : String(error)}`;
      this.#close({ outcome: 'failed', reason });
      await this.#dispatcher.drained();
    }
    // Nothing is called done that is not kept.
    const lost = await unkept(journal);
    const end = lost ?? this.#end ?? verdictOf(journal.state);
    this.#end = end;
    for (const disposable of this.#disposables) disposable.dispose();
    tidyUp(end, journal, this.#runningAgents, this.#attention);
    journal.append({ type: 'session-ended', ...end });
    if (lost) return lost;
    const late = await unkept(journal);
    if (late) journal.append({ type: 'session-ended', ...late });
    return late ?? end;
  }

  async #work(): Promise<void> {
    const { journal, files, texts, clock } = this.#ports;
    const { signal } = this.#stop;
    await this.#open();
    const { notice: text } = this.#settings;
    if (text !== undefined) journal.append({ type: 'notice', level: 'warning', code: 'not-held', text });
    const surroundings = await this.#ports.surroundings?.().catch(() => undefined);
    const times = this.#ports.commandTimes?.();
    const day = new Date(clock.now()).toISOString().slice(0, 10);
    this.#workspace = await workspaceBrief({ files, texts, surroundings, times, day }, signal).catch(() => '');
    const agreed = await agreeOnPlan(planningHost(this.#team), signal);
    if (!agreed.ok) {
      const outcome = { refused: 'aborted', failed: 'failed', aborted: 'interrupted' } as const;
      this.#close({ outcome: outcome[agreed.reason], reason: agreed.message });
    }
    if (spentForAll(this.#ports.journal.state) === 'pause' && !this.#settings.present()) {
      this.#close({ outcome: 'budget-spent', reason: 'the budget is spent, and nobody is there to add to it' });
    }
    if (signal.aborted) return this.#dispatcher.drained();
    this.#brief = sessionBrief(journal.state.plan as Plan, this.#workspace);
    if (this.#start.kind === 'resume') {
      // Whoever did not answer then may answer now.
      retry(journal, 'outages', 'system');
      if (this.#start.retry) retry(journal, this.#start.retry, 'user');
    }
    this.#gates.settle();
    this.#executing = true;
    if (journal.state.status === 'paused') this.#hold();
    this.#load();
    this.#intake.start();
    if (this.#start.kind === 'resume') this.#takeMore(this.#start.more ?? []);
    this.#lead.start();
    do await this.#dispatcher.drained();
    while (
      // Where something waits for a person in another run, no lead gets any further.
      this.#left.length === 0 &&
      (await this.#lead.settle())
    );
    this.#intake.stop();
    this.#executing = false;
    const [left] = this.#left;
    if (left !== undefined) this.#close({ outcome: 'interrupted', reason: leftText(this.#left) });
  }

  #takeMore(more: readonly MoreWork[]): void {
    for (const item of more) {
      const done =
        'path' in item
          ? this.#intake.mend(item.path, item.reason, 'user')
          : this.#intake.add({ ...item, priority: MORE_PRIORITY }, 'user');
      if (done.ok) continue;
      const text = `Nobody takes "${'path' in item ? item.path : item.text}": ${done.message}`;
      this.#ports.journal.append({ type: 'notice', level: 'warning', code: 'not-taken', text });
    }
  }

  async #open(): Promise<void> {
    const { journal } = this.#ports;
    if (this.#start.kind === 'new') {
      journal.append({ type: 'session-started', ...this.#start.event });
      return;
    }
    for (const { agent, status } of journal.state.agents.values())
      if (status === 'paused') this.#runningAgents.keepPaused(agent);
    const { event, limit } = this.#start;
    await resume(journal, event);
    if (limit !== undefined)
      journal.append({ type: 'budget-changed', scope: 'session', key: journal.state.session, limit, by: 'user' });
    // What was paused for want of money goes on when there is money again.
    if (journal.state.pausedBy === 'router' && spentForAll(this.#ports.journal.state) === undefined) {
      journal.append({ type: 'session-unpaused', by: 'system' });
    }
  }

  /** Ends the session early; agents are told to end, and `run` resolves when they have. */
  #close(end: End): void {
    if (this.#end) return;
    this.#end = end;
    this.#runningAgents.close({ by: 'session', reason: end.reason });
    this.#stop.abort();
  }

  /** Stops cleanly; the session can be resumed. */
  stop(reason: string): void {
    this.#close({ outcome: 'interrupted', reason });
  }

  /** Ends it for good. */
  abort(reason: string): void {
    this.#close({ outcome: 'aborted', reason });
  }

  pause(by: Who, reason: string): Done {
    const { journal } = this.#ports;
    const { status, pausedBy } = journal.state;
    // A person's pause outlasts the want of money.
    const paused = status === 'paused' && (by !== 'user' || pausedBy === 'user');
    if (this.#end || paused) return { ok: false, message: this.#end ? 'it is over' : 'it is paused already' };
    journal.append({ type: 'session-paused', by, reason });
    this.#hold();
    return { ok: true };
  }

  unpause(by: Who): Done {
    const { journal } = this.#ports;
    if (journal.state.status !== 'paused') return { ok: false, message: 'it is not paused' };
    if (spentForAll(this.#ports.journal.state) === 'pause')
      return { ok: false, message: 'the budget is spent; raise it first' };
    journal.append({ type: 'session-unpaused', by });
    this.#runningAgents.unpauseAll();
    this.#dispatcher.resume();
    return { ok: true };
  }

  /** With nothing left to spend, on with models that cost nothing. */
  goLocal(by: Who): Done {
    const { journal, routes } = this.#ports;
    const { spent } = journal.state.budget;
    if (this.#end || !spent || !spentForAll(journal.state)) return { ok: false, message: 'the budget is not spent' };
    if (routes.free().length === 0) return { ok: false, message: 'no model is free of charge' };
    const { scope, key, limit, next } = spent;
    journal.append({ type: 'budget-spent', scope, key, action: 'local', spent: spent.spent, limit, next, free: true });
    return journal.state.status === 'paused' ? this.unpause(by) : { ok: true };
  }

  pauseAgent(agent: string, by: Who): Done {
    return this.#runningAgents.pause(agent, by);
  }

  unpauseAgent(agent: string, by: Who): Done {
    return this.#runningAgents.unpause(agent, by);
  }

  /** Ends one agent and cancels its task. */
  abortAgent(agent: string, reason: string): Done {
    return this.#runningAgents.abort(agent, reason);
  }

  /** Gives a working agent other models, from its next turn on. */
  reassign(agent: string, route: ModelRef[], by: Who, reason: string): Done {
    return this.#runningAgents.reassign(agent, route, by, reason);
  }

  nudge(agent: string, text: string): Done {
    return this.#runningAgents.nudge(agent, text);
  }

  answer(ask: string, answer: Answer, by: Who): Done {
    const done = this.#attention.answer(ask, answer, by);
    return done.ok ? { ok: true } : { ok: false, message: done.message ?? '' };
  }

  /** Adds work. It becomes a task as soon as the plan is approved. */
  addToQueue(item: QueueItem, by: Who, id?: string): Done {
    return this.#end ? { ok: false, message: 'the session is over' } : this.#intake.add(item, by, id);
  }

  /** Takes work back that has not started. */
  removeFromQueue(item: string, by: Who): Done {
    return this.#intake.remove(item, by);
  }

  /** Tries again what did not get done. */
  retry(scope: RetryScope, by: Who): Retried {
    if (this.#end || !this.#executing) return { ok: false, message: 'nothing of it has begun, or it is over' };
    const { state } = this.#ports.journal;
    const held = typeof scope === 'object' ? state.tasks.get(scope.task) : undefined;
    if (held && isCutOff(held))
      return { ok: false, message: `task ${held.task.id} asks that itself: answer its question` };
    return this.#retry(scope, by);
  }

  #retry(scope: RetryScope, by: Who): Retried {
    const retried = retry(this.#ports.journal, scope, by);
    if (retried.ok && retried.tasks.length > 0) this.#dispatcher.load();
    return retried;
  }

  /** Changes to a file were rejected outside of this session's journal, or before it was resumed: they go back. */
  mend(path: string, reason: string, by: Who): Done {
    return this.#intake.mend(path, reason, by);
  }

  readonly #prove: TaskProver = async (of, signal) => {
    const held = this.#supervisor.hold(of.agent);
    try {
      return await taskProver(proveHost(this.#team))(of, signal);
    } finally {
      held.dispose();
    }
  };

  /** Who does what is decided before anybody begins. */
  #load(): void {
    planRoster(
      rosterHost(this.#team),
      [...this.#ports.journal.state.tasks.values()].map(({ task }) => task),
    );
    this.#dispatcher.load();
  }

  #add(task: Task): void {
    planRoster(rosterHost(this.#team), [task]);
    this.#dispatcher.add(task);
  }

  #hold(): void {
    this.#dispatcher.hold();
    this.#runningAgents.pauseAll();
  }

  #goLocal(models: ModelRef[]): void {
    const { state } = this.#ports.journal;
    for (const agent of this.#runningAgents.agents) {
      const route = [...new Set([...(state.agents.get(agent)?.route ?? []), ...models])];
      this.#runningAgents.reassign(agent, route, 'router', 'the budget is spent: on with models that cost nothing');
    }
  }
}
