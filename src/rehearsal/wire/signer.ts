import { createHmac } from 'node:crypto';

/** Makes the opaque blocks that models sign their reasoning with, and knows its own again. */
export class Signer {
  readonly #secret: string;

  constructor(seed: number) {
    this.#secret = `rehearsal-${seed}`;
  }

  sign(...parts: string[]): string {
    return createHmac('sha256', this.#secret).update(parts.join('\0')).digest('base64');
  }

  verify(signature: string, ...parts: string[]): boolean {
    return signature === this.sign(...parts);
  }
}
