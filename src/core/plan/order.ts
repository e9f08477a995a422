import type { Plan, Task } from '../../protocol/plan.ts';
import { groupsOf, needKey, resolveNeed } from './needs.ts';

/** Which tasks come before which, as the needs say. */
export interface Order {
  /** Each a closed way along needs, by names, first and last the same. */
  cycles: string[][];
  /** Whether one of the two waits, directly or not, for the other. False for all when there are cycles. */
  ordered(a: string, b: string): boolean;
  /** Whether `before` has ended whenever `after` starts. */
  precedes(before: string, after: string): boolean;
  /** Everything that directly must come first, by name; groups (`phase x`) are names too. */
  before: ReadonlyMap<string, readonly string[]>;
  /** Task ids and groups so that each stands after all it waits for; empty when there are cycles. */
  sorted: readonly string[];
}

function edges(tasks: readonly Task[], pools: Plan['pools']): Map<string, string[]> {
  const before = new Map<string, string[]>();
  for (const task of tasks) before.set(task.id, []);
  for (const task of tasks) {
    for (const group of groupsOf(task, pools)) {
      const members = before.get(group);
      if (members) members.push(task.id);
      else before.set(group, [task.id]);
    }
  }
  for (const task of tasks) {
    const own = before.get(task.id);
    for (const need of task.needs) {
      const key = needKey(resolveNeed(need));
      if (before.has(key)) own?.push(key);
    }
  }
  return before;
}

/** Strongly connected parts, in an order that puts what must come first first (Tarjan, without recursion). */
function components(before: Map<string, string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open = new Set<string>();
  const stack: string[] = [];
  const parts: string[][] = [];
  for (const root of before.keys()) {
    if (index.has(root)) continue;
    const work: { name: string; next: number }[] = [{ name: root, next: 0 }];
    while (work.length > 0) {
      const frame = work.at(-1) as { name: string; next: number };
      const { name } = frame;
      if (frame.next === 0) {
        index.set(name, index.size);
        low.set(name, index.get(name) as number);
        stack.push(name);
        open.add(name);
      }
      const child = before.get(name)?.[frame.next++];
      if (child !== undefined) {
        if (!index.has(child)) work.push({ name: child, next: 0 });
        else if (open.has(child)) low.set(name, Math.min(low.get(name) as number, index.get(child) as number));
        continue;
      }
      work.pop();
      const parent = work.at(-1)?.name;
      if (parent !== undefined) low.set(parent, Math.min(low.get(parent) as number, low.get(name) as number));
      if (low.get(name) !== index.get(name)) continue;
      const part: string[] = [];
      for (let member = stack.pop() as string; ; member = stack.pop() as string) {
        open.delete(member);
        part.push(member);
        if (member === name) break;
      }
      parts.push(part);
    }
  }
  return parts;
}

/** One shortest way around inside a part, starting at the member that stands first in the plan. */
function wayAround(part: string[], before: Map<string, string[]>, rank: Map<string, number>): string[] {
  const inside = new Set(part);
  const start = part.reduce((a, b) => ((rank.get(a) ?? 0) <= (rank.get(b) ?? 0) ? a : b));
  const from = new Map<string, string>();
  const queue = [start];
  for (const name of queue) {
    for (const next of before.get(name) ?? []) {
      if (next === start) {
        const way = [start];
        for (let at = name; at !== start; at = from.get(at) as string) way.unshift(at);
        return [start, ...way];
      }
      if (inside.has(next) && !from.has(next)) {
        from.set(next, name);
        queue.push(next);
      }
    }
  }
  return [start, start];
}

export function planOrder(tasks: readonly Task[], pools: Plan['pools']): Order {
  const before = edges(tasks, pools);
  const parts = components(before);
  const rank = new Map([...before.keys()].map((name, i) => [name, i]));
  const cycles = parts
    .filter(part => part.length > 1 || before.get(part[0] as string)?.includes(part[0] as string))
    .map(part => wayAround(part, before, rank));
  const sorted = cycles.length > 0 ? [] : parts.flat();
  const words = Math.ceil(sorted.length / 32);
  const position = new Map(sorted.map((name, i) => [name, i]));
  const reach: Uint32Array[] = [];
  const reachable = () => {
    for (const [i, name] of reach.length > 0 ? [] : sorted.entries()) {
      const bits = new Uint32Array(words);
      for (const earlier of before.get(name) ?? []) {
        const at = position.get(earlier) as number;
        bits[at >> 5] = (bits[at >> 5] as number) | (1 << (at & 31));
        const theirs = reach[at] as Uint32Array;
        for (let w = 0; w < words; w++) bits[w] = (bits[w] as number) | (theirs[w] as number);
      }
      reach[i] = bits;
    }
    return reach;
  };
  const precedes = (first: string, then: string) => {
    const a = position.get(first);
    const b = position.get(then);
    if (a === undefined || b === undefined) return false;
    return ((reachable()[b]?.[a >> 5] ?? 0) & (1 << (a & 31))) !== 0;
  };
  return { cycles, ordered: (a, b) => precedes(a, b) || precedes(b, a), precedes, before, sorted };
}
