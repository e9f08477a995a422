/** Edits between two words (insert, delete, replace, swap), or undefined when more than `limit`. */
function distance(a: string, b: string, limit: number): number | undefined {
  if (Math.abs(a.length - b.length) > limit) return undefined;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    before = last;
    last = row;
  }
  const result = last[b.length] ?? 0;
  return result <= limit ? result : undefined;
}

/** The candidate that was probably meant, if one is close. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const asked = word.toLowerCase();
  const limit = asked.length < 2 ? 0 : Math.max(1, Math.floor(asked.length / 3));
  let best: { candidate: string; edits: number } | undefined;
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    const contained = asked.length > 2 && (other.includes(asked) || asked.includes(other));
    const edits = distance(asked, other, limit) ?? (contained ? limit + 1 : undefined);
    if (edits !== undefined && (best === undefined || edits < best.edits)) best = { candidate, edits };
  }
  return best?.candidate;
}

/** `; did you mean "x"?`, or the choices when there are few, or nothing. */
export function hint(word: string, candidates: Iterable<string>): string {
  const all = [...candidates];
  const near = closest(word, all);
  if (near !== undefined) return `; did you mean "${near}"?`;
  return all.length > 0 && all.length <= 8 ? `; there is: ${all.join(', ')}` : '';
}
