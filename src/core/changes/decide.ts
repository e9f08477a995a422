import { claimed, settle } from './heal.ts';
import { type HunkMap, hunkMap } from './hunks.ts';
import { type Atom, endLines, isAgent, isVisible, type Mark, NOBODY, USER, type Weave, weaveOf } from './weave.ts';

/** Which of a file's pending work is meant: whole hunks, or what some agents did in them. */
export interface Pick {
  /** Hunk ids; all of the file when absent. */
  hunks?: readonly string[];
  /** Whose work; everybody's when absent. */
  isMeant?: (mark: Mark) => boolean;
}

/** What becomes of the user's own lines inside rejected hunks. */
export type OwnEdits = 'keep' | 'discard';

export type Refusal =
  /** No such hunk any more. */
  | { reason: 'gone' }
  /** The user changed these hunks: reject must say what becomes of that. */
  | { reason: 'edited'; hunks: string[] }
  /** Others built on this work: rejecting takes theirs out too, and must be told so. */
  | { reason: 'built-on'; hunks: string[]; by: Mark[] };

export interface Decided {
  weave: Weave;
  /** The hunks that were decided, wholly or in part. */
  hunks: string[];
  /** Whose work was. */
  marks: Mark[];
  /** Who lost work since it was built on what was rejected. */
  builtOn: Mark[];
}

type Answer = { ok: true; decided: Decided } | { ok: false; refusal: Refusal };

const refused = (refusal: Refusal): Answer => ({ ok: false, refusal });

/** The picked hunks' indices, and whose marks in them; undefined where an id names nothing. */
function picked(map: HunkMap, pick: Pick): Set<number> | undefined {
  const chosen = new Set<number>();
  for (const id of pick.hunks ?? []) {
    const index = map.hunks.findIndex(hunk => hunk.id === id);
    if (index < 0) return undefined;
    chosen.add(index);
  }
  if (!pick.hunks) for (const index of map.hunks.keys()) chosen.add(index);
  const isMeant = pick.isMeant;
  if (isMeant)
    for (const index of chosen) if (![...(map.hunks[index]?.marks ?? [])].some(isMeant)) chosen.delete(index);
  return chosen.size > 0 ? chosen : undefined;
}

/** Makes picked work part of the baseline. The file stays as it is. */
export function accept(weave: Weave, pick: Pick): Answer {
  const map = hunkMap(weave);
  const chosen = picked(map, pick);
  if (!chosen) return refused({ reason: 'gone' });
  const isMeant = pick.isMeant ?? (() => true);
  const marks = marksOf(map, chosen).filter(isMeant);
  const hunks = [...chosen].map(index => map.hunks[index]?.id as string);
  if (weave.gone !== NOBODY && isMeant(weave.gone)) {
    return { ok: true, decided: { weave: { ...weaveOf(undefined), next: weave.next }, hunks, marks, builtOn: [] } };
  }
  const atoms: Atom[] = [];
  for (const [index, atom] of weave.atoms.entries()) {
    if (!chosen.has(map.of[index] as number)) {
      atoms.push(atom);
      continue;
    }
    if (isAgent(atom.del) && isMeant(atom.del)) continue;
    if (!isAgent(atom.ins) || !isMeant(atom.ins)) atoms.push(atom);
    else if (atom.del !== USER) atoms.push({ ...atom, ins: NOBODY, id: atom.del === NOBODY ? 0 : atom.id });
  }
  const created = weave.created !== NOBODY && isMeant(weave.created) ? NOBODY : weave.created;
  return {
    ok: true,
    decided: { weave: claimed({ ...weave, atoms: settle(atoms), created }), hunks, marks, builtOn: [] },
  };
}

/** Takes picked work out of the file. */
export function reject(weave: Weave, pick: Pick, options: { edits?: OwnEdits; force?: boolean }): Answer {
  const map = hunkMap(weave);
  const chosen = picked(map, pick);
  if (!chosen) return refused({ reason: 'gone' });
  const isMeant = pick.isMeant ?? (() => true);
  const hunks = [...chosen].map(index => map.hunks[index]?.id as string);
  const edited = [...chosen].filter(index => map.hunks[index]?.edited).map(index => map.hunks[index]?.id as string);
  if (edited.length > 0 && !options.edits) return refused({ reason: 'edited', hunks: edited });

  const built = builtOn(weave, map, chosen, isMeant);
  const by = marksOf(map, built).filter(mark => !isMeant(mark));
  if (built.size > 0 && !options.force) {
    return refused({ reason: 'built-on', hunks: [...built].map(index => map.hunks[index]?.id as string), by });
  }
  const goes = (mark: Mark, hunk: number) => isAgent(mark) && (isMeant(mark) || built.has(hunk));
  const atoms: Atom[] = [];
  for (const [index, atom] of weave.atoms.entries()) {
    const hunk = map.of[index] as number;
    if (!chosen.has(hunk)) {
      atoms.push(atom);
      continue;
    }
    if (goes(atom.ins, hunk)) continue;
    if (atom.ins === USER && options.edits === 'discard') continue;
    if (isUsersGap(atom) && options.edits === 'discard') atoms.push({ ...atom, del: NOBODY, id: 0 });
    else if (!goes(atom.del, hunk)) atoms.push(atom);
    // While somebody else's deletion of the whole file stands, a line that comes back is theirs to have taken out.
    else if (weave.gone !== NOBODY && !goes(weave.gone, hunk)) atoms.push({ ...atom, del: weave.gone });
    else atoms.push({ ...atom, del: NOBODY, id: isAgent(atom.ins) ? atom.id : 0 });
  }
  const marks = marksOf(map, chosen).filter(mark => isMeant(mark) || by.includes(mark));
  const rejected = backInPlace(
    { ...weave, atoms: endLines(settle(atoms)) },
    mark => isMeant(mark) || by.includes(mark),
  );
  return { ok: true, decided: { weave: rejected, hunks, marks, builtOn: by } };
}

/** A line that was no agent's and that the user took out together with an agent's. */
const isUsersGap = (atom: Atom) => atom.del === USER && !isAgent(atom.ins);

const marksOf = (map: HunkMap, chosen: ReadonlySet<number>): Mark[] => [
  ...new Set([...chosen].flatMap(index => [...(map.hunks[index]?.marks ?? [])])),
];

/** The file itself comes back, or goes, with its lines. */
function backInPlace(weave: Weave, isRejected: (mark: Mark) => boolean): Weave {
  if (weave.gone !== NOBODY && !isRejected(weave.gone)) return weave;
  const back: Weave = weave.gone === NOBODY ? weave : { ...weave, gone: NOBODY, exists: true };
  const empty = !back.atoms.some(isVisible);
  if (empty && back.created !== NOBODY && isRejected(back.created)) return { ...weaveOf(undefined), next: back.next };
  return claimed(back);
}

/** The hunks where somebody else took out lines that are to be rejected: they cannot go without the other's work. */
function builtOn(weave: Weave, map: HunkMap, chosen: ReadonlySet<number>, isMeant: (mark: Mark) => boolean) {
  const built = new Set<number>();
  for (const [index, atom] of weave.atoms.entries()) {
    const hunk = map.of[index] as number;
    if (!chosen.has(hunk) || !isAgent(atom.ins) || !isAgent(atom.del)) continue;
    if (isMeant(atom.ins) && !isMeant(atom.del)) built.add(hunk);
  }
  return built;
}
