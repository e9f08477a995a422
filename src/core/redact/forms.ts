/** Less of it would be found in texts that have nothing to do with it. */
const SHORTEST = 16;

const escaped = (text: string) => JSON.stringify(text).slice(1, -1);

/** In which forms a secret may stand in a text: as it is, in an address, in JSON, in JSON within JSON, as base64, as hexadecimal digits. */
export function formsOf(secret: string): string[] {
  const encoded = encodeURIComponent(secret.toWellFormed());
  const plain = [
    secret,
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, code => code.toLowerCase()),
    escaped(secret),
    escaped(escaped(secret)),
  ];
  return [...new Set([...plain, hexOf(secret), ...base64FormsOf(secret)])];
}

const hexOf = (secret: string) =>
  Array.from(new TextEncoder().encode(secret), byte => byte.toString(16).padStart(2, '0')).join('');

/** What is the same in every base64 text that holds it, wherever it begins among the bytes. */
function base64FormsOf(secret: string): string[] {
  const bytes = String.fromCharCode(...new TextEncoder().encode(secret));
  const found = [0, 1, 2].flatMap(before => {
    const text = btoa('\0'.repeat(before) + bytes).replace(/=+$/, '');
    // The first letters tell of the bytes before it, too, and the last one of those behind.
    const from = [0, 2, 3][before] ?? 0;
    const whole = Math.floor(((before + bytes.length) * 8) / 6);
    const inner = text.slice(from, whole);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return found.filter(form => form.length >= SHORTEST);
}

/** This much of a long secret counts as the secret: outputs are cut anywhere. */
export const TELLING = 16;
