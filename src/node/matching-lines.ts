import { PatternError, type SearchHit, type SearchQuery } from '../core/ports.ts';
import { requiredText } from './required-text.ts';

/** Lines of a text that match, by their index; undefined for those that do not, so that the caller may pause. */
export type LineMatcher = (lines: readonly string[]) => Iterable<number | undefined>;

const oneByOne = (matches: (line: string) => boolean): LineMatcher =>
  function* (lines) {
    for (const [index, line] of lines.entries()) yield matches(line) ? index : undefined;
  };

/** Whether a pattern can match only across the end of a line. */
export const spansLines = ({ pattern, regex, multiline }: SearchQuery): boolean =>
  multiline === true || /\n/.test(pattern) || (regex === true && /(^|[^\\])(\\\\)*\\n|\(\?[a-z]*s/.test(pattern));

type Find = (text: string, from: number) => { start: number; end: number } | undefined;

/** All lines that a match touches, as ripgrep shows them. */
const acrossLines = (find: Find): LineMatcher =>
  function* (lines) {
    const text = lines.join('\n');
    let line = 0;
    let lineStart = 0;
    let next = 0;
    for (let match = find(text, 0); match; ) {
      const { start, end } = match;
      while (line < lines.length - 1 && lineStart + (lines[line] as string).length < start) {
        lineStart += (lines[line] as string).length + 1;
        line++;
        yield undefined;
      }
      let at = line;
      let atStart = lineStart;
      do {
        if (at >= next) yield at;
        atStart += (lines[at] as string).length + 1;
        at++;
      } while (at < lines.length && atStart < end);
      next = Math.max(next, at);
      const from = end > start ? end : end + 1;
      match = from <= text.length ? find(text, from) : undefined;
    }
  };

export interface TextMatcher {
  /** Whether there may be a match in a text at all: far quicker to tell than where. */
  may(text: string): boolean;
  lines: LineMatcher;
}

const always = () => true;

/** Compiles a query; models write the patterns, and RE2 takes linear time whatever they are. */
export async function matcherOf(query: SearchQuery): Promise<TextMatcher> {
  const { pattern, caseSensitive, regex } = query;
  if (!regex) {
    const plain = pattern.replaceAll('\r\n', '\n');
    const fold = (text: string) => (caseSensitive ? text : text.toLowerCase());
    const needle = fold(plain);
    const may = (text: string) => fold(text).includes(needle);
    if (!spansLines(query)) return { may, lines: oneByOne(may) };
    const lines = acrossLines((text, from) => {
      const start = fold(text).indexOf(needle, from);
      return start === -1 ? undefined : { start, end: start + needle.length };
    });
    return { may: always, lines };
  }
  const { RE2JS } = await import('re2js');
  try {
    const flags = (caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE) | RE2JS.MULTILINE;
    const compiled = RE2JS.compile(pattern, flags);
    const text = requiredText(pattern)?.toLowerCase();
    const may = text === undefined ? always : (line: string) => line.toLowerCase().includes(text);
    if (!spansLines(query)) return { may, lines: oneByOne(line => may(line) && compiled.matcher(line).find()) };
    const lines = acrossLines((text, from) => {
      const matcher = compiled.matcher(text);
      return matcher.find(from) ? { start: matcher.start(), end: matcher.end() } : undefined;
    });
    return { may: always, lines };
  } catch (error) {
    throw new PatternError(error instanceof Error ? error.message : String(error));
  }
}

/** The lines that were found with those around them, each once. */
export function hitsOf(
  lines: readonly string[],
  found: readonly number[],
  context: number,
  hit: (index: number) => SearchHit,
): SearchHit[] {
  if (context === 0) return found.map(hit);
  const matched = new Set(found);
  const shown = new Set<number>();
  for (const index of found) {
    for (let at = Math.max(0, index - context); at <= Math.min(lines.length - 1, index + context); at++) shown.add(at);
  }
  return [...shown].map(index => (matched.has(index) ? hit(index) : { ...hit(index), around: true }));
}
