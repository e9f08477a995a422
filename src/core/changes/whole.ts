import type { Hash } from '../../protocol/ids.ts';
import type { Author } from './contract.ts';

/** A file under review that has no lines to tell apart (binary, UTF-16, huge): one hunk, decided as a whole. */
export interface Whole {
  readonly authors: readonly Author[];
  /** Content before the agents and now; null: no file. */
  readonly base: Hash | null;
  readonly current: Hash | null;
  /** The user changed it as well. */
  readonly edited: boolean;
}

export const isSettled = (whole: Whole): boolean => whole.base === whole.current;

export function agentWroteWhole(whole: Whole, current: Hash | null, author: Author): Whole {
  const known = whole.authors.some(one => one.agent === author.agent && one.task === author.task);
  return { ...whole, current, authors: known ? whole.authors : [...whole.authors, { ...author }] };
}

export const userWroteWhole = (whole: Whole, current: Hash | null): Whole => ({ ...whole, current, edited: true });
