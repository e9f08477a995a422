/** How much unread output is kept, from its end. */
const KEPT = 30_000;
/** How much of the output is searched for what is waited for. */
const SEARCHED = 100_000;

/** What a command says while nobody reads, in memory that does not grow with it. */
export class UnreadOutput {
  #unread = '';
  #omitted = 0;
  #recent = '';

  add(text: string): void {
    this.#recent = (this.#recent + text).slice(-SEARCHED);
    const all = this.#unread + text;
    this.#unread = all.slice(-KEPT);
    this.#omitted += all.length - this.#unread.length;
  }

  /** Whether it has said this, read or not. */
  has(text: string): boolean {
    return this.#recent.includes(text);
  }

  /** What was said since this was asked last, its end where it is more than that. */
  take(most: number): { text: string; omitted: number } {
    const text = this.#unread.slice(-most);
    const omitted = this.#omitted + this.#unread.length - text.length;
    this.#unread = '';
    this.#omitted = 0;
    return { text, omitted };
  }
}
