import { hash } from 'node:crypto';
import { countTokens } from './tokens.ts';

const pieceChars = 4096;

/**
 * A prompt as a row of pieces, each with the hash of everything up to it: two prompts share exactly the pieces
 * whose hashes are equal. Built in one pass over the text.
 */
export class Prefix {
  readonly hashes: string[] = [];
  /** Tokens up to and with each piece. */
  readonly sums: number[] = [];
  #last: string;
  #tokens = 0;

  /** The scope keeps accounts and models apart. */
  constructor(scope: string) {
    this.#last = hash('sha1', scope, 'base64');
  }

  get tokens(): number {
    return this.#tokens;
  }

  /** The hash of all there is so far. */
  get head(): string {
    return this.#last;
  }

  /** Adds some text; returns the number of its last piece. */
  add(text: string): number {
    for (let at = 0; at < text.length || at === 0; at += pieceChars) {
      const piece = text.length <= pieceChars ? text : text.slice(at, at + pieceChars);
      this.#last = hash('sha1', this.#last + piece, 'base64');
      this.#tokens += countTokens(piece);
      this.hashes.push(this.#last);
      this.sums.push(this.#tokens);
    }
    return this.hashes.length - 1;
  }
}
