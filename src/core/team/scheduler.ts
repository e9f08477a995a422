import type { Plan, Priority, Task } from '../../protocol/plan.ts';
import { ClaimIndex } from '../plan/claim-index.ts';
import { poolOf } from '../plan/needs.ts';
import type { TaskKind } from '../plan/task-kind.ts';
import { kindOf } from '../plan/task-kinds.ts';
import { Heap } from './heap.ts';

export interface SchedulerOptions {
  /** Agents at work at once, over all pools. */
  maxAgents: number;
  /** Commands and checks at once that are tasks of their own. */
  maxCommands: number;
  /** Waiting so long is worth one step of priority. */
  agingMs: number;
}

interface Entry {
  task: Task;
  queue: SlotQueue;
  /** Who comes first. Never changes: see `rankOf`. */
  rank: number;
  order: number;
  gone: boolean;
  /** Its claims are in the index: it runs, or was kept waiting once and keeps its place. */
  claiming: boolean;
}

interface SlotQueue {
  waiting: Heap<Entry>;
  slots: number;
  used: number;
  agents: boolean;
}

const LEVELS = { high: 8, medium: 5, low: 2 } as const;

/** Priority as a number: 10 is the most urgent. */
export const levelOf = (priority: Priority): number => (typeof priority === 'number' ? priority : LEVELS[priority]);

const earlier = (a: Entry, b: Entry) => a.rank < b.rank || (a.rank === b.rank && a.order < b.order);

/**
 * Starts ready tasks the moment there is a slot, the most urgent first. All who wait grow more urgent at the same pace,
 * so their order is fixed when they arrive, and whoever waits is at some time ahead of all newcomers. Two tasks whose write
 * claims meet never run together; who is kept waiting by a claim keeps their place before later ones with a like claim.
 * There are no timers: everything follows from `ready` and `ended`.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #start: (task: Task) => void;
  readonly #queues = new Map<string, SlotQueue>();
  readonly #running = new Map<string, Entry>();
  readonly #waiting = new Map<string, Entry>();
  /** Claims of tasks that run or were kept waiting by a claim. */
  readonly #claims = new ClaimIndex();
  /** Who waits for whose claim. */
  readonly #behind = new Map<string, Entry[]>();
  /** Files that tasks were given beyond their plan. */
  readonly #granted = new Map<string, string[]>();
  #pools: Plan['pools'] = {};
  #agents = 0;
  #order = 0;
  #held = false;
  #starting = false;

  constructor(options: SchedulerOptions, start: (task: Task) => void) {
    this.#options = options;
    this.#start = start;
  }

  /** The pools of the plan in force. To be called while no agent task waits. */
  setPools(pools: Plan['pools']): void {
    this.#pools = pools;
    for (const [name, queue] of this.#queues) {
      if (name.startsWith('pool ')) queue.slots = this.#slots('agent', name.slice('pool '.length));
    }
  }

  /** A task whose needs are met. `at` says since when it waits. */
  ready(task: Task, at: number): void {
    if (this.#waiting.has(task.id) || this.#running.has(task.id)) return;
    const queue = this.#queueOf(task);
    const rank = at - levelOf(task.priority) * this.#options.agingMs;
    const entry: Entry = { task, queue, rank, order: this.#order++, gone: false, claiming: false };
    this.#waiting.set(task.id, entry);
    queue.waiting.push(entry);
    this.#dispatch();
  }

  /** A task may write these files too: whoever claims them does not start before it has ended. */
  grant(id: string, paths: readonly string[]): void {
    const known = this.#granted.get(id) ?? [];
    const fresh = paths.filter(path => !known.includes(path));
    this.#granted.set(id, [...known, ...fresh]);
    if ((this.#running.get(id) ?? this.#waiting.get(id))?.claiming) this.#claims.add(id, fresh);
  }

  /** A task that ran has ended: its slot and its claims are free. */
  ended(id: string): void {
    const entry = this.#running.get(id);
    if (!entry) return;
    this.#running.delete(id);
    entry.queue.used--;
    if (entry.queue.agents) this.#agents--;
    this.#release(id);
    this.#dispatch();
  }

  /** A waiting task that shall not start after all. */
  withdraw(id: string): void {
    const entry = this.#waiting.get(id);
    if (!entry) return;
    entry.gone = true;
    this.#waiting.delete(id);
    this.#release(id);
    this.#dispatch();
  }

  /** Forgets all that wait. */
  withdrawAll(): void {
    const waiting = [...this.#waiting.values()];
    for (const entry of waiting) entry.gone = true;
    this.#waiting.clear();
    for (const entry of waiting) this.#release(entry.task.id);
    this.#dispatch();
  }

  /** Starts nothing until `resume`. */
  hold(): void {
    this.#held = true;
  }

  resume(): void {
    this.#held = false;
    this.#dispatch();
  }

  get running(): number {
    return this.#running.size;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  #queueOf(task: Task): SlotQueue {
    const pool = poolOf(task, this.#pools);
    const { slot } = kindOf(task);
    const name = pool === undefined ? `kind ${task.kind}` : `pool ${pool}`;
    const known = this.#queues.get(name);
    if (known) return known;
    const slots = this.#slots(slot, pool);
    const queue: SlotQueue = { waiting: new Heap(earlier), slots, used: 0, agents: slot === 'agent' };
    this.#queues.set(name, queue);
    return queue;
  }

  #slots(slot: TaskKind['slot'], pool: string | undefined): number {
    if (pool !== undefined) return this.#pools[pool]?.slots ?? Number.POSITIVE_INFINITY;
    return slot === 'command' ? this.#options.maxCommands : Number.POSITIVE_INFINITY;
  }

  /** The most urgent task that has a slot, over all queues. */
  #next(): Entry | undefined {
    let next: Entry | undefined;
    for (const queue of this.#queues.values()) {
      while (queue.waiting.peek()?.gone) queue.waiting.pop();
      const head = queue.waiting.peek();
      if (!head || queue.used >= queue.slots) continue;
      if (queue.agents && this.#agents >= this.#options.maxAgents) continue;
      if (!next || earlier(head, next)) next = head;
    }
    next?.queue.waiting.pop();
    return next;
  }

  #dispatch(): void {
    // `start` may call back at once; the loop that is under way sees what that changed.
    if (this.#starting) return;
    this.#starting = true;
    try {
      for (let entry = this.#held ? undefined : this.#next(); entry; entry = this.#held ? undefined : this.#next()) {
        const blocker = this.#blocker(entry);
        if (blocker !== undefined) this.#park(entry, blocker);
        else this.#run(entry);
      }
    } finally {
      this.#starting = false;
    }
  }

  /** Who must end first: one that runs, or one that was kept waiting and comes before. */
  #blocker(entry: Entry): string | undefined {
    for (const { owner } of this.#claims.conflicts(this.#claimsOf(entry.task))) {
      if (owner === entry.task.id) continue;
      if (this.#running.has(owner)) return owner;
      const other = this.#waiting.get(owner);
      if (other && earlier(other, entry)) return owner;
    }
    return undefined;
  }

  #park(entry: Entry, blocker: string): void {
    this.#claim(entry);
    const behind = this.#behind.get(blocker);
    if (behind) behind.push(entry);
    else this.#behind.set(blocker, [entry]);
  }

  #run(entry: Entry): void {
    const { task, queue } = entry;
    this.#waiting.delete(task.id);
    this.#running.set(task.id, entry);
    this.#claim(entry);
    queue.used++;
    if (queue.agents) this.#agents++;
    this.#start(task);
  }

  #claim(entry: Entry): void {
    if (entry.claiming) return;
    entry.claiming = true;
    this.#claims.add(entry.task.id, this.#claimsOf(entry.task));
  }

  #claimsOf(task: Task): string[] {
    return [...kindOf(task).writes(task), ...(this.#granted.get(task.id) ?? [])];
  }

  /** Gives a task's claims free and lets those who waited for them try again. */
  #release(id: string): void {
    this.#claims.remove(id);
    const behind = this.#behind.get(id) ?? [];
    this.#behind.delete(id);
    for (const entry of behind) {
      if (!entry.gone) entry.queue.waiting.push(entry);
    }
  }
}
