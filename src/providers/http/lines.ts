import { tooMuch } from '../errors/unusable.ts';
import { MOST_OF_PIECE } from './limits.ts';

/** Cuts text that comes in pieces into lines ended by LF, CRLF or CR. Each character is looked at once. */
export class Lines {
  readonly #pieces: string[] = [];
  /** Characters in the pieces. */
  #held = 0;
  /** The last piece ended in CR, whose LF may be the first character of the next. */
  #afterCr = false;

  /** Says whether a line was completed. */
  push(text: string, take: (line: string) => void): boolean {
    let completed = false;
    let from = 0;
    if (this.#afterCr && text !== '') {
      if (text.charCodeAt(0) === 10) from = 1;
      this.#afterCr = false;
    }
    let cr = text.indexOf('\r', from);
    for (;;) {
      const lf = text.indexOf('\n', from);
      if (lf === -1 && cr === -1) break;
      const atCr = cr !== -1 && (lf === -1 || cr < lf);
      const end = atCr ? cr : lf;
      completed = true;
      take(this.#line(text.slice(from, end)));
      from = end + 1;
      if (!atCr) continue;
      if (from === text.length) this.#afterCr = true;
      else if (text.charCodeAt(from) === 10) from++;
      cr = text.indexOf('\r', from);
    }
    if (from === text.length) return completed;
    this.#pieces.push(from === 0 ? text : text.slice(from));
    this.#held += text.length - from;
    if (this.#held > MOST_OF_PIECE) throw tooMuch('A line of the answer', MOST_OF_PIECE);
    return completed;
  }

  /** What is left when the text ended without a line end. */
  rest(): string | undefined {
    return this.#pieces.length ? this.#line('') : undefined;
  }

  #line(end: string): string {
    if (!this.#pieces.length) return end;
    this.#pieces.push(end);
    const line = this.#pieces.join('');
    this.#pieces.length = 0;
    this.#held = 0;
    return line;
  }
}
