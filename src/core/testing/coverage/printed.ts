import type { Coverage } from '../../../protocol/tests.ts';
import { printedLines } from '../lines.ts';
import { coverage, percent, share } from './coverage.ts';

/** What a runner printed of coverage; undefined where none is recognised. */
export function readCoverage(output: string): Coverage | undefined {
  const lines = printedLines(output);
  return summary(lines) ?? istanbul(lines) ?? node(lines) ?? python(lines) ?? go(lines);
}

/** c8, nyc and Jest with text-summary: `Lines        : 75% ( 6/8 )`. */
function summary(lines: readonly string[]): Coverage | undefined {
  const of = (word: string) => {
    const found = lines.findLast(line => new RegExp(`^${word}\\s*: [\\d.]+% \\( \\d+/\\d+ \\)`).test(line));
    const [, covered, total] = /\( (\d+)\/(\d+) \)/.exec(found ?? '') ?? [];
    return share(Number(covered), Number(total));
  };
  return coverage('coverage summary', {
    statements: of('Statements'),
    branches: of('Branches'),
    functions: of('Functions'),
    lines: of('Lines'),
  });
}

const cells = (line: string) => line.split('|').map(cell => cell.trim());

/** c8, nyc, Jest and Vitest with text: `All files |   75 |   66.66 |   50 |   75 |`. */
function istanbul(lines: readonly string[]): Coverage | undefined {
  const at = lines.findLastIndex(line => /^All files\s*\|/.test(line));
  const head = lines.slice(0, Math.max(0, at)).findLast(line => /^File\s*\|\s*% Stmts/.test(line));
  if (at < 0 || head === undefined) return undefined;
  const [names, values] = [cells(head), cells(lines[at] ?? '')];
  const of = (name: string) => percent(values[names.indexOf(name)]);
  return coverage('coverage table', {
    statements: of('% Stmts'),
    branches: of('% Branch'),
    functions: of('% Funcs'),
    lines: of('% Lines'),
  });
}

/** node --experimental-test-coverage: `ℹ all files |  75.00 |    66.67 |   50.00 |`, with `#` in TAP. */
function node(lines: readonly string[]): Coverage | undefined {
  const at = lines.findLastIndex(line => /^(?:ℹ|#) all files\s*\|/.test(line));
  const head = lines.slice(0, Math.max(0, at)).findLast(line => /^(?:ℹ|#) file\s*\|\s*line %/.test(line));
  if (at < 0 || head === undefined) return undefined;
  const [names, values] = [cells(head), cells(lines[at] ?? '')];
  const of = (name: string) => percent(values[names.indexOf(name)]);
  return coverage('node', { lines: of('line %'), branches: of('branch %'), functions: of('funcs %') });
}

/** coverage.py and pytest-cov: `TOTAL   25   10   24   2   57%` under `Name   Stmts   Miss Branch BrPart  Cover`. */
function python(lines: readonly string[]): Coverage | undefined {
  const at = lines.findLastIndex(line => /^TOTAL\s+\d+\s+\d+\s.*%/.test(line));
  const head = lines.slice(0, Math.max(0, at)).some(line => /^Name\s+Stmts\s+Miss\b/.test(line));
  if (at < 0 || !head) return undefined;
  const [, all, missed] = /^TOTAL\s+(\d+)\s+(\d+)/.exec(lines[at] ?? '') ?? [];
  return coverage('coverage.py', { statements: share(Number(all) - Number(missed), Number(all)) });
}

/** go test -cover, by package, and go tool cover -func, of all. */
function go(lines: readonly string[]): Coverage | undefined {
  const total = lines.findLast(line => /^total:\s+\(statements\)\s+[\d.]+%/.test(line));
  if (total !== undefined) return coverage('go cover', { statements: percent(/([\d.]+)%/.exec(total)?.[1]) });
  const parts: { name: string; percent: number }[] = [];
  let open: number | undefined;
  for (const line of lines) {
    const said = percent(/\bcoverage: ([\d.]+)% of statements/.exec(line)?.[1]);
    const name = /^(?:ok {2}|FAIL|---)\t(\S+)/.exec(line)?.[1];
    const found = said?.percent ?? open;
    if (name === undefined) open = said?.percent ?? open;
    else {
      if (found !== undefined) parts.push({ name, percent: found });
      open = undefined;
    }
  }
  const [only] = parts;
  if (!only) return undefined;
  // The average over packages of different sizes would be no coverage of anything.
  return parts.length === 1 ? { from: 'go cover', statements: { percent: only.percent } } : { from: 'go cover', parts };
}
