import { lineDiff } from './diff.ts';
import type { Spliced } from './splice.ts';
import { type Atom, isAgent, isEffective, isTouched, isVisible, NOBODY, USER, type Weave } from './weave.ts';

/** Dead lines are kept for those who may reject what replaced them; but not without bound. */
const SPARE_DEAD = 1000;

/**
 * After an edit: a line that was taken out and has come back is as it was; the user's lines beside hunks are the
 * baseline's; and where nothing of an agent is left, nothing is pending.
 */
export function heal({ atoms, fresh, loose }: Spliced): Atom[] {
  const healed: Atom[] = [];
  forRuns(atoms, healed, run => {
    for (const atom of restored(run, fresh)) healed.push(loose.has(atom) ? { ...atom, ins: NOBODY } : atom);
  });
  return settle(healed);
}

/** Drops marks that no decision could change any more. */
export function settle(atoms: readonly Atom[]): Atom[] {
  const settled: Atom[] = [];
  let dead = 0;
  forRuns(atoms, settled, run => {
    if (run.some(isEffective)) {
      for (const atom of run) {
        if (isAgent(atom.ins) && !isVisible(atom)) dead++;
        settled.push(atom);
      }
      return;
    }
    for (const atom of run) if (isVisible(atom)) settled.push({ ...atom, ins: NOBODY, id: 0 });
  });
  if (dead < settled.length / 2 + SPARE_DEAD) return settled;
  return settled.filter(atom => !isAgent(atom.ins) || isVisible(atom));
}

/** Copies untouched lines to `out` and hands over each series of touched ones. */
function forRuns(atoms: readonly Atom[], out: Atom[], take: (run: Atom[]) => void): void {
  for (let at = 0; at < atoms.length; ) {
    const atom = atoms[at] as Atom;
    if (!isTouched(atom)) {
      out.push(atom);
      at++;
      continue;
    }
    const from = at;
    while (at < atoms.length && isTouched(atoms[at] as Atom)) at++;
    take(atoms.slice(from, at));
  }
}

const isTakenOut = (atom: Atom) => !isVisible(atom) && !isAgent(atom.ins);

function restored(run: Atom[], fresh: ReadonlySet<Atom>): Atom[] {
  let news = 0;
  for (const atom of run) if (fresh.has(atom)) news++;
  // What one edit did has been compared once; it is worth a second look only together with earlier work.
  if (news === 0 || news === run.length) return run;
  const out = run.filter(isTakenOut);
  const texts = new Set(out.map(atom => atom.text));
  const standing = run.filter(isVisible);
  if (!standing.some(atom => texts.has(atom.text))) return run;

  const outTexts = out.map(atom => atom.text);
  const standingTexts = standing.map(atom => atom.text);
  /** For each taken-out line that is back: the line that brought it. */
  const back = new Map<Atom, Atom>();
  let a = 0;
  let b = 0;
  const pair = (until: number) => {
    for (; a < until; a++, b++) back.set(out[a] as Atom, standing[b] as Atom);
  };
  for (const change of lineDiff(outTexts, standingTexts)) {
    pair(change.from);
    a = change.from + change.removed;
    b = change.to + change.added;
  }
  pair(out.length);
  return back.size === 0 ? run : woven(run, back);
}

/** The run with pairs made one: what is not paired keeps its order, on its side of each pair. */
function woven(run: Atom[], back: ReadonlyMap<Atom, Atom>): Atom[] {
  const hidden: { atom: Atom; index: number }[] = [];
  const shown: { atom: Atom; index: number }[] = [];
  for (const [index, atom] of run.entries()) (isVisible(atom) ? shown : hidden).push({ atom, index });
  const result: Atom[] = [];
  let h = 0;
  let s = 0;
  const upTo = (hiddenEnd: number, shownEnd: number) => {
    while (h < hiddenEnd || s < shownEnd) {
      const left = hidden[h];
      const right = shown[s];
      if (left && h < hiddenEnd && (s >= shownEnd || !right || left.index < right.index)) {
        result.push(left.atom);
        h++;
      } else if (right) {
        result.push(right.atom);
        s++;
      }
    }
  };
  const shownAt = new Map(shown.map(({ atom }, index) => [atom, index]));
  for (const [index, { atom }] of hidden.entries()) {
    const bringer = back.get(atom);
    if (!bringer) continue;
    upTo(index, shownAt.get(bringer) as number);
    result.push({ ...atom, del: NOBODY, id: atom.ins === USER ? atom.id : 0 });
    h++;
    s++;
  }
  upTo(hidden.length, shown.length);
  return result;
}

/** A created file without any agent's line left, but with others, is the user's own. */
export function claimed(weave: Weave): Weave {
  if (weave.created === NOBODY || !weave.exists) return weave;
  const pending = weave.atoms.some(isTouched);
  return pending || weave.atoms.length === 0 ? weave : { ...weave, created: NOBODY };
}
