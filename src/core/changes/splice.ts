import { type Atom, isAgent, isTouched, isVisible, type Mark, NOBODY, USER } from './weave.ts';

/** New lines in the place of visible lines `from … from + removed`. */
export interface LineEdit {
  from: number;
  removed: number;
  lines: readonly string[];
}

export interface Spliced {
  atoms: Atom[];
  next: number;
  /** What this edit put in or took out. */
  fresh: Set<Atom>;
  /** Lines of the user that stand beside hunks, not inside one. */
  loose: Set<Atom>;
}

/** Marks lines as taken out and puts new ones in, for edits in order; `isOwn` tells whose lines just vanish. */
export function splice(
  atoms: readonly Atom[],
  edits: readonly LineEdit[],
  mark: Mark,
  isOwn: (mark: Mark) => boolean,
  next: number,
): Spliced {
  const result: Spliced = { atoms: [], next, fresh: new Set(), loose: new Set() };
  const out = result.atoms;
  let at = 0;
  let visible = 0;

  /** Copies until just behind the visible line before `line`, whatever invisible follows. */
  const copyTo = (line: number) => {
    while (visible < line && at < atoms.length) {
      const atom = atoms[at++] as Atom;
      out.push(atom);
      if (isVisible(atom)) visible++;
    }
  };
  const copyInvisible = () => {
    for (let atom = atoms[at]; atom && !isVisible(atom); atom = atoms[at]) {
      out.push(atom);
      at++;
    }
  };
  const put = (lines: readonly string[], tied: boolean) => {
    for (const text of lines) {
      const atom: Atom = { text, ins: mark, del: NOBODY, id: mark === USER ? 0 : result.next++ };
      out.push(atom);
      result.fresh.add(atom);
      if (!tied) result.loose.add(atom);
    }
  };
  /** Takes out the next visible line; one that is not the author's own is kept for whoever takes that back. */
  const takeOut = (tied: boolean) => {
    const atom = atoms[at++] as Atom;
    visible++;
    const isGone =
      mark === USER ? atom.ins === USER || (!isAgent(atom.ins) && !tied) : isAgent(atom.ins) && isOwn(atom.ins);
    if (isGone) return;
    const taken: Atom = { ...atom, del: mark, id: atom.id || result.next++ };
    out.push(taken);
    result.fresh.add(taken);
  };
  /** Whether the user's edit of the next lines is one of a hunk's: it touches what an agent or they wrote in one. */
  const isTied = (removed: number) => {
    for (let i = at, left = removed; left > 0 && i < atoms.length; i++) {
      const atom = atoms[i] as Atom;
      if (!isVisible(atom)) continue;
      if (atom.ins !== NOBODY) return true;
      left--;
    }
    return false;
  };

  for (const edit of edits) {
    copyTo(edit.from);
    if (edit.removed === 0) {
      const early = isEarlySlot(out, atoms, at, mark);
      if (!early) copyInvisible();
      put(edit.lines, mark !== USER || isInside(out, atoms, at));
      continue;
    }
    const tied = mark !== USER || isTied(edit.removed);
    for (let i = 0; i < edit.removed && at < atoms.length; i++) {
      copyInvisible();
      if (at < atoms.length) takeOut(tied);
    }
    put(edit.lines, tied || isInside(out, atoms, at));
  }
  copyTo(Number.POSITIVE_INFINITY);
  return result;
}

/**
 * Between two visible lines there can be lines taken out. New ones go behind them, except where going before them joins
 * an agent's work together, or keeps the user's line out of a hunk.
 */
function isEarlySlot(out: readonly Atom[], atoms: readonly Atom[], at: number, mark: Mark): boolean {
  const first = atoms[at];
  if (!first || isVisible(first)) return false;
  if (mark !== USER) return out.at(-1)?.ins === mark;
  let end = at;
  while (end < atoms.length && !isVisible(atoms[end] as Atom)) end++;
  return isInside(out, atoms, end, at) && !isInside(out, atoms, at);
}

/** Whether a line put before `after[at]`, behind `before` and what follows from `gap` on, would stand inside one hunk. */
function isInside(before: readonly Atom[], after: readonly Atom[], at: number, gap = at): boolean {
  const right = agentsOf(after[at]);
  if (right.length === 0) return false;
  for (let i = at - gap + before.length - 1; i >= 0; i--) {
    const atom = (i < before.length ? before[i] : after[gap + i - before.length]) as Atom;
    if (!isTouched(atom)) return false;
    const left = agentsOf(atom);
    if (left.length > 0) return left.some(one => right.includes(one));
  }
  return false;
}

/** The agents who worked on a line: none, one, or one who wrote it and one who took it out. */
export function agentsOf(atom: Atom | undefined): Mark[] {
  if (!atom) return [];
  return [atom.ins, atom.del].filter(isAgent);
}
