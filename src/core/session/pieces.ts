import { endOfSeal, SEAL_BYTES } from './seal.ts';

const NEWLINE = 10;
/** No line of ours, nor what is written at once, comes near it. */
const MOST = 64 * 1024 * 1024;

/** Cuts bytes, as they come, after the last whole line, or after the last one that is sealed. */
export class Pieces {
  readonly #sealed: boolean;
  #rest: Uint8Array[] = [];
  #bytes = 0;

  constructor(sealed: boolean) {
    this.#sealed = sealed;
  }

  /** Bytes behind the last cut. */
  get rest(): number {
    return this.#bytes;
  }

  /** More than any honest writer leaves without a cut. */
  get overlong(): boolean {
    return this.#bytes > MOST;
  }

  /** All up to the last cut, where these bytes bring one. */
  push(bytes: Uint8Array): Uint8Array | undefined {
    const end = this.#end(bytes);
    if (end === 0) {
      this.#keep(bytes);
      return undefined;
    }
    const whole = join([...this.#rest, bytes.subarray(0, end)]);
    this.rewind();
    if (end < bytes.length) this.#keep(bytes.subarray(end));
    return whole;
  }

  rewind(): void {
    this.#rest = [];
    this.#bytes = 0;
  }

  #keep(bytes: Uint8Array): void {
    this.#rest.push(bytes);
    this.#bytes += bytes.length;
  }

  #end(bytes: Uint8Array): number {
    if (!this.#sealed) return bytes.lastIndexOf(NEWLINE) + 1;
    const end = endOfSeal(bytes);
    if (end > 0 || this.#bytes === 0) return end;
    // A seal may have begun in what came before.
    const before = this.#tail();
    const across = endOfSeal(join([before, bytes.subarray(0, SEAL_BYTES)]));
    return Math.max(0, across - before.length);
  }

  /** The last bytes behind the cut, as many as may belong to a seal. */
  #tail(): Uint8Array {
    const pieces: Uint8Array[] = [];
    for (let i = this.#rest.length - 1, missing = SEAL_BYTES; i >= 0 && missing > 0; i--) {
      const piece = this.#rest[i] as Uint8Array;
      pieces.unshift(piece.subarray(Math.max(0, piece.length - missing)));
      missing -= piece.length;
    }
    return join(pieces);
  }
}

function join(pieces: Uint8Array[]): Uint8Array {
  if (pieces.length === 1 && pieces[0]) return pieces[0];
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
