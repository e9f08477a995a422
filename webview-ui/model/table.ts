import { type ReadonlySignal, type Signal, signal } from '@preact/signals';

/** Rows by id. Readers of a row are told when that row changes, comes or goes, and not when others do. */
export class Table<R extends { id: string }> {
  readonly #rows = new Map<string, Signal<R | undefined>>();
  readonly #ids = signal<readonly string[]>([]);
  readonly #version = signal(0);

  /** In the order in which they came; another array when one came or went. */
  get ids(): ReadonlySignal<readonly string[]> {
    return this.#ids;
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

  /** All rows; tells the reader when one comes or goes, and not when one changes. */
  members(): R[] {
    this.#ids.value;
    return this.peek();
  }

  /** All rows, without telling anyone of changes. */
  peek(): R[] {
    return Array.from(this.#rows.values(), row => row.peek()).filter(row => row !== undefined);
  }

  change(upserts: readonly R[], removals: readonly string[]): void {
    let moved = false;
    for (const row of upserts) {
      const known = this.#rows.get(row.id);
      if (known) known.value = row;
      else {
        this.#rows.set(row.id, signal<R | undefined>(row));
        moved = true;
      }
    }
    for (const id of removals) if (this.#drop(id)) moved = true;
    if (moved) this.#ids.value = [...this.#rows.keys()];
    if (upserts.length > 0 || removals.length > 0) this.#version.value++;
  }

  clear(): void {
    this.change([], [...this.#rows.keys()]);
  }

  /** Its readers are told, so that they find the row that may come in its place. */
  #drop(id: string): boolean {
    const row = this.#rows.get(id);
    this.#rows.delete(id);
    if (row) row.value = undefined;
    return row !== undefined;
  }
}
