import { type LineChange, lineDiff } from './diff.ts';

/** Equal lines that are shown around a change. */
const CONTEXT = 3;

const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

const shown = (sign: string, line: string): string =>
  line.endsWith('\n') ? `${sign}${line}` : `${sign}${line}\n\\ No newline at end of file\n`;

/** Lines counted from 1, as `@@` names them; a side without lines is named by the line before it. */
const span = (from: number, count: number): string =>
  `${count === 0 ? from : from + 1}${count === 1 ? '' : `,${count}`}`;

/** Changes that are so near to each other that their contexts meet are shown as one. */
function gathered(changes: readonly LineChange[]): LineChange[][] {
  const groups: LineChange[][] = [];
  for (const change of changes) {
    const last = groups.at(-1)?.at(-1);
    if (last && change.from - (last.from + last.removed) <= 2 * CONTEXT) groups.at(-1)?.push(change);
    else groups.push([change]);
  }
  return groups;
}

function hunk(a: readonly string[], b: readonly string[], group: readonly LineChange[]): string {
  const [first, last] = [group[0], group.at(-1)];
  if (!first || !last) return '';
  const lead = Math.min(CONTEXT, first.from);
  const trail = Math.min(CONTEXT, a.length - last.from - last.removed);
  const [from, to] = [first.from - lead, first.to - lead];
  const [end, toEnd] = [last.from + last.removed + trail, last.to + last.added + trail];
  let text = `@@ -${span(from, end - from)} +${span(to, toEnd - to)} @@\n`;
  let at = from;
  const same = (until: number) => {
    for (; at < until; at++) text += shown(' ', a[at] ?? '');
  };
  for (const { from: start, removed, to: place, added } of group) {
    same(start);
    for (; at < start + removed; at++) text += shown('-', a[at] ?? '');
    for (let line = place; line < place + added; line++) text += shown('+', b[line] ?? '');
  }
  same(end);
  return text;
}

/** Both sides of a file; null: there is none. */
export interface TwoTexts {
  path: string;
  /** Where it stood before. */
  from?: string | undefined;
  before: string | null;
  after: string | null;
}

/** How a text has changed, in the form that patch and git know; empty where it has not. */
export function unifiedDiff({ path, from = path, before, after }: TwoTexts): string {
  if (before === after && from === path) return '';
  const [a, b] = [linesOf(before ?? ''), linesOf(after ?? '')];
  const head = `--- ${before === null ? '/dev/null' : `a/${from}`}\n+++ ${after === null ? '/dev/null' : `b/${path}`}\n`;
  return (
    head +
    gathered(lineDiff(a, b))
      .map(group => hunk(a, b, group))
      .join('')
  );
}
