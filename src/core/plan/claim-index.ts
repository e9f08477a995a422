import { globsMeet, type PreparedGlob, prepareGlob } from './globs.ts';

interface Node {
  children: Map<string, Node>;
  /** Globs whose fixed folders end here. */
  here: Map<PreparedGlob, string>;
}

const node = (): Node => ({ children: new Map(), here: new Map() });

/** Who claims which files. Finding a conflict costs what lies above and below the asked folders, not all claims. */
export class ClaimIndex {
  readonly #root = node();
  readonly #byOwner = new Map<string, PreparedGlob[]>();

  add(owner: string, globs: readonly string[]): void {
    const prepared = globs.map(prepareGlob);
    this.#byOwner.set(owner, [...(this.#byOwner.get(owner) ?? []), ...prepared]);
    for (const glob of prepared) {
      let at = this.#root;
      for (const segment of glob.fixed) {
        const next = at.children.get(segment) ?? node();
        at.children.set(segment, next);
        at = next;
      }
      at.here.set(glob, owner);
    }
  }

  remove(owner: string): void {
    for (const glob of this.#byOwner.get(owner) ?? []) {
      const way: Node[] = [this.#root];
      for (const segment of glob.fixed) {
        const next = way.at(-1)?.children.get(segment);
        if (!next) break;
        way.push(next);
      }
      way.at(-1)?.here.delete(glob);
      for (let i = way.length - 1; i > 0; i--) {
        const at = way[i] as Node;
        if (at.here.size > 0 || at.children.size > 0) break;
        way[i - 1]?.children.delete(glob.fixed[i - 1] as string);
      }
    }
    this.#byOwner.delete(owner);
  }

  /** Every owner with a claim that may meet one of the globs, each with the two globs, in no special order. */
  *conflicts(globs: readonly string[]): Generator<{ owner: string; theirs: string; ours: string }> {
    for (const glob of globs) {
      const ours = prepareGlob(glob);
      for (const [theirs, owner] of this.#near(ours)) {
        if (globsMeet(ours, theirs)) yield { owner, theirs: theirs.glob, ours: glob };
      }
    }
  }

  *#near(glob: PreparedGlob): Generator<[PreparedGlob, string]> {
    let at: Node | undefined = this.#root;
    for (const segment of glob.fixed) {
      yield* at.here;
      at = at.children.get(segment);
      if (!at) return;
    }
    const stack: Node[] = [at];
    for (let below = stack.pop(); below; below = stack.pop()) {
      yield* below.here;
      stack.push(...below.children.values());
    }
  }
}
