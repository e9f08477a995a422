import type { Author } from './contract.ts';
import { lineDiff } from './diff.ts';
import { claimed, heal } from './heal.ts';
import { bodyOf } from './raw.ts';
import { type LineEdit, splice } from './splice.ts';
import { isVisible, type Mark, markOf, NOBODY, USER, type Weave, weaveOf } from './weave.ts';

/** What an agent's write makes of a file: `lines` is the whole new content, undefined deletes. */
export function agentWrote(weave: Weave, lines: readonly string[] | undefined, author: Author): Weave {
  if (lines === undefined && !weave.exists) return weave;
  const { mark, authors } = markOf(weave, author);
  const isOwn = (other: Mark) => {
    const one = authors[other - 2] as Author;
    return one.agent === author.agent && one.task === author.task;
  };
  const visible = weave.atoms.filter(isVisible).map(atom => atom.text);
  const edits = editsOf(visible, lines ?? []);
  const spliced = splice(weave.atoms, edits, mark, isOwn, weave.next);
  const written: Weave = { ...weave, authors, next: spliced.next, atoms: heal(spliced), exists: lines !== undefined };
  if (lines !== undefined) {
    return claimed({ ...written, gone: NOBODY, created: weave.exists || weave.gone !== NOBODY ? weave.created : mark });
  }
  const neverThere = weave.created !== NOBODY && isOwn(weave.created) && written.atoms.length === 0;
  return neverThere ? { ...weaveOf(undefined), next: written.next } : { ...written, gone: mark };
}

/** What the user's edits of single lines make of it. */
export function userEdited(weave: Weave, edits: readonly LineEdit[]): Weave {
  const spliced = splice(weave.atoms, edits, USER, () => false, weave.next);
  return claimed({ ...weave, atoms: heal(spliced), next: spliced.next });
}

/** What it makes of a file that its content is now this, and no agent wrote it. */
export function userWrote(weave: Weave, lines: readonly string[] | undefined): Weave {
  if (lines === undefined) return { ...weaveOf(undefined), next: weave.next };
  if (!weave.exists && weave.gone === NOBODY) return { ...weaveOf(lines), next: weave.next };
  const edited = userEdited({ ...weave, exists: true, gone: NOBODY }, bodyEdits(weave, lines));
  return withTexts(edited, lines);
}

function editsOf(old: readonly string[], lines: readonly string[]): LineEdit[] {
  return lineDiff(old, lines).map(({ from, removed, to, added }) => ({
    from,
    removed,
    lines: lines.slice(to, to + added),
  }));
}

/** Only line ends differing does not make a line the user's: an editor may change them all on saving. */
function bodyEdits(weave: Weave, lines: readonly string[]): LineEdit[] {
  const old = weave.atoms.filter(isVisible).map(atom => bodyOf(atom.text));
  return lineDiff(ended(old), ended(lines.map(bodyOf))).map(({ from, removed, to, added }) => ({
    from,
    removed,
    lines: lines.slice(to, to + added),
  }));
}

const ended = (bodies: string[]) => bodies.map(body => `${body}\n`);

function withTexts(weave: Weave, lines: readonly string[]): Weave {
  let index = 0;
  let same = true;
  const atoms = weave.atoms.map(atom => {
    if (!isVisible(atom)) return atom;
    const text = lines[index++] as string;
    if (text === atom.text) return atom;
    same = false;
    return { ...atom, text };
  });
  return same ? weave : { ...weave, atoms };
}
