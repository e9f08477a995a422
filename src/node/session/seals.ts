import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { SEAL_BYTES, SEAL_CODE, type SealChain, sealed, sealOf } from '../../core/session/seal.ts';

const encoder = new TextEncoder();

/** The most that is written between two seals: a reader holds back what is not sealed yet. */
const EVERY_BYTES = 128 * 1024;

/** The seals of one session, in one folder, by one user: with any other of the three nothing fits. */
export class Seals {
  readonly #secret: Uint8Array | undefined;
  readonly #place: string;

  constructor(secret: Uint8Array | undefined, place: string) {
    this.#secret = secret;
    this.#place = place;
  }

  chain(): SealChain {
    return new Chain(this.#key('journal'));
  }

  /** A request, bound to its name, as it is put into the inbox. */
  sealRequest(id: string, text: string): string {
    const unclosed = text.slice(0, -1);
    return sealed(unclosed, this.#requestCode(id, unclosed) ?? '');
  }

  isOurRequest(id: string, text: string): boolean {
    const seal = sealOf(text);
    const code = seal && this.#requestCode(id, seal.unclosed);
    return code !== undefined && same(Buffer.from(seal?.code ?? ''), Buffer.from(code));
  }

  #requestCode(id: string, unclosed: string): string | undefined {
    const key = this.#key('request');
    return key && macWith(key)(`${id}\0${unclosed}`);
  }

  #key(what: 'journal' | 'request'): Uint8Array | undefined {
    if (!this.#secret) return undefined;
    return createHmac('sha256', this.#secret).update(`orchestrate ${what} 1\0${this.#place}`).digest();
  }
}

/**
 * One hash runs over all bytes of the journal, seals included; a seal is its value up to there, under the key. So a seal
 * costs the same however long the journal is, and the last one proves all that stands before it.
 */
class Chain implements SealChain {
  readonly #mac: ((message: Uint8Array) => string) | undefined;
  readonly #hash = createHash('sha256');

  constructor(key: Uint8Array | undefined) {
    this.#mac = key && macWith(key);
  }

  seal(lines: readonly string[]): Uint8Array {
    const pieces: Uint8Array[] = [];
    for (let from = 0, to = 0, size = 0; to < lines.length; to++) {
      size += lines[to]?.length ?? 0;
      if (size < EVERY_BYTES && to < lines.length - 1) continue;
      // All but the brace that closes the last line.
      const body = encoder.encode(lines.slice(from, to + 1).join('\n')).subarray(0, -1);
      this.#hash.update(body);
      const seal = Buffer.from(`${sealed('', this.#code() ?? '')}\n`);
      this.#hash.update(seal);
      pieces.push(body, seal);
      from = to + 1;
      size = 0;
    }
    return Buffer.concat(pieces);
  }

  accept(bytes: Uint8Array): boolean {
    const seal = bytes.subarray(bytes.length - SEAL_BYTES);
    this.#hash.update(bytes.subarray(0, bytes.length - SEAL_BYTES));
    const code = this.#code();
    this.#hash.update(seal);
    return code !== undefined && same(seal.subarray(SEAL_CODE.from, SEAL_CODE.to), Buffer.from(code));
  }

  #code(): string | undefined {
    return this.#mac?.(this.#hash.copy().digest());
  }
}

/** HMAC-SHA-256 with its two keyed beginnings made once: a seal is written with every flush. */
function macWith(key: Uint8Array): (message: Uint8Array | string) => string {
  const begun = (pad: number) => createHash('sha256').update(Uint8Array.from(block, byte => byte ^ pad));
  const block = new Uint8Array(64);
  block.set(key);
  const [inner, outer] = [begun(0x36), begun(0x5c)];
  return message => outer.copy().update(inner.copy().update(message).digest()).digest('base64url');
}

const same = (a: Uint8Array, b: Uint8Array) => a.length === b.length && timingSafeEqual(a, b);
