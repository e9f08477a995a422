import { isDeepText, prune } from '../../core/routing/depth.ts';

/** Far more than any vendor's format; what is below comes from whoever wants to overflow somebody's stack. */
const DEEPEST = 200;

/**
 * The JSON of one payload. Numbers that are none, which some servers count with, are read as words; where nothing else is
 * missing but closing brackets at the end, which has been seen in the wild, the payload is read as if they were there.
 * Anything else that is not JSON throws.
 */
export function payloadJson(text: string): unknown {
  const value = parsed(text);
  // Most payloads are too short to be deep.
  if (text.length > 2 * DEEPEST && isDeepText(text, DEEPEST)) prune(value, DEEPEST);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const counted = text.replace(notNumbers, found => (found.startsWith('"') ? found : '"NaN"'));
    const missing = unclosed(counted);
    if (missing === undefined && counted === text) throw error;
    return JSON.parse(counted + (missing ?? ''));
  }
}

const string = '"[^"\\\\]*(?:\\\\.[^"\\\\]*)*"';
const notNumbers = new RegExp(`${string}|-?\\b(?:NaN|Infinity)\\b`, 'g');
const brackets = new RegExp(`${string}|[{}[\\]]`, 'g');

/** The brackets to close; undefined if the text stops anywhere but after a closed one. */
function unclosed(text: string): string | undefined {
  if (!/[}\]]\s*$/.test(text)) return undefined;
  const open: string[] = [];
  for (const [token] of text.matchAll(brackets)) {
    if (token === '{') open.push('}');
    else if (token === '[') open.push(']');
    else if ((token === '}' || token === ']') && open.pop() !== token) return undefined;
  }
  return open.length ? open.reverse().join('') : undefined;
}
