import type { TextDocument, TextDocumentChangeEvent } from 'vscode';
import type { Clock, Disposable } from '../../core/ports.ts';

/** A key that is pressed in a clean document is told of before the document is called dirty. */
const DIRTY_SOON_MS = 100;

/** The first and the last line of what was replaced, or is there instead: the longer of both. */
export interface Replaced {
  from: number;
  to: number;
}

type Told = (document: TextDocument, replaced: Replaced) => void;

/** Tells documents that were read anew from disk, as after a stash, from those that are typed in or saved. */
export class ReadAnew implements Disposable {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #told: Told;
  readonly #soon = new Map<string, Disposable>();

  constructor(clock: Pick<Clock, 'after'>, told: Told) {
    this.#clock = clock;
    this.#told = told;
  }

  heard({ document, contentChanges }: TextDocumentChangeEvent): void {
    const id = document.uri.toString();
    // A save says so without a change. What is read anew is one change, from the first line that differs to the last.
    const [change, ...more] = contentChanges;
    if (document.isDirty || more.length > 0) this.#forget(id);
    else if (change) {
      this.#forget(id);
      const from = change.range.start.line;
      const to = Math.max(change.range.end.line, from + change.text.split('\n').length - 1);
      const later = this.#clock.after(DIRTY_SOON_MS, () => {
        this.#soon.delete(id);
        this.#told(document, { from, to });
      });
      this.#soon.set(id, later);
    }
  }

  dispose(): void {
    for (const id of [...this.#soon.keys()]) this.#forget(id);
  }

  #forget(id: string): void {
    this.#soon.get(id)?.dispose();
    this.#soon.delete(id);
  }
}
