/** An estimate: four bytes of UTF-8 to a token. The same text always costs the same; no vendor counts exactly so. */
export function countTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}
