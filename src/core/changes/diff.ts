import vscodeDiff from 'vscode-diff';
import { anchors } from './anchors.ts';

/** Lines `from … from + removed` of the old became lines `to … to + added` of the new. */
export interface LineChange {
  from: number;
  removed: number;
  to: number;
  added: number;
}

/** A stretch of both sides that may differ; ends are exclusive. */
interface Stretch {
  a: number;
  aEnd: number;
  b: number;
  bEnd: number;
}

/** Equal lines given to the library on both sides of a difference, so that it can choose where a change begins. */
const CONTEXT = 4;
/** Up to so many lines are compared to the end; beyond, the library may give up and call the stretch replaced. */
const UNTIMED = 400;
const PATIENCE_MS = 10;
/** From this many lines on, what has nothing in common that is quick to find counts as replaced. */
const HOPELESS = 6000;
/** How many lines together must stand once: single lines, again among what is left, then small groups. */
const GRAINS = [1, 1, 4];

const computer = new vscodeDiff.DefaultLinesDiffComputer();

/**
 * What changed between two lists of lines, in order and not touching each other. VS Code's own algorithm decides, on the
 * small stretches between lines that stand once on both sides: so the cost follows the differences, not the file.
 */
export function lineDiff(a: readonly string[], b: readonly string[]): LineChange[] {
  const changes: LineChange[] = [];
  for (const stretch of differing(a, b)) {
    for (const change of compare(a, b, stretch)) {
      const last = changes.at(-1);
      if (last && last.from + last.removed === change.from && last.to + last.added === change.to) {
        last.removed += change.removed;
        last.added += change.added;
      } else changes.push(change);
    }
  }
  return changes;
}

/** Stretches that hold every difference, widened by context and joined where they would touch. */
function differing(a: readonly string[], b: readonly string[]): Stretch[] {
  const all = trimmed(a, b, { a: 0, aEnd: a.length, b: 0, bEnd: b.length });
  if (!all) return [];
  const rough: Stretch[] = [];
  split(a, b, all, GRAINS, rough);
  return widened(a, b, rough);
}

/** Puts into `found` what differs between the anchors; a stretch that is still long is looked at again by itself. */
function split(
  a: readonly string[],
  b: readonly string[],
  within: Stretch,
  grains: readonly number[],
  found: Stretch[],
) {
  const [grain, ...coarser] = grains;
  if (grain === undefined || within.aEnd - within.a + within.bEnd - within.b <= UNTIMED) {
    found.push(within);
    return;
  }
  let atA = within.a;
  let atB = within.b;
  const until = (aEnd: number, bEnd: number) => {
    const stretch = trimmed(a, b, { a: atA, aEnd, b: atB, bEnd });
    if (stretch) split(a, b, stretch, coarser, found);
  };
  for (const [x, y] of anchors(a, b, within, grain)) {
    until(x, y);
    atA = x + 1;
    atB = y + 1;
  }
  until(within.aEnd, within.bEnd);
}

/** Without the equal lines at both ends; undefined when nothing is left. */
function trimmed(a: readonly string[], b: readonly string[], within: Stretch): Stretch | undefined {
  let { a: fromA, b: fromB, aEnd, bEnd } = within;
  while (fromA < aEnd && fromB < bEnd && a[fromA] === b[fromB]) {
    fromA++;
    fromB++;
  }
  while (aEnd > fromA && bEnd > fromB && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd--;
    bEnd--;
  }
  return fromA < aEnd || fromB < bEnd ? { a: fromA, aEnd, b: fromB, bEnd } : undefined;
}

function widened(a: readonly string[], b: readonly string[], rough: Stretch[]): Stretch[] {
  const wide: Stretch[] = [];
  let joinable = false;
  for (const [index, one] of rough.entries()) {
    if (isPlain(a, b, one)) {
      wide.push(one);
      joinable = false;
      continue;
    }
    const before = rough[index - 1];
    const after = rough[index + 1];
    const room = Math.min(CONTEXT, before ? one.a - before.aEnd : Math.min(one.a, one.b));
    const end = Math.min(a.length - one.aEnd, b.length - one.bEnd);
    const roomAfter = Math.min(CONTEXT, after ? after.a - one.aEnd : end);
    const next = { a: one.a - room, aEnd: one.aEnd + roomAfter, b: one.b - room, bEnd: one.bEnd + roomAfter };
    const last = wide.at(-1);
    if (joinable && last && next.a <= last.aEnd) {
      last.aEnd = next.aEnd;
      last.bEnd = next.bEnd;
    } else wide.push(next);
    joinable = true;
  }
  return wide;
}

/** There is only one way to say this change: no line stands on both sides, and it cannot slide up or down. */
function isPlain(a: readonly string[], b: readonly string[], { a: from, aEnd, b: to, bEnd }: Stretch): boolean {
  const [lines, start, end] = from === aEnd ? [b, to, bEnd] : [a, from, aEnd];
  if (from === aEnd || to === bEnd) {
    return !(start > 0 && lines[start - 1] === lines[end - 1]) && lines[end] !== lines[start];
  }
  const olds = new Set(a.slice(from, aEnd));
  for (let i = to; i < bEnd; i++) if (olds.has(b[i] as string)) return false;
  return true;
}

/** What the library sees of a line: a line without an end, which only the last can be, must not look like one with. */
const shown = (line: string) => (line.endsWith('\n') ? line.slice(0, -1) : `${line}\0`);

function compare(a: readonly string[], b: readonly string[], within: Stretch): LineChange[] {
  const olds = a.slice(within.a, within.aEnd);
  const news = b.slice(within.b, within.bEnd);
  const whole = [{ from: within.a, removed: olds.length, to: within.b, added: news.length }];
  if (isPlain(a, b, within) || olds.length + news.length > HOPELESS) return whole;
  const { changes } = computer.computeDiff(olds.map(shown), news.map(shown), {
    ignoreTrimWhitespace: false,
    computeMoves: false,
    maxComputationTimeMs: olds.length + news.length > UNTIMED ? PATIENCE_MS : 0,
  });
  const found = changes.map(({ original, modified }) => ({
    from: within.a + original.startLineNumber - 1,
    removed: original.endLineNumberExclusive - original.startLineNumber,
    to: within.b + modified.startLineNumber - 1,
    added: modified.endLineNumberExclusive - modified.startLineNumber,
  }));
  return (holds(a, b, within, found) ? found : whole).flatMap(change => exact(a, b, change));
}

/**
 * The library calls a short line between two changes changed, for looks. Who wrote a line is no matter of looks: what
 * stands on both sides stays.
 */
function exact(a: readonly string[], b: readonly string[], change: LineChange): LineChange[] {
  const { from, removed, to, added } = change;
  if (removed === 0 || added === 0 || isPlain(a, b, { a: from, aEnd: from + removed, b: to, bEnd: to + added })) {
    return [change];
  }
  const olds = a.slice(from, from + removed);
  const news = b.slice(to, to + added);
  return new vscodeDiff.LcsDiff({ getElements: () => olds }, { getElements: () => news })
    .ComputeDiff(false)
    .changes.map(one => ({
      from: from + one.originalStart,
      removed: one.originalLength,
      to: to + one.modifiedStart,
      added: one.modifiedLength,
    }));
}

/** Whether all that is not listed is equal: attribution rests on it, so it is not taken on trust. */
function holds(a: readonly string[], b: readonly string[], within: Stretch, changes: LineChange[]): boolean {
  let x = within.a;
  let y = within.b;
  for (const change of [...changes, { from: within.aEnd, removed: 0, to: within.bEnd, added: 0 }]) {
    if (change.from - x !== change.to - y || change.from < x) return false;
    for (; x < change.from; x++, y++) if (a[x] !== b[y]) return false;
    x = change.from + change.removed;
    y = change.to + change.added;
  }
  return true;
}
