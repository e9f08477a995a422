import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';

export interface Field {
  value: unknown;
  /** In the file, counted from 1. */
  line: number;
}

export interface Frontmatter {
  fields: Map<string, Field>;
  body: string;
  problems: { line: number; text: string }[];
}

const FENCE = /^---[ \t]*\r?\n/;

/** Parts a Markdown file into the YAML between its first two `---` lines and the rest. */
export function readFrontmatter(source: string): Frontmatter {
  const text = source.replace(/^\uFEFF/, '');
  const fields = new Map<string, Field>();
  const start = FENCE.exec(text)?.[0].length;
  if (start === undefined) return { fields, body: text.trim(), problems: [] };
  const end = /^---[ \t]*(\r?\n|$)/m.exec(text.slice(start));
  if (!end) {
    return {
      fields,
      body: '',
      problems: [{ line: 1, text: 'The header begins with "---" and is never closed by another.' }],
    };
  }
  const yaml = text.slice(start, start + end.index);
  const body = text.slice(start + end.index + end[0].length).trim();
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, uniqueKeys: true, logLevel: 'silent' });
  const lineOf = (offset: number) => lines.linePos(offset).line + 1;
  const problems = [...document.errors, ...document.warnings].map(error => ({
    line: lineOf(error.pos[0]),
    text: error.message.split('\n')[0] ?? error.message,
  }));
  const root = document.contents;
  if (document.errors.length === 0 && isMap(root)) {
    for (const { key, value } of root.items) {
      if (!isScalar(key)) continue;
      const node = value as { toJS?: (document: unknown, options?: unknown) => unknown } | null;
      const line = lineOf(key.range?.[0] ?? 0);
      try {
        fields.set(String(key.value), { value: node?.toJS?.(document, { maxAliasCount: 50 }) ?? null, line });
      } catch (error) {
        problems.push({ line, text: error instanceof Error ? error.message : String(error) });
      }
    }
  } else if (document.errors.length === 0 && root !== null) {
    problems.push({ line: 2, text: 'The header must be a map of names and values.' });
  }
  return { fields, body, problems };
}
