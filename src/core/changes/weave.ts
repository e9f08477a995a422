import type { Author } from './contract.ts';
import { commonEnd, endOf } from './raw.ts';

/** Who did something to a line: nobody (it stands in the baseline), the user, or an agent (an index into the authors, + 2). */
export type Mark = number;
export const NOBODY = 0;
export const USER = 1;
export const isAgent = (mark: Mark): boolean => mark >= 2;

/** One line that stands in the file or would come back if something pending were rejected. */
export interface Atom {
  /** Raw bytes with the line's end. */
  readonly text: string;
  /** Who wrote it. The user's mark is kept only inside an agent's hunk; elsewhere the user's lines are the baseline's. */
  readonly ins: Mark;
  /** Who took it out. */
  readonly del: Mark;
  /** Names the agent's work on this line; 0 where there is none. */
  readonly id: number;
}

/**
 * A file under review, line by line: what stands in it, what agents put in and what they took out, in one sequence. The
 * file is the lines that nobody took out; the baseline is the lines that no agent put in. To accept or reject is to
 * clear marks, so no decision ever touches another line.
 */
export interface Weave {
  readonly atoms: readonly Atom[];
  readonly authors: readonly Author[];
  /** The next free id. */
  readonly next: number;
  /** The agent who made the file, while that is pending. */
  readonly created: Mark;
  /** The agent who deleted the file, while that is pending: then there is no file. */
  readonly gone: Mark;
  readonly exists: boolean;
}

/** A file with nothing pending. */
export function weaveOf(lines: readonly string[] | undefined): Weave {
  return {
    atoms: (lines ?? []).map(text => ({ text, ins: NOBODY, del: NOBODY, id: 0 })),
    authors: [],
    next: 1,
    created: NOBODY,
    gone: NOBODY,
    exists: lines !== undefined,
  };
}

/** It stands in the file. */
export const isVisible = (atom: Atom): boolean => atom.del === NOBODY;
/** It stood there before the agents, as far as is known, or the user put it there and an agent took it out. */
export const isBase = (atom: Atom): boolean => (isAgent(atom.del) ? !isAgent(atom.ins) : atom.ins === NOBODY);
/** Anything at all happened to it. */
export const isTouched = (atom: Atom): boolean => atom.ins !== NOBODY || atom.del !== NOBODY;
/** There is something of an agent here to accept or reject. */
export const isEffective = (atom: Atom): boolean => (isAgent(atom.ins) ? atom.del === NOBODY : isAgent(atom.del));

/** The file's lines; undefined where there is no file. */
export const currentLines = (weave: Weave): string[] | undefined =>
  weave.exists ? weave.atoms.filter(isVisible).map(atom => atom.text) : undefined;

/** What review compares against; undefined where there was no file. */
export function baseLines(weave: Weave): string[] | undefined {
  if (weave.created !== NOBODY || (!weave.exists && weave.gone === NOBODY)) return undefined;
  return withEnds(weave.atoms.filter(isBase).map(atom => atom.text));
}

/** Only a file's last line can lack its end: where another does, since lines around it went or came, it gets one. */
function withEnds(lines: string[]): string[] {
  for (let i = 0; i < lines.length - 1; i++) {
    const line = lines[i] as string;
    if (endOf(line) === '') lines[i] = line + (commonEnd(lines) ?? '\n');
  }
  return lines;
}

/** The same weave with line ends wherever another visible line follows. */
export function endLines(atoms: readonly Atom[]): readonly Atom[] {
  const last = atoms.findLastIndex(isVisible);
  const open = atoms.findIndex((atom, index) => index < last && isVisible(atom) && endOf(atom.text) === '');
  if (open < 0) return atoms;
  const end = commonEnd(atoms.map(atom => atom.text)) ?? '\n';
  return atoms.map((atom, index) =>
    index < last && isVisible(atom) && endOf(atom.text) === '' ? { ...atom, text: atom.text + end } : atom,
  );
}

/** The mark of an author, and the authors with this one among them. */
export function markOf(weave: Weave, author: Author): { mark: Mark; authors: readonly Author[] } {
  const index = weave.authors.findIndex(
    one => one.agent === author.agent && one.task === author.task && one.model === author.model,
  );
  if (index >= 0) return { mark: index + 2, authors: weave.authors };
  return { mark: weave.authors.length + 2, authors: [...weave.authors, { ...author }] };
}

export const authorOf = (weave: Weave, mark: Mark): Author => weave.authors[mark - 2] as Author;
