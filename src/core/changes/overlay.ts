import { settle } from './heal.ts';
import { type Atom, authorOf, isAgent, isVisible, type Mark, markOf, NOBODY, type Weave } from './weave.ts';

/** Both weaves show the same lines: their marks together, the first one's where both say something of a line. */
export function overlay(weave: Weave, other: Weave): Weave {
  let { authors } = weave;
  const marks = new Map<Mark, Mark>();
  const translated = (mark: Mark): Mark => {
    if (!isAgent(mark)) return mark;
    const known = marks.get(mark);
    if (known !== undefined) return known;
    const made = markOf({ ...weave, authors }, authorOf(other, mark));
    authors = made.authors;
    marks.set(mark, made.mark);
    return made.mark;
  };
  const ours = stretches(weave.atoms);
  const theirs = stretches(other.atoms);
  const atoms = ours.flatMap(({ hidden, shown }, index) => {
    const there = theirs[index];
    const merged = mergeHidden(hidden, there?.hidden ?? [], translated);
    if (!shown) return merged;
    const ins = there?.shown?.ins ?? NOBODY;
    if (isAgent(shown.ins) || !isAgent(ins)) return [...merged, shown];
    return [...merged, { ...shown, ins: translated(ins), id: there?.shown?.id as number }];
  });
  const next = Math.max(weave.next, other.next);
  const created = weave.created === NOBODY && !hasWork(weave) ? translated(other.created) : weave.created;
  return { ...weave, atoms: settle(atoms), authors, next, created };
}

const hasWork = ({ atoms }: Weave) => atoms.some(atom => isAgent(atom.ins) || isAgent(atom.del));

interface Stretch {
  hidden: Atom[];
  /** Absent behind the last line. */
  shown?: Atom;
}

/** Each line that is shown, with what is hidden before it. */
function stretches(atoms: readonly Atom[]): Stretch[] {
  const all: Stretch[] = [];
  let hidden: Atom[] = [];
  for (const atom of atoms) {
    if (!isVisible(atom)) hidden.push(atom);
    else {
      all.push({ hidden, shown: atom });
      hidden = [];
    }
  }
  return [...all, { hidden }];
}

/** A line that both have taken out is one line. */
function mergeHidden(ours: readonly Atom[], theirs: readonly Atom[], translated: (mark: Mark) => Mark): Atom[] {
  const merged = [...ours];
  const free = new Set(ours.keys());
  for (const atom of theirs) {
    const twin = [...free].find(index => ours[index]?.text === atom.text);
    if (twin === undefined) {
      merged.push({ ...atom, ins: translated(atom.ins), del: translated(atom.del) });
      continue;
    }
    free.delete(twin);
    const own = ours[twin] as Atom;
    merged[twin] = {
      ...own,
      ins: isAgent(own.ins) ? own.ins : translated(atom.ins),
      del: isAgent(own.del) ? own.del : translated(atom.del),
      id: own.id || atom.id,
    };
  }
  return merged;
}
