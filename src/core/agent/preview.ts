import type { HashOf } from '../ports.ts';

const LONG = 400;
const SHOWN = 160;

/**
 * Arguments as the journal shows them: long text is cut and named by its hash, so that equal stays equal and different
 * stays different. All of it stands in the answer that made the call.
 */
export function previewArguments(args: unknown, hashOf: HashOf): unknown {
  const cut = (value: unknown): unknown => {
    if (typeof value === 'string') {
      if (value.length <= LONG) return value;
      const hash = hashOf(new TextEncoder().encode(value)).slice(0, 12);
      return `${value.slice(0, SHOWN)}… [${value.length} characters, sha256 ${hash}]`;
    }
    if (Array.isArray(value)) return value.map(cut);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cut(item)]));
  };
  return cut(args);
}
