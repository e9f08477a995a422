interface Within {
  a: number;
  aEnd: number;
  b: number;
  bEnd: number;
}

/** Where a line stands on either side; -1 not at all, -2 more than once. */
interface Places {
  a: number;
  b: number;
}

const NONE = -1;
const MANY = -2;

/**
 * Pairs of places where `grain` equal lines begin that stand exactly once on each side: the longest series of them that
 * is in order on both.
 */
export function anchors(a: readonly string[], b: readonly string[], within: Within, grain: number): [number, number][] {
  const places = new Map<string, Places>();
  for (let i = within.a; i <= within.aEnd - grain; i++) {
    const key = keyAt(a, i, grain);
    const seen = places.get(key);
    if (seen) seen.a = MANY;
    else places.set(key, { a: i, b: NONE });
  }
  for (let i = within.b; i <= within.bEnd - grain; i++) {
    const seen = places.get(keyAt(b, i, grain));
    if (seen) seen.b = seen.b === NONE ? i : MANY;
  }
  const pairs: [number, number][] = [];
  // A map keeps the order in which keys came: that of `a`.
  for (const place of places.values()) if (place.a >= 0 && place.b >= 0) pairs.push([place.a, place.b]);
  return longestRising(pairs);
}

const keyAt = (lines: readonly string[], at: number, grain: number) =>
  grain === 1 ? (lines[at] as string) : lines.slice(at, at + grain).join('');

/** The longest series of pairs whose second parts rise, by piles as in patience sorting. */
function longestRising(pairs: [number, number][]): [number, number][] {
  const tops: number[] = [];
  const before = new Int32Array(pairs.length).fill(NONE);
  const second = (pile: number) => pairs[tops[pile] as number]?.[1] as number;
  for (const [index, pair] of pairs.entries()) {
    let low = 0;
    let high = tops.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (second(middle) < pair[1]) low = middle + 1;
      else high = middle;
    }
    if (low > 0) before[index] = tops[low - 1] as number;
    tops[low] = index;
  }
  const series: [number, number][] = [];
  for (let index = tops.at(-1) ?? NONE; index >= 0; index = before[index] as number) {
    series.push(pairs[index] as [number, number]);
  }
  return series.reverse();
}
