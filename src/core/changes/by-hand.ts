import type { Author } from './contract.ts';
import { decided, hunksOf, isWhole, type Reviewed } from './reviewed.ts';
import { currentLines } from './weave.ts';

/** Hunks that somebody took out of a file without asking for it. */
export interface Rejection {
  hunks: string[];
  authors: Author[];
  after: Reviewed;
}

/** Whether an edit did exactly what rejecting some hunks does: with the arrow of a diff, say, or by deleting their lines. */
export function rejectionIn(before: Reviewed, edited: Reviewed): Rejection | undefined {
  if (isWhole(before) || isWhole(edited)) return undefined;
  const left = new Set(hunksOf(edited).map(({ id }) => id));
  const hunks = hunksOf(before).flatMap(({ id }) => (left.has(id) ? [] : [id]));
  if (hunks.length === 0) return undefined;
  const verdict = decided(before, 'reject', { hunks }, { edits: 'discard' });
  if (!verdict.ok || isWhole(verdict.reviewed)) return undefined;
  const [wanted, found] = [currentLines(verdict.reviewed), currentLines(edited)];
  if (!wanted || !found || wanted.join('') !== found.join('')) return undefined;
  return { hunks, authors: verdict.authors, after: verdict.reviewed };
}
