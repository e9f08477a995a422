import { type Folded, fold, type Looseness } from './fold.ts';

/** Where something stands in a text; the end is exclusive. */
export interface Place {
  from: number;
  to: number;
}

/** Everywhere it occurs, overlapping ones included: two readings of one stretch are two places. */
export function exactPlaces(text: string, wanted: string): Place[] {
  const found: Place[] = [];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
    found.push({ from: at, to: at + wanted.length });
  }
  return found;
}

/** Those that do not overlap an earlier one. */
export function apart(places: readonly Place[]): Place[] {
  let end = 0;
  return places.filter(place => {
    if (place.from < end) return false;
    end = place.to;
    return true;
  });
}

const lineStart = (text: string, at: number) => text.lastIndexOf('\n', at - 1) + 1;
const isBlank = (text: string) => /^[^\S\n]*$/.test(text);

/** White space at the end of a line belongs to the line. */
function withLineEnd(text: string, to: number): number {
  if (text.charAt(to - 1) === '\n') return to;
  const end = text.indexOf('\n', to);
  const rest = text.slice(to, end === -1 ? text.length : end);
  return isBlank(rest) ? to + rest.length : to;
}

const endsLine = (text: string, at: number) =>
  at === text.length || text.charAt(at) === '\n' || text.charAt(at - 1) === '\n';
const isWord = (one: string) => /[\p{L}\p{N}_$]/u.test(one);
const cutsWord = (text: string, at: number) => at > 0 && isWord(text.charAt(at - 1)) && isWord(text.charAt(at));

/** Everywhere it stands when only what counts is compared. */
export function loosePlaces(text: string, folded: Folded, wanted: string, looseness: Looseness): Place[] {
  const seek = fold(looseness === 'spacing' ? wanted.trim() : wanted, looseness).text;
  if (seek.trim() === '') return [];
  const free = looseness === 'indentation' || looseness === 'spacing';
  const indented = /^[^\S\n]/.test(wanted) || (free && !wanted.includes('\n'));
  const found: Place[] = [];
  for (const match of exactPlaces(folded.text, seek)) {
    const first = folded.at[match.from] ?? 0;
    const last = folded.at[match.to - 1] ?? 0;
    // Never a part of what stands for one character of the file.
    if (folded.at[match.from - 1] === first || folded.at[match.to] === last) continue;
    const end = withLineEnd(text, last + 1);
    if (free ? !endsLine(text, end) : cutsWord(text, first) || cutsWord(text, last + 1)) continue;
    const start = lineStart(text, first);
    const atLineStart = isBlank(text.slice(start, first));
    if (indented && !(free ? atLineStart : first === start)) continue;
    found.push({ from: free && atLineStart ? start : first, to: end });
  }
  return found;
}
