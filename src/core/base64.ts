/** As many bytes as a call takes as arguments. */
const PIECE = 0x6000;

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  // A multiple of three, so that pieces can be put together.
  for (let at = 0; at < bytes.length; at += PIECE) text += btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE)));
  return text;
}

export const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
