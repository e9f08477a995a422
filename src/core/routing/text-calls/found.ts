/** A call that a model wrote into its text. */
export interface FoundCall {
  name: string;
  /** An object, or text that was meant as one. */
  args: unknown;
}

/** Calls, and the stretch of text that they and their marks took. */
export interface Found {
  from: number;
  to: number;
  calls: FoundCall[];
}

/** Finds calls in one way of writing them. */
export type Dialect = (text: string, tools: ReadonlySet<string>) => Found[];

/** The matches of a pattern, as calls where `read` finds some in them. */
export function eachMatch(text: string, pattern: RegExp, read: (match: RegExpExecArray) => FoundCall[]): Found[] {
  const found: Found[] = [];
  for (const match of text.matchAll(pattern)) {
    const calls = read(match);
    if (calls.length > 0) found.push({ from: match.index, to: match.index + match[0].length, calls });
  }
  return found;
}
