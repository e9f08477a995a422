import type { SeenVersion } from '../../protocol/events.ts';
import type { Hash, RelPath } from '../../protocol/ids.ts';

interface Known {
  hash: Hash | null;
  /** Undefined once all lines are known. */
  parts?: { ranges: [from: number, to: number][]; of: number };
}

const covers = (ranges: [number, number][], of: number) => {
  let next = 1;
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (from > next) return false;
    next = Math.max(next, to + 1);
  }
  return next > of;
};

/** Which version of which file an agent knows, and how much of it: what its writes are measured against. */
export class SeenFiles {
  readonly #known = new Map<RelPath, Known>();
  #noted: { call: string; version: SeenVersion }[] = [];

  constructor(versions: readonly SeenVersion[] = []) {
    for (const version of versions) this.note(version);
  }

  note(version: SeenVersion, call = ''): void {
    this.#noted.push({ call, version });
    this.#merge(version);
  }

  #merge({ path, hash, lines }: SeenVersion): void {
    if (!lines) {
      this.#known.set(path, { hash });
      return;
    }
    const known = this.#known.get(path);
    const same = known?.hash === hash;
    if (same && !known.parts) return;
    const ranges: [number, number][] = same && known.parts ? known.parts.ranges : [];
    ranges.push([lines.from, lines.to]);
    this.#known.set(path, covers(ranges, lines.of) ? { hash } : { hash, parts: { ranges, of: lines.of } });
  }

  /** Undefined: never looked at it. */
  version(path: RelPath): { hash: Hash | null; whole: boolean } | undefined {
    const known = this.#known.get(path);
    return known && { hash: known.hash, whole: !known.parts };
  }

  /** Forgets what the results of all other calls told. */
  keepOf(calls: readonly string[]): void {
    const kept = new Set(calls);
    this.#noted = this.#noted.filter(({ call }) => kept.has(call));
    this.#known.clear();
    for (const { version } of this.#noted) this.#merge(version);
  }
}
