import type { Author } from './contract.ts';
import { agentsOf } from './splice.ts';
import {
  type Atom,
  authorOf,
  isAgent,
  isBase,
  isEffective,
  isTouched,
  isVisible,
  type Mark,
  NOBODY,
  USER,
  type Weave,
} from './weave.ts';

/** Lines, counted from 0. */
export interface LineSpan {
  start: number;
  count: number;
}

/** A piece of pending work that is accepted or rejected as one. */
export interface Hunk {
  /** Stays the same while other hunks are decided and lines move. */
  id: string;
  kind: 'added' | 'removed' | 'changed' | 'file-created' | 'file-deleted' | 'file-content';
  /** Where it stands in the file; for lines only taken out, the line before which they stood. */
  current: LineSpan;
  /** What it replaced, in the baseline. */
  base: LineSpan;
  /** Who wrote it; more than one where one agent worked on another's pending lines. */
  authors: Author[];
  /** The user changed something inside of it. */
  edited: boolean;
  /** Its lines in the file, by who wrote them. */
  spans: (LineSpan & { by: Author | 'user' })[];
}

/** A hunk together with whose marks are in it. */
export interface MarkedHunk extends Hunk {
  marks: ReadonlySet<Mark>;
}

export interface HunkMap {
  hunks: MarkedHunk[];
  /** For each line of the weave its hunk's index; -1 where nothing is pending. */
  of: Int32Array;
}

/** Draws the hunks of a file: touched lines in a row, apart where different agents worked side by side. */
export function hunkMap(weave: Weave): HunkMap {
  const of = new Int32Array(weave.atoms.length).fill(-1);
  const groups = weave.gone === NOBODY ? grouped(weave, of) : wholeFile(weave, of);
  const hunks = groups.map(group => group.build(weave));
  if (hunks.length === 0 && weave.created !== NOBODY && weave.exists) hunks.push(emptyFile(weave));
  return { hunks, of };
}

function emptyFile(weave: Weave): MarkedHunk {
  const none = { start: 0, count: 0 };
  const authors = [authorOf(weave, weave.created)];
  const marks = new Set([weave.created]);
  return { id: 'file', kind: 'file-created', current: none, base: none, authors, edited: false, spans: [], marks };
}

/** A file that was deleted is one hunk, whatever was pending in it. */
function wholeFile(weave: Weave, of: Int32Array): Group[] {
  const group = new Group(0, 0);
  for (const atom of weave.atoms) group.take(weave, atom, 0);
  of.fill(0);
  return [group];
}

function grouped(weave: Weave, of: Int32Array): Group[] {
  const groups: Group[] = [];
  let open: Group | undefined;
  let current = 0;
  let base = 0;
  for (const [index, atom] of weave.atoms.entries()) {
    if (!isTouched(atom)) open = undefined;
    else {
      if (!open || open.isApart(atom)) {
        open = new Group(current, base);
        groups.push(open);
      }
      of[index] = groups.length - 1;
      open.take(weave, atom, current);
    }
    if (isVisible(atom)) current++;
    if (isBase(atom)) base++;
  }
  return groups;
}

class Group {
  readonly #current: LineSpan;
  readonly #base: LineSpan;
  readonly #marks = new Set<Mark>();
  readonly #spans: Hunk['spans'] = [];
  #edited = false;
  #effective = false;
  #id = Number.POSITIVE_INFINITY;

  constructor(current: number, base: number) {
    this.#current = { start: current, count: 0 };
    this.#base = { start: base, count: 0 };
  }

  /** Work of agents that had no hand in this group so far begins another. */
  isApart(atom: Atom): boolean {
    return this.#effective && isEffective(atom) && !agentsOf(atom).some(mark => this.#marks.has(mark));
  }

  take(weave: Weave, atom: Atom, line: number): void {
    if (atom.ins === USER || atom.del === USER) this.#edited = true;
    if (isEffective(atom)) {
      this.#effective = true;
      this.#id = Math.min(this.#id, atom.id);
    }
    if (atom.del !== USER) for (const mark of agentsOf(atom)) this.#marks.add(mark);
    if (isVisible(atom)) {
      this.#current.count++;
      this.#span({ start: line, count: 1, by: isAgent(atom.ins) ? authorOf(weave, atom.ins) : 'user' });
    }
    if (isBase(atom)) this.#base.count++;
  }

  build(weave: Weave): MarkedHunk {
    if (weave.gone !== NOBODY) this.#marks.add(weave.gone);
    return {
      id: weave.gone === NOBODY ? String(this.#id) : 'file',
      kind: weave.gone === NOBODY ? this.#kind() : 'file-deleted',
      current: this.#current,
      base: this.#base,
      authors: [...this.#marks].map(mark => authorOf(weave, mark)),
      edited: this.#edited,
      spans: this.#spans,
      marks: this.#marks,
    };
  }

  #span(span: Hunk['spans'][number]): void {
    const last = this.#spans.at(-1);
    if (last?.by === span.by) last.count += span.count;
    else this.#spans.push(span);
  }

  #kind(): Hunk['kind'] {
    if (this.#current.count === 0) return 'removed';
    return this.#base.count === 0 ? 'added' : 'changed';
  }
}
