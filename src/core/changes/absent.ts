import { userWrote } from './edit.ts';
import { settle } from './heal.ts';
import { hunkMap } from './hunks.ts';
import { overlay } from './overlay.ts';
import { rawLines } from './raw.ts';
import { type Content, countsOf, hunksOf, isWhole, type Reviewed } from './reviewed.ts';
import { type Atom, isAgent, isEffective, isVisible, NOBODY, type Weave } from './weave.ts';

/** A content that a file once had, with the review that belongs to it. */
export interface Version {
  content: Content['hash'];
  reviewed: Reviewed;
}

/** How many versions of one file are kept for work that may come back. */
const MOST = 32;

/** Names the pieces of pending work; they keep their names while the file goes through other contents. */
function worksIn(reviewed: Reviewed): Set<number | string> {
  if (isWhole(reviewed)) return new Set(hunksOf(reviewed).length > 0 ? [`whole:${reviewed.current}`] : []);
  const works = new Set<number | string>(reviewed.atoms.filter(isEffective).map(({ id }) => id));
  if (reviewed.gone !== NOBODY) works.add('gone');
  if (reviewed.created !== NOBODY && works.size === 0) works.add('created');
  return works;
}

/** What is to be kept once a file has gone from one version to another review: each lost piece of work in some version. */
export function keptAbsent(absent: readonly Version[], before: Version, after: Reviewed): readonly Version[] {
  const there = worksIn(after);
  const isAway = (version: Version) => [...worksIn(version.reviewed)].some(work => !there.has(work));
  const still = absent.every(isAway) ? absent : absent.filter(isAway);
  const lost = [...worksIn(before.reviewed)].filter(work => !there.has(work));
  const known = new Set(still.flatMap(version => [...worksIn(version.reviewed)]));
  if (lost.every(work => known.has(work))) return still;
  return [before, ...still].slice(0, MOST);
}

/** The review of a content, with all that was absent and stands in it again. */
export function withReturned(reviewed: Reviewed, content: Content, absent: readonly Version[]): Reviewed {
  return absent.reduce((now, version) => withVersion(now, content, version), reviewed);
}

function withVersion(reviewed: Reviewed, content: Content, version: Version): Reviewed {
  const same = version.content === content.hash;
  if (isWhole(reviewed) || isWhole(version.reviewed)) {
    return same && countsOf(reviewed, hunksOf(reviewed)) === undefined ? version.reviewed : reviewed;
  }
  if (content.bytes === null) {
    // A file that is gone shows no lines: either that is the agent's work again, or nothing is.
    return same && reviewed.gone === NOBODY ? version.reviewed : reviewed;
  }
  const lines = rawLines(content.bytes);
  const now = same ? version.reviewed : userWrote(version.reviewed, lines);
  const back = returned(now, version.reviewed, reviewed);
  return back ? overlay(reviewed, back) : reviewed;
}

/** Only the hunks whose work stands in the file again and is not known there; undefined where there is none. */
function returned(now: Weave, then: Weave, known: Weave): Weave | undefined {
  const there = worksIn(known);
  const map = hunkMap(now);
  const back = map.hunks.map((_, hunk) => {
    const atoms = now.atoms.filter((_, index) => map.of[index] === hunk);
    const isNews = atoms.some(atom => isEffective(atom) && !there.has(atom.id));
    return isNews && (atoms.some(isTelling) || isInPlace(now, then, atoms));
  });
  const isCreatedEmpty = now.created !== NOBODY && now.atoms.length === 0 && !there.has('created');
  if (!back.includes(true)) return isCreatedEmpty ? now : undefined;
  const atoms = now.atoms.flatMap((atom, index) => {
    if (back[map.of[index] as number]) return [atom];
    return isVisible(atom) ? [{ ...atom, ins: NOBODY, id: 0 }] : [];
  });
  return { ...now, atoms, created: hunkMap(known).hunks.length === 0 ? now.created : NOBODY };
}

/** An agent's line that stands there and is not one of those that stand everywhere, such as a brace. */
const isTelling = (atom: Atom) => isAgent(atom.ins) && isVisible(atom) && /[^\s{}()[\];,<>/*#-]/.test(atom.text);

/** Where nothing tells but that lines are missing, they must be missing in the very place. */
function isInPlace(now: Weave, then: Weave, atoms: readonly Atom[]): boolean {
  if (!atoms.every(atom => isAgent(atom.ins) || isAgent(atom.del))) return false;
  const [first, last] = [atoms[0] as Atom, atoms.at(-1) as Atom];
  const around = (weave: Weave) => {
    const from = weave.atoms.findIndex(({ id }) => id === first.id);
    const to = weave.atoms.findLastIndex(({ id }) => id === last.id);
    if (from < 0 || to < 0) return undefined;
    return [weave.atoms.slice(0, from).findLast(isVisible)?.text, weave.atoms.slice(to + 1).find(isVisible)?.text];
  };
  return JSON.stringify(around(now)) === JSON.stringify(around(then));
}

/** Work that was accepted is the baseline's wherever else it stands. */
export function withoutAccepted(absent: readonly Version[], before: Reviewed, after: Reviewed): readonly Version[] {
  if (absent.length === 0) return absent;
  if (isWhole(before) || isWhole(after)) return absent.filter(({ reviewed }) => !isWhole(reviewed));
  const left = new Set(after.atoms.map(({ id }) => id));
  const accepted = new Set(before.atoms.flatMap(({ id }) => (id === 0 || left.has(id) ? [] : [id])));
  const isNamed = (version: Version) => !(before.gone !== NOBODY && after.gone === NOBODY && version.content === null);
  return absent.filter(isNamed).flatMap(version => {
    const { reviewed } = version;
    if (isWhole(reviewed) || !reviewed.atoms.some(({ id }) => accepted.has(id))) return [version];
    const atoms = reviewed.atoms.flatMap(atom => {
      if (!accepted.has(atom.id)) return [atom];
      return isVisible(atom) ? [{ ...atom, ins: NOBODY, id: 0 }] : [];
    });
    const created = before.created !== NOBODY && after.created === NOBODY ? NOBODY : reviewed.created;
    const rest = { ...reviewed, atoms: settle(atoms), created };
    return hunksOf(rest).length > 0 ? [{ ...version, reviewed: rest }] : [];
  });
}

/** New work gets a name that no absent work has. */
export function namedApart(reviewed: Reviewed, absent: readonly Version[]): Reviewed {
  if (isWhole(reviewed)) return reviewed;
  const next = Math.max(
    reviewed.next,
    ...absent.map(version => (isWhole(version.reviewed) ? 0 : version.reviewed.next)),
  );
  return next === reviewed.next ? reviewed : { ...reviewed, next };
}
