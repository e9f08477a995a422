import type { Git } from '../../../src/core/delivery/git.ts';

export class Killed extends Error {}

/** A process that dies at its n-th step, before or after the step took effect; from then on it does nothing. */
export class Mortal {
  #left: number;
  readonly #meanwhile: ReadonlyMap<number, () => Promise<void>>;
  #steps = 0;

  constructor(steps: number, meanwhile: ReadonlyMap<number, () => Promise<void>> = new Map()) {
    this.#left = steps;
    this.#meanwhile = meanwhile;
  }

  readonly alive = (): void => {
    if (this.#left-- <= 0) throw new Killed();
  };

  async #step(): Promise<void> {
    this.alive();
    await this.#meanwhile.get(this.#steps++)?.();
  }

  git(git: Git): Git {
    const mortal =
      <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        await this.#step();
        const done = await call(...args);
        this.alive();
        return done;
      };
    return {
      tip: mortal(ref => git.tip(ref)),
      treeOf: mortal(commit => git.treeOf(commit)),
      isAncestor: mortal((older, newer) => git.isAncestor(older, newer)),
      checkedOut: mortal(() => git.checkedOut()),
      merge: mortal((ours, theirs) => git.merge(ours, theirs)),
      commit: mortal(request => git.commit(request)),
      updateRef: mortal((ref, to, from, reason) => git.updateRef(ref, to, from, reason)),
    };
  }
}
