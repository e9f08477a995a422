import { createHmac, timingSafeEqual } from 'node:crypto';

/** As GitHub writes it, and many others do. */
export const signed = (secret: string, body: Uint8Array | string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** Compared in constant time. */
export function isSigned(secret: string, body: Uint8Array, signature: string): boolean {
  const [given, right] = [Buffer.from(signature), Buffer.from(signed(secret, body))];
  return given.length === right.length && timingSafeEqual(given, right);
}
