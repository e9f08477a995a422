/**
 * The JSON of one payload. Where nothing is missing but closing brackets at the end, which has been seen in the wild,
 * the payload is read as if they were there; anything else that is not JSON throws.
 */
export function payloadJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const missing = unclosed(text);
    if (missing === undefined) throw error;
    return JSON.parse(text + missing);
  }
}

/** The brackets to close; undefined if the text stops anywhere but after a closed one. */
function unclosed(text: string): string | undefined {
  if (!/[}\]]\s*$/.test(text)) return undefined;
  const open: string[] = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === '{') open.push('}');
    else if (token === '[') open.push(']');
    else if ((token === '}' || token === ']') && open.pop() !== token) return undefined;
  }
  return open.length ? open.reverse().join('') : undefined;
}
