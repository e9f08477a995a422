import type { SessionOutcome, Who } from '../../protocol/events.ts';
import type { ModelRef } from '../../protocol/ids.ts';
import type { AgentTask, Plan, Task } from '../../protocol/plan.ts';
import type { RoleSpec } from '../agent/contract.ts';
import { workspaceBrief } from '../plan/brief.ts';
import { parsePlan } from '../plan/parse.ts';
import type { PlanContext } from '../plan/parts.ts';
import { type PlanProblem, problemText } from '../plan/problem.ts';
import { type PlanDiff, replan } from '../plan/replan.ts';
import type { Disposable } from '../ports.ts';
import { resume } from '../session/resume.ts';
import { type AgentTaskHost, runAgentTask } from './agent-task.ts';
import { type Answer, AttentionQueue } from './attention.ts';
import { Board } from './board.ts';
import { BudgetWatch } from './budget-watch.ts';
import type { CheckHost } from './checks.ts';
import { planCommandGate } from './command-gate.ts';
import { verdictOf } from './completion.ts';
import { Crew } from './crew.ts';
import { AgentNames } from './names.ts';
import type { SessionPorts, SessionSettings, SessionStart } from './options.ts';
import { type PlainTaskHost, runPlainTask } from './plain-task.ts';
import { agreeOnPlan, estimate, type PlanningHost, planAsk } from './planning.ts';
import { sessionBrief } from './prompt.ts';
import { type QueueItem, queueTask, targetOf } from './queue.ts';
import { fixTaskId } from './reviews.ts';
import { Supervisor } from './supervisor.ts';

export type Done = { ok: true } | { ok: false; message: string };
type End = { outcome: SessionOutcome; reason: string };

const ENDED: ReadonlySet<string> = new Set(['completed', 'failed', 'skipped', 'cancelled']);

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
  readonly #names: AgentNames;
  readonly #supervisor: Supervisor;
  readonly #crew: Crew;
  readonly #board: Board;
  readonly #disposables: Disposable[] = [];
  #workspace = '';
  #brief = '';
  #end: End | undefined;
  #executing = false;

  constructor(ports: SessionPorts, settings: SessionSettings, start: SessionStart) {
    this.#ports = ports;
    this.#settings = settings;
    this.#start = start;
    const { journal, clock } = ports;
    const { present, remember } = settings;
    this.#attention = new AttentionQueue({ journal, newId: ports.newId, present, ...(remember && { remember }) });
    this.#names = new AgentNames(journal.state);
    this.#supervisor = new Supervisor(journal, clock, settings.supervisor);
    this.#crew = new Crew({
      journal,
      clock,
      runner: ports.runner,
      attention: this.#attention,
      supervisor: this.#supervisor,
      resumePoint: agent => ports.resumePoint(agent),
    });
    this.#board = new Board(
      {
        journal,
        clock,
        present,
        scheduler: settings.scheduler,
        run: (task, signal) => this.#runTask(task, signal),
        ...(ports.log && { log: ports.log }),
      },
      this.#stop.signal,
    );
    const budget = new BudgetWatch({
      journal,
      freeModels: () => ports.routes.free(),
      goLocal: models => this.#goLocal(models),
      pause: reason => void this.pause('router', reason),
      stop: reason => this.#close({ outcome: 'budget-spent', reason }),
    });
    this.#disposables.push(this.#supervisor, this.#board, budget);
  }

  /** For agents' tools, which ask people too. */
  get attention(): AttentionQueue {
    return this.#attention;
  }

  /** Runs to the end of the session, or to where it was stopped. Never rejects. */
  async run(): Promise<End> {
    const { journal, log } = this.#ports;
    try {
      await this.#work();
    } catch (error) {
      log?.write('error', 'the session broke', error);
      const reason = `internal error: ${error instanceof Error ? error.message : String(error)}`;
      this.#close({ outcome: 'failed', reason });
      await this.#board.drained();
    }
    const end = this.#end ?? verdictOf(journal.state);
    this.#end = end;
    for (const disposable of this.#disposables) disposable.dispose();
    this.#tidy(end);
    journal.append({ type: 'session-ended', ...end });
    await journal.flush();
    return end;
  }

  async #work(): Promise<void> {
    const { journal, files } = this.#ports;
    const { signal } = this.#stop;
    await this.#open();
    this.#workspace = await workspaceBrief(files, signal).catch(() => '');
    const agreed = await agreeOnPlan(this.#planning(), signal);
    if (!agreed.ok) {
      const outcome = { refused: 'aborted', failed: 'failed', aborted: 'interrupted' } as const;
      this.#close({ outcome: outcome[agreed.reason], reason: agreed.message });
    }
    if (signal.aborted) return this.#board.drained();
    this.#brief = sessionBrief(journal.state.plan as Plan, this.#workspace);
    if (this.#start.kind === 'resume' && this.#start.retryFailed) this.#retryFailed();
    this.#executing = true;
    if (journal.state.status === 'paused') this.#hold();
    this.#board.load();
    for (const item of [...journal.state.queue.values()]) this.#takeFromQueue(item.item);
    await this.#board.drained();
    this.#executing = false;
  }

  async #open(): Promise<void> {
    const { journal } = this.#ports;
    if (this.#start.kind === 'new') {
      journal.append({ type: 'session-started', ...this.#start.event });
      return;
    }
    for (const { agent, status } of journal.state.agents.values())
      if (status === 'paused') this.#crew.keepPaused(agent);
    await resume(journal, this.#start.event);
    // What was paused for want of money goes on when there is money again.
    if (journal.state.pausedBy === 'router' && !journal.state.budget.spent) {
      journal.append({ type: 'session-unpaused', by: 'system' });
    }
  }

  /** Ends the session early; agents are told to end, and `run` resolves when they have. */
  #close(end: End): void {
    if (this.#end) return;
    this.#end = end;
    this.#crew.close({ by: 'session', reason: end.reason });
    this.#stop.abort();
  }

  #tidy({ outcome, reason }: End): void {
    const { journal } = this.#ports;
    if (outcome === 'interrupted' || outcome === 'budget-spent') return;
    for (const { agent, status } of [...journal.state.agents.values()]) {
      if (status === 'interrupted' && outcome === 'aborted') this.#crew.ended(agent, 'aborted', reason);
    }
    for (const { ask, agent } of [...journal.state.asks.values()]) {
      if (journal.state.asks.has(ask)) this.#attention.withdraw(agent, 'the session has ended');
    }
    if (outcome !== 'aborted') return;
    for (const [id, { status }] of [...journal.state.tasks]) {
      if (!ENDED.has(status)) journal.append({ type: 'task-cancelled', task: id, by: 'user', reason });
    }
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
    if (this.#end || journal.state.status === 'paused') return { ok: false, message: `it is ${journal.state.status}` };
    journal.append({ type: 'session-paused', by, reason });
    this.#hold();
    return { ok: true };
  }

  unpause(by: Who): Done {
    const { journal } = this.#ports;
    if (journal.state.status !== 'paused') return { ok: false, message: 'it is not paused' };
    const { spent } = journal.state.budget;
    if (spent?.action === 'pause')
      return { ok: false, message: `the budget (${spent.scope}) is spent; raise it first` };
    journal.append({ type: 'session-unpaused', by });
    this.#crew.unpauseAll();
    this.#board.resume();
    return { ok: true };
  }

  pauseAgent(agent: string, by: Who): Done {
    return this.#crew.pause(agent, by);
  }

  unpauseAgent(agent: string, by: Who): Done {
    return this.#crew.unpause(agent, by);
  }

  /** Ends one agent and cancels its task. */
  abortAgent(agent: string, reason: string): Done {
    return this.#crew.abort(agent, reason);
  }

  /** Gives a working agent other models, from its next turn on. */
  reassign(agent: string, route: ModelRef[], by: Who, reason: string): Done {
    return this.#crew.reassign(agent, route, by, reason);
  }

  nudge(agent: string, text: string): Done {
    return this.#crew.nudge(agent, text);
  }

  answer(ask: string, answer: Answer, by: Who): Done {
    const done = this.#attention.answer(ask, answer, by);
    return done.ok ? { ok: true } : { ok: false, message: done.message ?? '' };
  }

  /** Approves the proposed plan, as it is or as somebody has edited its text. */
  async approvePlan(by: Who, edited?: string): Promise<{ ok: true } | { ok: false; problems: PlanProblem[] }> {
    const { journal } = this.#ports;
    if (edited !== undefined) {
      const parsed = parsePlan(edited, this.#context());
      if (!parsed.ok) return { ok: false, problems: parsed.problems };
      if (JSON.stringify(parsed.plan) !== JSON.stringify(journal.state.plan)) {
        const planned = await estimate(parsed.plan, this.#planning());
        const revision = journal.state.planRevision + 1;
        journal.append({ type: 'plan-proposed', plan: parsed.plan, revision, source: 'user', estimate: planned });
      }
    }
    const ask = planAsk(journal);
    if (ask !== undefined) this.#attention.answer(ask, { decision: 'allow' }, by);
    return { ok: true };
  }

  /** Refuses the proposed plan: with a reason another one is made, without the session ends. */
  refusePlan(by: Who, reason?: string): Done {
    const ask = planAsk(this.#ports.journal);
    if (ask === undefined) return { ok: false, message: 'no plan waits for approval' };
    return this.answer(ask, { decision: 'deny', text: reason }, by);
  }

  /** Puts a changed plan in force; finished work stays, tasks left out are stopped. */
  async revise(
    value: unknown,
    source: 'user' | 'replan',
  ): Promise<{ ok: true; diff: PlanDiff } | { ok: false; problems: PlanProblem[] }> {
    const { journal } = this.#ports;
    const { checked, diff } = replan(journal.state, value, this.#context());
    const attempt = journal.state.planRevision + 1;
    if (!checked.ok) {
      const errors = checked.problems
        .filter(({ severity }) => severity === 'error')
        .map(problem => problemText(problem));
      journal.append({ type: 'plan-refused', errors, attempt, source });
      return { ok: false, problems: checked.problems };
    }
    const planned = await estimate(checked.plan, this.#planning());
    this.#enforce(checked.plan, source, planned, diff.dropped);
    return { ok: true, diff };
  }

  #enforce(
    plan: Plan,
    source: 'user' | 'replan',
    planned: Awaited<ReturnType<typeof estimate>> | undefined,
    dropped: string[],
  ): void {
    const { journal } = this.#ports;
    const revision = journal.state.planRevision + 1;
    journal.append({ type: 'plan-proposed', plan, revision, source, ...(planned && { estimate: planned }) });
    journal.append({ type: 'plan-approved', revision, by: source === 'user' ? 'user' : 'orchestrator' });
    for (const id of dropped) {
      const task = journal.state.tasks.get(id);
      if (!task || ENDED.has(task.status)) continue;
      journal.append({ type: 'task-cancelled', task: id, by: 'user', reason: 'left out of the new plan' });
      for (const agent of task.agents) this.#crew.abort(agent, 'left out of the new plan');
    }
    this.#brief = sessionBrief(plan, this.#workspace);
    if (this.#executing) this.#board.load();
  }

  /** The plan in force once more: what failed or was skipped gets another try. */
  #retryFailed(): void {
    const { state } = this.#ports.journal;
    if (!state.plan || ![...state.tasks.values()].some(({ status }) => status === 'failed' || status === 'skipped'))
      return;
    const planned = new Set(state.plan.tasks.map(task => task.id));
    const added = [...state.tasks.values()].filter(({ task }) => !planned.has(task.id)).map(({ task }) => task);
    this.#enforce({ ...state.plan, tasks: [...state.plan.tasks, ...added] }, 'user', state.estimate, []);
  }

  /** Adds work. It becomes a task as soon as the plan is approved. */
  addToQueue(item: QueueItem, by: Who, id = this.#ports.newId('item')): Done {
    const { journal } = this.#ports;
    if (this.#end) return { ok: false, message: 'the session is ending' };
    if (journal.state.queue.has(id)) return { ok: true };
    if (item.text.trim() === '') return { ok: false, message: 'there is nothing to do in it' };
    const target = this.#target(item.target);
    if (!target.ok) return target;
    const { text, priority } = item;
    journal.append({
      type: 'queue-added',
      item: id,
      text,
      ...(item.target !== undefined && { target: item.target }),
      priority,
      by,
    });
    this.#takeFromQueue(id);
    return { ok: true };
  }

  /** Takes work back that has not started. */
  removeFromQueue(item: string, by: Who): Done {
    const { journal } = this.#ports;
    if (!journal.state.queue.has(item)) return { ok: false, message: `there is no "${item}" in the queue` };
    journal.append({ type: 'queue-removed', item, by });
    return { ok: true };
  }

  /** Somebody rejected an agent's changes and said why: they go back as a task of their own. */
  mend(path: string, reason: string, by: Who): Done {
    const { journal } = this.#ports;
    const id = journal.state.files.get(path)?.tasks.at(-1);
    const task = id === undefined ? undefined : journal.state.tasks.get(id)?.task;
    if (!this.#executing || task?.kind !== 'agent') return { ok: false, message: 'nobody at work has written it' };
    const fix: AgentTask = {
      ...task,
      id: fixTaskId(journal.state, task.id),
      title: `Mend ${path}`,
      needs: [],
      priority: 'high',
      publishes: [],
      instructions: `Your change to ${path} was rejected and taken out of the file again. The reason:\n${reason}\n\nDo that part of the task once more so that it can be accepted. The task was:\n${task.instructions}`,
    };
    this.#add(fix, by, `changes to ${path} were rejected`);
    return { ok: true };
  }

  #takeFromQueue(id: string): void {
    const { journal } = this.#ports;
    const item = journal.state.queue.get(id);
    if (!this.#executing || !item) return;
    const target = this.#target(item.target);
    const task = queueTask(item, target.ok ? target : { ok: true, role: this.#settings.defaultRole });
    const known = journal.state.tasks.has(task.id);
    if (!known) journal.append({ type: 'task-added', task, by: item.by, reason: 'queued' });
    journal.append({ type: 'queue-taken', item: id, task: task.id });
    if (!known) this.#board.add(task);
  }

  #add(task: Task, by: Who, reason: string): void {
    this.#ports.journal.append({ type: 'task-added', task, by, reason });
    this.#board.add(task);
  }

  #target(target: string | undefined) {
    const { roles, defaultRole } = this.#settings;
    return targetOf(target, this.#ports.journal.state.plan, roles, defaultRole);
  }

  #hold(): void {
    this.#board.hold();
    this.#crew.pauseAll();
  }

  #goLocal(models: ModelRef[]): void {
    const { state } = this.#ports.journal;
    for (const agent of this.#crew.agents) {
      const route = [...new Set([...(state.agents.get(agent)?.route ?? []), ...models])];
      this.#crew.reassign(agent, route, 'router', 'the budget is spent: on with models that cost nothing');
    }
  }

  #runTask(task: Task, signal: AbortSignal): Promise<void> {
    return task.kind === 'agent'
      ? runAgentTask(task.id, this.#agentTaskHost(), signal)
      : runPlainTask(task.id, this.#plainTaskHost(), signal);
  }

  #role(name: string): RoleSpec | undefined {
    return this.#settings.roles.find(role => role.name === name);
  }

  #context(): PlanContext {
    const { roles, budgetUsd } = this.#settings;
    return { roles: roles.map(role => role.name), ...(budgetUsd !== undefined && { budgetUsd }) };
  }

  #planning(): PlanningHost {
    const { journal, router, routes, price } = this.#ports;
    const { roles, scheduler, approvePlan, present } = this.#settings;
    return {
      journal,
      router,
      routes,
      price,
      roles,
      present,
      attention: this.#attention,
      orchestrator: this.#role(this.#settings.orchestrator),
      workspace: this.#workspace,
      maxAgents: scheduler.maxAgents,
      context: this.#context(),
      newAgent: role => this.#names.next(role),
      ask: approvePlan,
    };
  }

  #checkHost(): CheckHost {
    const { journal, files, processes, clock, newId, judge } = this.#ports;
    const approvedByPerson = () => this.#settings.approvePlan;
    const gate = planCommandGate(journal, judge, this.#attention, approvedByPerson);
    return { journal, files, processes, clock, newId, gate, commandSeconds: this.#settings.commandSeconds };
  }

  #plainTaskHost(): PlainTaskHost {
    const { approveAll, present } = this.#settings;
    const { journal } = this.#ports;
    return { journal, approveAll, present, attention: this.#attention, checks: this.#checkHost() };
  }

  #agentTaskHost(): AgentTaskHost {
    const { journal, clock, hashOf, routes } = this.#ports;
    const { limits, orchestrator, present } = this.#settings;
    return {
      journal,
      clock,
      hashOf,
      routes,
      limits,
      orchestrator,
      present,
      crew: this.#crew,
      attention: this.#attention,
      checks: this.#checkHost(),
      role: name => this.#role(name),
      brief: () => this.#brief,
      newAgent: role => this.#names.next(role),
      ready: signal => this.#ready(signal),
      stop: reason => this.abort(reason),
    };
  }

  /** Resolves when there is neither a pause nor an empty purse. */
  #ready(signal: AbortSignal): Promise<void> {
    const { journal } = this.#ports;
    const { state } = journal;
    const free = () => state.status !== 'paused' && state.budget.spent?.action !== 'pause';
    return new Promise(resolve => {
      if (signal.aborted || free()) return resolve();
      const finish = () => {
        subscription.dispose();
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const subscription = journal.subscribe(event => {
        if ((event.type === 'session-unpaused' || event.type === 'budget-changed') && free()) finish();
      });
      signal.addEventListener('abort', finish);
    });
  }
}
