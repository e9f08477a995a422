import { addCounts, noTests, type RunnerReader, Suites, UNNAMED } from '../figures.ts';

interface Point {
  indent: number;
  ok: boolean;
  name: string;
  skipped: boolean;
  parent: boolean;
}

const POINT = /^( *)(not )?ok\b(?: \d+)?(?: - | )?(.*?)(?:\s+# (SKIP|TODO)\b.*)?(?:\s+# time=\S+)?( \{)?$/i;

/** Any producer of the Test Anything Protocol; a point that sums up others counts no test. */
export const tap: RunnerReader = {
  name: 'TAP',
  read(lines) {
    if (!lines.some(line => /^TAP version \d+$/.test(line) || /^1\.\.\d+/.test(line))) return undefined;
    const points = pointsIn(lines);
    if (points.length === 0) return undefined;
    const counts = noTests();
    const suites = new Suites();
    const top = topNames(points);
    for (const [i, { ok, skipped, parent }] of points.entries()) {
      if (parent) continue;
      const one = skipped ? { skipped: 1 } : ok ? { passed: 1 } : { failed: 1 };
      addCounts(counts, one);
      suites.add(top[i] ?? UNNAMED, one);
    }
    return { ...counts, suites: suites.list };
  },
};

function pointsIn(lines: readonly string[]): Point[] {
  const points: Point[] = [];
  const braces = lines.some(line => POINT.exec(line)?.[5] !== undefined);
  for (const line of lines) {
    const found = POINT.exec(line);
    if (!found) continue;
    const [, indent = '', not, name = '', directive, brace] = found;
    const before = points.at(-1);
    points.push({
      indent: indent.length,
      ok: not === undefined,
      name,
      skipped: directive !== undefined,
      // Parts stand in braces after the point that sums them up, or come before it.
      parent: braces ? brace !== undefined : before !== undefined && before.indent > indent.length,
    });
  }
  return points;
}

/** For each point the name of the one at the top that it belongs to. */
function topNames(points: readonly Point[]): (string | undefined)[] {
  const names: (string | undefined)[] = points.map(() => undefined);
  const parts: number[] = [];
  let after: string | undefined;
  for (const [i, { indent, parent, name }] of points.entries()) {
    if (indent === 0 && parent && parts.length > 0) for (const part of parts.splice(0)) names[part] = name;
    else if (indent === 0) after = parent ? name : undefined;
    else if (after !== undefined) names[i] = after;
    else parts.push(i);
  }
  return names;
}
