import type { Edit } from './edit.ts';

/** An edit as it may have been meant. */
export interface Reading {
  edit: Edit;
  /** What was taken off, for the model. */
  off?: string;
  /** The line on which "old" must begin; set where the numbers that were taken off are all that speaks for it. */
  line?: number;
}

const isBlank = (line: string) => line.trim() === '';
const both = (edit: Edit, change: (text: string) => string): Edit => ({
  ...edit,
  old: change(edit.old),
  new: change(edit.new),
});

/** Without a first and last line that are marks around it, such as a code fence. */
const unwrapped = (first: RegExp, last: RegExp) => (text: string) => {
  const lines = text.split('\n');
  const from = lines.findIndex(line => !isBlank(line));
  const to = lines.findLastIndex(line => !isBlank(line));
  if (from === -1 || to <= from || !first.test(lines[from] ?? '') || !last.test(lines[to] ?? '')) return text;
  return lines.slice(from + 1, to).join('\n');
};
const unfenced = unwrapped(/^\s*(`{3,}|~{3,})[^`]*$/, /^\s*(`{3,}|~{3,})\s*$/);
const unmarked = unwrapped(/^\s*<data \w+>\s*$/, /^\s*<\/data \w+>\s*$/);

/** Without the lines that part old from new in another way of writing edits. */
const unparted = (text: string) =>
  text
    .replace(/^\s*(<{5,9}[ ]?(SEARCH|ORIGINAL)|={5,9})[ ]*\n/, '')
    .replace(/\n(={5,9}|>{5,9}[ ]?(REPLACE|UPDATED))\s*$/, '');

/** Line numbers as tools print them: how sure it is that they are some, alone and in a row. Others count only on the very line. */
const NUMBERED: readonly { style: RegExp; sure: 'alone' | 'in a row' | 'never' }[] = [
  { style: /^[ ]*L?(\d+)(\t|→|[ ]*[|│](?=[ ]|$)|[ ]*[|│])/, sure: 'alone' },
  { style: /^[^\s:]*[./][^\s:]*:(\d+):/, sure: 'alone' },
  { style: /^[ ]*L?(\d+)(:)/, sure: 'in a row' },
  { style: /^[ ]*(\d+)([.)]?)(?=[ ]|$)/, sure: 'never' },
];

/** Without line numbers that count up; where a space may belong to the mark or to the line, both ways. */
function unnumbered(edit: Edit): Omit<Reading, 'off'>[] {
  const lines = edit.old.split('\n');
  for (const { style, sure } of NUMBERED) {
    const numbers = lines.map(line => style.exec(line)?.[1]);
    const first = numbers.findIndex(number => number !== undefined);
    const line = Number(numbers[first]) - first;
    const counts = lines.every((text, at) =>
      numbers[at] === undefined ? isBlank(text) : Number(numbers[at]) === line + at,
    );
    if (first === -1 || !counts) continue;
    const isSure = sure === 'alone' || (sure === 'in a row' && lines.filter(text => !isBlank(text)).length > 1);
    const strip = (spaces: RegExp) => (text: string) =>
      text
        .split('\n')
        .map(one => (style.test(one) ? one.replace(style, '').replace(spaces, '') : one))
        .join('\n');
    return [strip(/^ /), strip(/^/)].map(change => ({ edit: both(edit, change), ...(!isSure && { line }) }));
  }
  return [];
}

/** The text that somebody numbered from 1, as files are shown; undefined where that is not what it looks like. */
export function unnumberedFile(text: string): string | undefined {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const bare = lines.map((line, at) =>
    line.startsWith(`${at + 1}\t`) ? line.slice(String(at + 1).length + 1) : undefined,
  );
  if (bare.length < 2 || bare.includes(undefined)) return undefined;
  return bare.join('\n') + (text.endsWith('\n') ? '\n' : '');
}

/** Without the marks of a patch, where every line has one. */
function unpatched(edit: Edit): Edit {
  const marked = (text: string, mark: string) => {
    const lines = text.split('\n').filter(line => line !== '');
    return (
      lines.some(line => line.startsWith(mark)) && lines.every(line => line.startsWith(mark) || line.startsWith(' '))
    );
  };
  // A list of YAML or Markdown looks the same but for the new lines.
  if (!marked(edit.old, '-') || !marked(edit.new, '+')) return edit;
  const strip = (text: string) => text.replace(/^[-+ ]/gm, '');
  return both(edit, strip);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '' };
const unescaped = (text: string) => text.replace(/\\([ntr"'`\\/])/g, (_, one: string) => ESCAPES[one] ?? one);
const unquoted = (text: string) => text.replace(/\\(["'`])/g, '$1');
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", '#39': "'" };
const decoded = (text: string) =>
  text.replace(/&(lt|gt|amp|quot|apos|#39);/g, (_, name: string) => ENTITIES[name] ?? '');

/**
 * An edit as it stands and, after it, without what models copy along or escape once too often. What is taken off "old"
 * is taken off "new" too.
 */
export function readingsOf(edit: Edit): Reading[] {
  const unwrap = (text: string) => unfenced(unmarked(text));
  const bare = both(edit, unwrap);
  const numberless = unnumbered(bare).map(one => ({ ...one, edit: both(one.edit, unwrap) }));
  const readings: Reading[] = [
    { edit },
    { edit: bare, off: 'the marks around it' },
    ...numberless.map(one => ({ ...one, off: 'line numbers' })),
    { edit: unpatched(bare), off: 'the marks of a patch' },
    { edit: both(bare, unparted), off: 'the marks of a patch' },
    ...[unescaped, unquoted, decoded].map(change => ({ edit: both(bare, change), off: 'one level of escaping' })),
  ];
  const seen = new Set<string>();
  return readings.filter(({ edit: { old } }) => !isBlank(old) && !seen.has(old) && seen.add(old));
}
