import type { Hunk } from '../../core/changes/hunks.ts';

const CONTEXT = 3;

/** Lines of a text; what ends the last one makes no line of its own. */
export function linesOf(text: string | null): string[] {
  const lines = text === null ? [] : text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The hunks of a file as a unified diff, each with the lines around it. */
export function unifiedDiff(path: string, before: string | null, after: string | null, hunks: readonly Hunk[]): string {
  const [old, now] = [linesOf(before), linesOf(after)];
  const name = path.replaceAll(/[\r\n\t]/g, ' ');
  const parts = [
    `--- ${before === null ? '/dev/null' : `a/${name}`}`,
    `+++ ${after === null ? '/dev/null' : `b/${name}`}`,
  ];
  for (const { base, current } of hunks) {
    const above = Math.min(CONTEXT, current.start, base.start);
    const end = current.start + current.count;
    const below = Math.min(CONTEXT, now.length - end, old.length - base.start - base.count);
    const head = (start: number, count: number) => `${count === 0 ? start : start + 1},${count}`;
    parts.push(
      `@@ -${head(base.start - above, base.count + above + below)} +${head(current.start - above, current.count + above + below)} @@`,
      ...now.slice(current.start - above, current.start).map(line => ` ${line}`),
      ...old.slice(base.start, base.start + base.count).map(line => `-${line}`),
      ...now.slice(current.start, end).map(line => `+${line}`),
      ...now.slice(end, end + below).map(line => ` ${line}`),
    );
  }
  return `${parts.join('\n')}\n`;
}
