import type { ChangedFile, HunkItem } from '../../src/protocol/api.ts';

/** Lines beside each other: what was, and what is. */
export interface Pair {
  before: { number: number; text: string } | undefined;
  after: { number: number; text: string } | undefined;
  changed: boolean;
}

const CONTEXT = 3;

const linesOf = (text: string | null | undefined): string[] => {
  const lines = text ? text.split(/\r\n|\n|\r/) : [];
  if (lines.at(-1) === '') lines.pop();
  return lines;
};

/** A hunk with the lines around it, each side in the other's place. */
export function pairsOf({ before, after }: Pick<ChangedFile, 'before' | 'after'>, { base, current }: HunkItem): Pair[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  const line = (lines: string[], at: number) => ({ number: at + 1, text: lines[at] ?? '' });
  const same = (from: number, count: number, shift: number): Pair[] =>
    Array.from({ length: Math.max(0, count) }, (_, i) => {
      const at = from + i;
      return { before: line(old, at - shift), after: line(now, at), changed: false };
    });
  const above = Math.min(CONTEXT, current.start, base.start);
  const end = current.start + current.count;
  const below = Math.min(CONTEXT, now.length - end, old.length - base.start - base.count);
  const height = Math.max(base.count, current.count);
  return [
    ...same(current.start - above, above, current.start - base.start),
    ...Array.from({ length: height }, (_, i) => ({
      before: i < base.count ? line(old, base.start + i) : undefined,
      after: i < current.count ? line(now, current.start + i) : undefined,
      changed: true,
    })),
    ...same(end, below, end - (base.start + base.count)),
  ];
}
