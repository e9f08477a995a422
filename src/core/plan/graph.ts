import type { Plan, Task } from '../../protocol/plan.ts';
import { groupsOf, needKey, type ResolvedNeed, resolveNeed } from './needs.ts';

/** How a task ended, as far as others wait for it. */
export type TaskEnd = 'completed' | 'failed' | 'skipped' | 'cancelled';

interface Entry {
  task: Task;
  groups: string[];
  /** Needs not met yet. */
  open: number;
  end?: TaskEnd;
  /** What came of the review of its changes, once all are decided. */
  review?: 'accepted' | 'rejected';
  /** What it said for good of the work before it. */
  verdict?: 'approved' | 'rejected';
  /** Skipped, though nothing went wrong: what it was to react to did not happen. */
  harmless: boolean;
  waiters: { id: string; need: ResolvedNeed }[];
}

interface Group {
  /** Members that have not ended. */
  open: number;
  spoiled?: string;
  waiters: string[];
}

/** What follows from something that happened. */
export interface Consequences {
  ready: string[];
  skipped: { task: string; reason: string; harmless: boolean }[];
}

/**
 * Which tasks may start. Counts needs down as tasks end: every need is looked at once when it is added and once when it
 * is decided, so a whole session costs as much as there are needs.
 */
export class TaskGraph {
  readonly #entries = new Map<string, Entry>();
  readonly #groups = new Map<string, Group>();
  #pools: Plan['pools'];

  constructor(pools: Plan['pools'] = {}) {
    this.#pools = pools;
  }

  /** Adds tasks together: they may need one another and tasks added before. */
  add(tasks: readonly Task[], pools: Plan['pools'] = this.#pools): Consequences {
    this.#pools = pools;
    const fresh = tasks.filter(task => !this.#entries.has(task.id));
    for (const task of fresh) {
      const groups = groupsOf(task, pools);
      this.#entries.set(task.id, { task, groups, open: 0, harmless: false, waiters: [] });
      for (const name of groups) this.#group(name).open++;
    }
    const result: Consequences = { ready: [], skipped: [] };
    const ends: string[] = [];
    for (const task of fresh) {
      const entry = this.#entries.get(task.id) as Entry;
      let spoiled: { reason: string; harmless: boolean } | undefined;
      for (const need of task.needs.map(resolveNeed)) {
        const state = this.#state(need);
        if (state === 'open') this.#wait(entry, need);
        else if (state !== 'met') spoiled ??= state;
      }
      if (spoiled) this.#skip(entry, spoiled, result, ends);
      else if (entry.open === 0) result.ready.push(task.id);
    }
    this.#spread(ends, result);
    return result;
  }

  /** A task ended. Saying it twice, or of a task that was skipped, changes nothing. */
  end(id: string, end: TaskEnd, harmless = false): Consequences {
    const result: Consequences = { ready: [], skipped: [] };
    const entry = this.#entries.get(id);
    if (!entry || entry.end) return result;
    entry.end = end;
    entry.harmless = harmless;
    this.#spread([id], result);
    return result;
  }

  /** All changes of a task have been decided on. */
  reviewed(id: string, review: 'accepted' | 'rejected'): Consequences {
    const result: Consequences = { ready: [], skipped: [] };
    const entry = this.#entries.get(id);
    if (!entry || entry.review) return result;
    entry.review = review;
    const ends: string[] = [];
    this.#decide(entry, result, ends);
    this.#spread(ends, result);
    return result;
  }

  /** A gate has approved, or has rejected for the last time. */
  judged(id: string, verdict: 'approved' | 'rejected'): Consequences {
    const result: Consequences = { ready: [], skipped: [] };
    const entry = this.#entries.get(id);
    if (!entry || entry.verdict) return result;
    entry.verdict = verdict;
    const ends: string[] = [];
    this.#decide(entry, result, ends);
    this.#spread(ends, result);
    return result;
  }

  endOf(id: string): TaskEnd | undefined {
    return this.#entries.get(id)?.end;
  }

  #group(name: string): Group {
    const known = this.#groups.get(name);
    if (known) return known;
    const group: Group = { open: 0, waiters: [] };
    this.#groups.set(name, group);
    return group;
  }

  #wait(entry: Entry, need: ResolvedNeed): void {
    entry.open++;
    const id = entry.task.id;
    if (need.kind === 'task') this.#entries.get(need.task)?.waiters.push({ id, need });
    else this.#group(needKey(need)).waiters.push(id);
  }

  #state(need: ResolvedNeed): 'met' | 'open' | { reason: string; harmless: boolean } {
    if (need.kind !== 'task') {
      const group = this.#groups.get(needKey(need));
      if (group?.spoiled !== undefined) return { reason: spoiledGroup(needKey(need), group.spoiled), harmless: false };
      return group && group.open > 0 ? 'open' : 'met';
    }
    const entry = this.#entries.get(need.task);
    if (!entry) return { reason: `needs ${need.task}, which is not there`, harmless: false };
    if (!entry.end) return 'open';
    if (need.when === 'ended') return 'met';
    if (need.when === 'failed') {
      return entry.end === 'failed'
        ? 'met'
        : { reason: `was to run if ${need.task} failed; it did not`, harmless: true };
    }
    if (entry.end !== 'completed') {
      const how = { failed: 'failed', skipped: 'was skipped', cancelled: 'was cancelled', completed: '' }[entry.end];
      return { reason: `needs ${need.task}, which ${how}`, harmless: entry.harmless || entry.end === 'cancelled' };
    }
    if (need.when === 'approved') {
      if (entry.verdict === 'approved') return 'met';
      return entry.verdict
        ? { reason: `needs the approval of ${need.task}, which it did not give`, harmless: false }
        : 'open';
    }
    if (need.when !== 'accepted' || entry.review === 'accepted') return 'met';
    return entry.review
      ? { reason: `needs the changes of ${need.task}, which were rejected`, harmless: false }
      : 'open';
  }

  #skip(entry: Entry, why: { reason: string; harmless: boolean }, result: Consequences, ends: string[]): void {
    entry.end = 'skipped';
    entry.harmless = why.harmless;
    result.skipped.push({ task: entry.task.id, ...why });
    ends.push(entry.task.id);
  }

  /** Carries ends on to who waits for them, and the ends that follow, until nothing more follows. */
  #spread(ends: string[], result: Consequences): void {
    for (const id of ends) {
      const entry = this.#entries.get(id) as Entry;
      for (const name of entry.groups) this.#leave(entry, name, result, ends);
      this.#decide(entry, result, ends);
    }
  }

  #decide(entry: Entry, result: Consequences, ends: string[]): void {
    const waiters = entry.waiters;
    entry.waiters = [];
    for (const waiter of waiters) {
      const waiting = this.#entries.get(waiter.id);
      if (!waiting || waiting.end) continue;
      const state = this.#state(waiter.need);
      if (state === 'open') entry.waiters.push(waiter);
      else if (state === 'met') this.#met(waiting, result);
      else this.#skip(waiting, state, result, ends);
    }
  }

  #leave(entry: Entry, name: string, result: Consequences, ends: string[]): void {
    const group = this.#group(name);
    group.open--;
    const bad = entry.end === 'failed' || (entry.end === 'skipped' && !entry.harmless);
    if (bad && !entry.task.optional) group.spoiled ??= entry.task.id;
    if (group.open > 0 && group.spoiled === undefined) return;
    const waiters = group.waiters;
    group.waiters = [];
    for (const id of waiters) {
      const waiting = this.#entries.get(id);
      if (!waiting || waiting.end) continue;
      if (group.spoiled === undefined) this.#met(waiting, result);
      else this.#skip(waiting, { reason: spoiledGroup(name, group.spoiled), harmless: false }, result, ends);
    }
  }

  #met(entry: Entry, result: Consequences): void {
    entry.open--;
    if (entry.open === 0) result.ready.push(entry.task.id);
  }
}

const spoiledGroup = (name: string, culprit: string) => `needs ${name}, of which ${culprit} did not complete`;
