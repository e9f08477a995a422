/**
 * Lets a check have the workspace for itself: it waits until no other task has an agent at work that may write, and none
 * begins meanwhile. Tasks that wait for quiet themselves do not keep each other waiting.
 */
export class Quiet {
  readonly #writing = new Set<string>();
  readonly #asking = new Set<string>();
  readonly #waiting = new Set<() => void>();
  #taken = false;

  /** Before an agent that may write begins; what it returns is called when the agent has ended. */
  async enter(task: string, signal: AbortSignal): Promise<() => void> {
    await this.#until(() => {
      if ([...this.#asking].some(other => other !== task)) return false;
      this.#writing.add(task);
      return true;
    }, signal);
    return () => {
      this.#writing.delete(task);
      this.#look();
    };
  }

  /** Tasks that write beside this one. */
  beside(task: string): string[] {
    return [...this.#writing].filter(other => other !== task && !this.#asking.has(other));
  }

  /** Runs it when it is quiet; undefined when the signal says that nothing runs any more. */
  async alone<T>(task: string, run: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    this.#asking.add(task);
    this.#look();
    try {
      const mine = await this.#until(() => {
        if (this.#taken || this.beside(task).length > 0) return false;
        this.#taken = true;
        return true;
      }, signal);
      if (!mine) return undefined;
      try {
        return await run();
      } finally {
        this.#taken = false;
      }
    } finally {
      this.#asking.delete(task);
      this.#look();
    }
  }

  /** Resolves when it could be taken, which happens in the same step; false when the signal came first. */
  #until(take: () => boolean, signal: AbortSignal): Promise<boolean> {
    return new Promise(resolve => {
      const look = () => {
        const taken = !signal.aborted && take();
        if (!taken && !signal.aborted) return;
        this.#waiting.delete(look);
        signal.removeEventListener('abort', look);
        resolve(taken);
      };
      this.#waiting.add(look);
      signal.addEventListener('abort', look);
      look();
    });
  }

  #look(): void {
    for (const look of [...this.#waiting]) look();
  }
}
