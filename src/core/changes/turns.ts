/** Lets those who work on the same thing go one after the other. */
export class Turns<K> {
  readonly #last = new Map<K, Promise<unknown>>();

  /** Runs when all who came before for this key are done; what they threw is not this one's matter. */
  take<T>(key: K, run: () => Promise<T>): Promise<T> {
    const mine = (this.#last.get(key) ?? Promise.resolve()).then(run, run);
    const settled = mine.catch(() => undefined);
    this.#last.set(key, settled);
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    });
    return mine;
  }
}

/** Work that never waits for anything would keep everybody else waiting: so long, in ms, it may go on. */
const BREATH = 5;

/** Runs over all items, at most `limit` at once, in order of starting; others get their turn in between. */
export async function inParallel<T, R>(items: readonly T[], limit: number, run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  let since = performance.now();
  /** One for all: else each in turn would go on alone for that long. */
  let pause: Promise<void> | undefined;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      if (performance.now() - since > BREATH) {
        pause ??= new Promise<void>(resolve => setTimeout(resolve, 0)).then(() => {
          pause = undefined;
          since = performance.now();
        });
        await pause;
      }
      results[index] = await run(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
