/** The deepest that arguments may be nested: more than anybody means, and far from what would overflow a stack. */
export const DEEPEST = 100;

/** Whether JSON text is nested deeper than that. Brackets in strings do not count. */
export function isDeepText(text: string, most = DEEPEST): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 34) at = endOfString(text, at);
    else if (char === 91 || char === 123) {
      if (++depth > most) return true;
    } else if (char === 93 || char === 125) depth--;
  }
  return false;
}

function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text.charCodeAt(at) !== 34) at += text.charCodeAt(at) === 92 ? 2 : 1;
  return at;
}

/** Takes out, in place, what is nested deeper than `most`. Without recursion, however deep it goes. */
export function prune(value: unknown, most: number): void {
  let level = [value].filter(isContainer);
  for (let depth = 1; level.length > 0; depth++) {
    const next: Container[] = [];
    for (const container of level) {
      for (const [key, inner] of Object.entries(container)) {
        if (!isContainer(inner)) continue;
        if (depth < most) next.push(inner);
        else container[key] = '(nested too deep)';
      }
    }
    level = next;
  }
}

/** Whether a value is nested deeper than that. */
export function isDeep(value: unknown, most = DEEPEST): boolean {
  let level = [value].filter(isContainer);
  for (let depth = 0; depth < most; depth++) {
    level = level.flatMap(container => Object.values(container).filter(isContainer));
    if (level.length === 0) return false;
  }
  return true;
}

type Container = Record<string, unknown>;

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}
