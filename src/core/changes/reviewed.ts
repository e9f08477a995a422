import type { Pending } from '../../protocol/events.ts';
import type { Hash } from '../../protocol/ids.ts';
import type { Author } from './contract.ts';
import { accept, type OwnEdits, type Pick, reject } from './decide.ts';
import { agentWrote, userWrote } from './edit.ts';
import { decode } from './encoding.ts';
import { type Hunk, hunkMap } from './hunks.ts';
import { rawBytes, rawLines } from './raw.ts';
import { authorOf, baseLines, currentLines, isAgent, isVisible, NOBODY, type Weave, weaveOf } from './weave.ts';
import { agentWroteWhole, isSettled, userWroteWhole, type Whole } from './whole.ts';

/** What is known of a file under review: line by line where it has lines. */
export type Reviewed = Weave | Whole;

/** A content of a file: null where there is no file. */
export interface Content {
  bytes: Uint8Array | null;
  hash: Hash | null;
}

/** Longer files are decided as a whole: nobody reads their lines, and everybody would wait for them. */
const MOST_BYTES = 2 * 1024 * 1024;
const MOST_LINES = 60_000;

export const isWhole = (reviewed: Reviewed): reviewed is Whole => !('atoms' in reviewed);

/** The lines of a content; undefined where it is not text that has lines to tell apart. */
function linesOf(bytes: Uint8Array | null): string[] | undefined {
  if (bytes === null) return [];
  if (bytes.length > MOST_BYTES) return undefined;
  const decoded = decode(bytes);
  if (!decoded || decoded.encoding.startsWith('utf16')) return undefined;
  const lines = rawLines(bytes);
  return lines.length > MOST_LINES ? undefined : lines;
}

/** A file before anything happened to it. */
export function untouched(content: Content): Reviewed {
  const lines = linesOf(content.bytes);
  if (!lines) return { authors: [], base: content.hash, current: content.hash, edited: false };
  return weaveOf(content.bytes === null ? undefined : lines);
}

/**
 * The file after an agent wrote a content, or the user where no author is given. What can be reviewed only as a whole
 * stays so; where lines turn into that, `keepBase` puts their baseline away.
 */
export async function wrote(
  reviewed: Reviewed,
  content: Content,
  author: Author | undefined,
  keepBase: (bytes: Uint8Array) => Promise<Hash>,
): Promise<Reviewed> {
  if (isWhole(reviewed)) return wroteWhole(reviewed, content.hash, author);
  const lines = linesOf(content.bytes);
  if (!lines) {
    const base = baseLines(reviewed);
    return wroteWhole(wholeOf(reviewed, base ? await keepBase(rawBytes(base)) : null), content.hash, author);
  }
  const now = content.bytes === null ? undefined : lines;
  return author ? agentWrote(reviewed, now, author) : userWrote(reviewed, now);
}

const wroteWhole = (whole: Whole, current: Hash | null, author: Author | undefined) =>
  author ? agentWroteWhole(whole, current, author) : userWroteWhole(whole, current);

function wholeOf(weave: Weave, base: Hash | null): Whole {
  const edited = hunkMap(weave).hunks.some(hunk => hunk.edited);
  return { authors: weave.authors, base, current: base, edited };
}

/** The hunks of a file, in order. */
export function hunksOf(reviewed: Reviewed): Hunk[] {
  if (!isWhole(reviewed)) return hunkMap(reviewed).hunks.map(({ marks, ...hunk }) => hunk);
  if (isSettled(reviewed)) return [];
  const none = { start: 0, count: 0 };
  const kind = reviewed.base === null ? 'file-created' : reviewed.current === null ? 'file-deleted' : 'file-content';
  const authors = [...reviewed.authors];
  return [{ id: 'file', kind, current: none, base: none, authors, edited: reviewed.edited, spans: [] }];
}

/** How much waits in a file with these hunks; undefined when nothing does. */
export function countsOf(reviewed: Reviewed, { length: hunks }: readonly Hunk[]): Omit<Pending, 'weave'> | undefined {
  if (hunks === 0) return undefined;
  let added = 0;
  let removed = 0;
  for (const atom of isWhole(reviewed) ? [] : reviewed.atoms) {
    if (isAgent(atom.ins)) added += isVisible(atom) ? 1 : 0;
    else if (isAgent(atom.del)) removed++;
  }
  return { hunks, added, removed };
}

/** What happened to the file as a whole. */
export function changeOf(reviewed: Reviewed): 'created' | 'deleted' | 'modified' {
  const [hadNone, hasNone] = isWhole(reviewed)
    ? [reviewed.base === null, reviewed.current === null]
    : [reviewed.created !== NOBODY, !reviewed.exists];
  if (hasNone) return 'deleted';
  return hadNone ? 'created' : 'modified';
}

/** The baseline's bytes, or the hash of the blob that holds them. */
export function baseOf(reviewed: Reviewed): { bytes: Uint8Array | null } | { blob: Hash | null } {
  if (isWhole(reviewed)) return { blob: reviewed.base };
  const lines = baseLines(reviewed);
  return { bytes: lines ? rawBytes(lines) : null };
}

/** The file's content after a decision: bytes, or the blob that holds them. */
export function currentOf(reviewed: Reviewed): { bytes: Uint8Array | null } | { blob: Hash | null } {
  if (isWhole(reviewed)) return { blob: reviewed.current };
  const lines = currentLines(reviewed);
  return { bytes: lines ? rawBytes(lines) : null };
}

/** Which of a file's work is meant, in words that outlive this process. */
export interface Choice {
  hunks?: readonly string[];
  /** Whose work; everybody's when absent. */
  isMeant?: (author: Author) => boolean;
}

export type RefusedBecause = 'gone' | 'edited' | 'built-on';

export type Verdict =
  | { ok: true; reviewed: Reviewed; hunks: string[]; authors: Author[]; builtOn: Author[] }
  | { ok: false; reason: RefusedBecause; hunks: string[]; by: Author[] };

/** Accepts or rejects; nothing but the answer changes. */
export function decided(
  reviewed: Reviewed,
  action: 'accept' | 'reject',
  choice: Choice,
  options: { edits?: OwnEdits; force?: boolean },
): Verdict {
  if (isWhole(reviewed)) return decidedWhole(reviewed, action, choice, options);
  const { hunks, isMeant } = choice;
  const pick: Pick = {
    ...(hunks && { hunks }),
    ...(isMeant && { isMeant: mark => isAgent(mark) && isMeant(authorOf(reviewed, mark)) }),
  };
  const answer = action === 'accept' ? accept(reviewed, pick) : reject(reviewed, pick, options);
  const named = (marks: number[]) => marks.map(mark => authorOf(reviewed, mark));
  if (answer.ok) {
    const { weave, hunks: ids, marks, builtOn } = answer.decided;
    return { ok: true, reviewed: weave, hunks: ids, authors: named(marks), builtOn: named(builtOn) };
  }
  const { refusal } = answer;
  return {
    ok: false,
    reason: refusal.reason,
    hunks: refusal.reason === 'gone' ? [] : refusal.hunks,
    by: refusal.reason === 'built-on' ? named(refusal.by) : [],
  };
}

function decidedWhole(
  whole: Whole,
  action: 'accept' | 'reject',
  { hunks, isMeant }: Choice,
  { edits, force }: { edits?: OwnEdits; force?: boolean },
): Verdict {
  const meant = whole.authors.filter(isMeant ?? (() => true));
  const others = whole.authors.filter(author => !meant.includes(author));
  if (isSettled(whole) || meant.length === 0 || (hunks && !hunks.includes('file'))) {
    return { ok: false, reason: 'gone', hunks: [], by: [] };
  }
  if (action === 'reject' && whole.edited && !edits) return { ok: false, reason: 'edited', hunks: ['file'], by: [] };
  if (others.length > 0 && !force) return { ok: false, reason: 'built-on', hunks: ['file'], by: others };
  // The user's part of such a file cannot be told from the agents': to keep it is to keep the file.
  const stays = action === 'accept' || (whole.edited && edits === 'keep');
  const content = stays ? whole.current : whole.base;
  const reviewed: Whole = { authors: [], base: content, current: content, edited: false };
  return {
    ok: true,
    reviewed,
    hunks: ['file'],
    authors: [...whole.authors],
    builtOn: action === 'reject' ? others : [],
  };
}
