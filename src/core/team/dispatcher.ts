import type { JournalEvent } from '../../protocol/events.ts';
import type { Task } from '../../protocol/plan.ts';
import { type Consequences, TaskGraph } from '../plan/graph.ts';
import { resolveNeed } from '../plan/needs.ts';
import type { Clock, Disposable, Log } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import { hasEnded } from '../session/standing.ts';
import type { TaskStatus } from '../session/state.ts';
import { gateOf, gatesOf, gateVerdict, isHeld } from './gates.ts';
import { Phases } from './phases.ts';
import { isUnderRepair } from './repair.ts';
import { reviewOf } from './reviews.ts';
import { Scheduler, type SchedulerOptions } from './scheduler.ts';

export interface DispatcherHost {
  journal: Journal;
  clock: Clock;
  scheduler: SchedulerOptions;
  /** Takes a task to its end; returns early when the signal says so. */
  run(task: Task, signal: AbortSignal): Promise<void>;
  present(): boolean;
  /** Tasks that only a person can get any further, in another run. */
  left(): number;
  log?: Log;
}

const STARTED: ReadonlySet<TaskStatus> = new Set<TaskStatus>(['running', 'checking']);

/** All tasks of a session on their way: what ends frees what waits, without anybody looking around. */
export class Dispatcher implements Disposable {
  readonly #host: DispatcherHost;
  readonly #scheduler: Scheduler;
  readonly #phases: Phases;
  readonly #running = new Map<string, Promise<void>>();
  readonly #readyAt = new Map<string, number>();
  readonly #subscription: Disposable;
  readonly #signal: AbortSignal;
  /** Tasks whose changes others wait to see accepted. */
  #reviewed = new Set<string>();
  /** Tasks whose approval others wait for, and how often each may send work back. */
  #gates = new Map<string, number>();
  /** Tasks that are done, and hold what waits for them, since they have filed bugs. */
  readonly #held = new Set<string>();
  #graph = new TaskGraph();
  #drained = Promise.withResolvers<void>();
  #loaded = false;
  #loading = false;

  constructor(host: DispatcherHost, signal: AbortSignal) {
    this.#host = host;
    this.#signal = signal;
    this.#phases = new Phases(host.journal);
    this.#scheduler = new Scheduler(host.scheduler, task => this.#start(task));
    this.#subscription = host.journal.subscribe(event => this.#take(event));
    signal.addEventListener('abort', this.#settle, { once: true });
  }

  /** Takes the tasks as the state has them: at the beginning, after a resume, and when the plan was revised. */
  load(): void {
    const { state } = this.#host.journal;
    const pools = state.plan?.pools ?? {};
    const tasks = [...state.tasks.values()];
    this.#scheduler.withdrawAll();
    this.#scheduler.setPools(pools);
    this.#graph = new TaskGraph(pools);
    this.#reviewed = new Set();
    this.#gates = new Map();
    this.#phases.load();
    for (const { task, granted } of tasks) if (granted) this.#scheduler.grant(task.id, granted);
    this.#loaded = true;
    this.#loading = true;
    const free = new Set<string>();
    const skipped = new Map<string, string>();
    const gather = ({ ready, skipped: gone }: Consequences) => {
      for (const id of ready) free.add(id);
      for (const { task, reason } of gone) skipped.set(task, reason);
    };
    gather(this.#graph.add(tasks.map(({ task }) => task)));
    this.#note(tasks.map(({ task }) => task));
    const ended = tasks.filter(({ status }) => hasEnded(status));
    // What was skipped follows from the others; only where it does not is it taken as it is.
    this.#held.clear();
    for (const { task, status } of ended)
      if (status === 'completed' && gateOf(task.id) === task.id && isHeld(state, task.id)) this.#held.add(task.id);
      else if (status !== 'skipped') gather(this.#graph.end(task.id, status as 'failed'));
    for (const { task, status } of ended) if (status === 'skipped') gather(this.#graph.end(task.id, 'skipped'));
    for (const id of this.#reviewed) gather(this.#review(id));
    for (const id of this.#gates.keys()) gather(this.#judge(id));
    for (const [id, reason] of skipped) this.#skip(id, reason);
    // Work that had begun goes first: its agents and its half-written files wait.
    const open = tasks.filter(task => free.has(task.task.id) && !hasEnded(task.status) && !isUnderRepair(state, task));
    for (const { task } of open.filter(({ status }) => STARTED.has(status))) this.#ready(task);
    for (const { task } of open.filter(({ status }) => !STARTED.has(status))) this.#ready(task);
    this.#loading = false;
    this.#settle();
  }

  /** A task that was added while the session runs. */
  add(task: Task): void {
    this.#phases.added(task.phase);
    this.#note([task]);
    this.#follow(this.#graph.add([task]));
    this.#settle();
  }

  hold(): void {
    this.#scheduler.hold();
  }

  resume(): void {
    this.#scheduler.resume();
  }

  /** Resolves when nothing runs and nothing more can start, or when the signal has said so and all have let go. */
  async drained(): Promise<void> {
    this.#drained = Promise.withResolvers();
    this.#settle();
    await this.#drained.promise;
    await Promise.all(this.#running.values());
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#signal.removeEventListener('abort', this.#settle);
  }

  #task(id: string) {
    return this.#host.journal.state.tasks.get(id);
  }

  #ready(task: Task): void {
    if (this.#running.has(task.id)) return;
    const at = this.#readyAt.get(task.id) ?? this.#host.clock.monotonic();
    this.#readyAt.set(task.id, at);
    this.#scheduler.ready(task, at);
  }

  #start(task: Task): void {
    if (this.#signal.aborted) return;
    this.#readyAt.delete(task.id);
    this.#phases.started(task.phase);
    const run = this.#host
      .run(task, this.#signal)
      .catch((error: unknown) => this.#broken(task.id, error))
      .then(() => {
        this.#running.delete(task.id);
        this.#scheduler.ended(task.id);
        // A revision of the plan wants once more what was just being given up, say.
        this.#again(task.id);
        this.#settle();
      });
    this.#running.set(task.id, run);
  }

  /** What is pending though it has run is wanted once more, as soon as nobody mends what it has found. */
  #again(id: string): void {
    const task = this.#task(id);
    if (task?.status === 'pending' && !isUnderRepair(this.#host.journal.state, task)) this.#ready(task.task);
  }

  /** A fault of ours must not leave the others waiting for ever. */
  #broken(id: string, error: unknown): void {
    const { journal, log } = this.#host;
    // Who was told to stop may be torn out of anything.
    if (this.#signal.aborted) {
      log?.write('warn', `task ${id} broke off`, error);
      return;
    }
    log?.write('error', `task ${id} broke`, error);
    const status = this.#task(id)?.status;
    if (status === undefined || hasEnded(status)) return;
    const reason = `internal error: ${error instanceof Error ? error.message : String(error)}`;
    journal.append({ type: 'task-failed', task: id, reason, final: true });
  }

  #take(event: JournalEvent): void {
    if (!this.#loaded) return;
    switch (event.type) {
      case 'claim-granted':
        this.#scheduler.grant(event.task, [event.path]);
        break;
      case 'task-completed':
        if (gateOf(event.task) === event.task && isHeld(this.#host.journal.state, event.task)) {
          this.#held.add(event.task);
          break;
        }
        this.#end(event.task, 'completed');
        if (this.#reviewed.has(event.task)) this.#follow(this.#review(event.task));
        break;
      case 'task-failed':
        if (event.final) this.#end(event.task, 'failed');
        break;
      case 'task-skipped':
        this.#end(event.task, 'skipped');
        break;
      case 'task-cancelled':
        this.#end(event.task, 'cancelled');
        break;
      case 'review-outcome':
      case 'write-outcome':
        if (event.ok) for (const id of [...this.#reviewed]) this.#follow(this.#review(id));
        this.#settle();
    }
  }

  /** What was held goes on as soon as what was filed is mended and tried, or is given up. */
  #release(gate: string): void {
    if (!this.#held.has(gate) || isHeld(this.#host.journal.state, gate)) return;
    this.#held.delete(gate);
    this.#end(gate, 'completed');
  }

  #end(id: string, end: 'completed' | 'failed' | 'skipped' | 'cancelled'): void {
    if (!this.#running.has(id)) this.#scheduler.withdraw(id);
    this.#phases.ended(this.#task(id)?.task.phase);
    this.#follow(this.#graph.end(id, end));
    const repaired = this.#task(id)?.repairs?.task;
    if (repaired !== undefined) this.#again(repaired);
    this.#follow(this.#judge(gateOf(id)));
    if (gateOf(id) !== id) this.#release(gateOf(id));
    this.#settle();
  }

  #follow({ ready, skipped }: Consequences): void {
    for (const id of ready) {
      const task = this.#task(id)?.task;
      if (task) this.#ready(task);
    }
    for (const { task, reason } of skipped) this.#skip(task, reason);
  }

  #skip(id: string, reason: string): void {
    const status = this.#task(id)?.status;
    if (status !== undefined && !hasEnded(status)) {
      this.#host.journal.append({ type: 'task-skipped', task: id, reason });
    }
  }

  /** Remembers whose review is waited for. */
  #note(tasks: readonly Task[]): void {
    for (const need of tasks.flatMap(task => task.needs.map(resolveNeed))) {
      if (need.kind === 'task' && need.when === 'accepted') this.#reviewed.add(need.task);
    }
    for (const [gate, rounds] of gatesOf(tasks)) this.#gates.set(gate, rounds);
  }

  #review(id: string): Consequences {
    const { state } = this.#host.journal;
    const review = state.tasks.get(id)?.status === 'completed' ? reviewOf(state, id) : undefined;
    if (review === undefined) return { ready: [], skipped: [] };
    this.#reviewed.delete(id);
    return this.#graph.reviewed(id, review);
  }

  /** What a gate has said for good, whoever of those that judge for it said it last. */
  #judge(gate: string): Consequences {
    const rounds = this.#gates.get(gate);
    const verdict = rounds === undefined ? undefined : gateVerdict(this.#host.journal.state, gate, rounds);
    if (verdict === undefined) return { ready: [], skipped: [] };
    this.#gates.delete(gate);
    return this.#graph.judged(gate, verdict);
  }

  /** Looks whether all is done; what is left may only wait for somebody's review. */
  readonly #settle = (): void => {
    const idle = this.#loaded && !this.#loading && this.#running.size === 0 && this.#scheduler.waiting === 0;
    if (!this.#signal.aborted && !idle) return;
    const open = [...this.#host.journal.state.tasks.values()].filter(({ status }) => !hasEnded(status));
    if (this.#signal.aborted || open.length === 0 || this.#host.left() > 0) this.#drained.resolve();
    else if (!this.#host.present()) {
      for (const { task } of open) this.#skip(task.id, 'nobody is there to accept the changes it waits for');
    }
  };
}
