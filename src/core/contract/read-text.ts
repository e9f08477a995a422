import { parseDocument } from 'yaml';

/** Reads JSON or YAML; undefined when it is neither. */
export function readText(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    const document = parseDocument(text, { prettyErrors: false });
    if (document.errors.length > 0) return undefined;
    try {
      return { value: document.toJS({ maxAliasCount: 100 }) };
    } catch {
      return undefined;
    }
  }
}
