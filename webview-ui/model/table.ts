import { type ReadonlySignal, type Signal, signal } from '@preact/signals';

/** Rows by id. Whoever reads one row is told when that row changes, and not when others do. */
export class Table<R extends { id: string }> {
  readonly #rows = new Map<string, Signal<R>>();
  readonly #ids = signal<readonly string[]>([]);
  readonly #version = signal(0);

  /** In the order in which they came; another array when one came or went. */
  get ids(): ReadonlySignal<readonly string[]> {
    return this.#ids;
  }

  /** Moves on with every change of any row. */
  get version(): ReadonlySignal<number> {
    return this.#version;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Tells the reader when this row changes, comes or goes. */
  get(id: string): R | undefined {
    const row = this.#rows.get(id);
    if (row) return row.value;
    // Read, so that whoever asked is told when it comes.
    this.#ids.value;
    return undefined;
  }

  /** All rows; tells the reader when any changes. */
  all(): R[] {
    this.#version.value;
    return this.peek();
  }

  /** All rows, without telling anyone of changes. */
  peek(): R[] {
    return Array.from(this.#rows.values(), row => row.peek());
  }

  change(upserts: readonly R[], removals: readonly string[]): void {
    let moved = false;
    for (const row of upserts) {
      const known = this.#rows.get(row.id);
      if (known) known.value = row;
      else {
        this.#rows.set(row.id, signal(row));
        moved = true;
      }
    }
    for (const id of removals) if (this.#rows.delete(id)) moved = true;
    if (moved) this.#ids.value = [...this.#rows.keys()];
    if (upserts.length > 0 || removals.length > 0) this.#version.value++;
  }

  clear(): void {
    if (this.#rows.size === 0) return;
    this.#rows.clear();
    this.#ids.value = [];
    this.#version.value++;
  }
}
