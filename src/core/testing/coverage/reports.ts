import type { Coverage } from '../../../protocol/tests.ts';
import { xmlTags } from '../xml-tags.ts';
import { coverage, percent, share } from './coverage.ts';

/** lcov.info: the sums of each file, added up. */
export function readLcov(text: string, from: string): Coverage | undefined {
  const sums = new Map<string, number>();
  for (const line of text.split(/\r?\n/)) {
    const [, key, value] = /^(LF|LH|BRF|BRH|FNF|FNH):(\d+)$/.exec(line) ?? [];
    if (key !== undefined) sums.set(key, (sums.get(key) ?? 0) + Number(value));
  }
  const of = (key: string) => sums.get(key) ?? 0;
  return coverage(from, {
    lines: share(of('LH'), of('LF')),
    branches: share(of('BRH'), of('BRF')),
    functions: share(of('FNH'), of('FNF')),
  });
}

/** Cobertura XML, as coverage.py, nyc, Vitest and others write it: the root's own figures. */
export function readCobertura(text: string, from: string): Coverage | undefined {
  for (const { name, attributes } of xmlTags(text)) {
    if (name !== 'coverage') return undefined;
    const of = (many: string, one: string) => {
      const [covered, valid] = [attributes.get(`${many}-covered`), attributes.get(`${many}-valid`)].map(Number);
      if (attributes.has(`${many}-valid`)) return share(covered ?? Number.NaN, valid ?? Number.NaN);
      // A rate alone may stand there as 0 of what was not measured.
      const rate = Number(attributes.get(`${one}-rate`) ?? 0);
      return rate === 0 ? undefined : percent(String(Math.round(rate * 10_000) / 100));
    };
    return coverage(from, { lines: of('lines', 'line'), branches: of('branches', 'branch') });
  }
  return undefined;
}

/** What go test -coverprofile writes: `file:3.24,4.11 2 1`, statements and how often they ran. */
export function readGoProfile(text: string, from: string): Coverage | undefined {
  const lines = text.split(/\r?\n/);
  if (!/^mode: (set|count|atomic)$/.test(lines[0] ?? '')) return undefined;
  const blocks = new Map<string, { statements: number; ran: boolean }>();
  for (const line of lines.slice(1)) {
    const [, block = '', statements, times] = /^(\S+:\d+\.\d+,\d+\.\d+) (\d+) (\d+)$/.exec(line) ?? [];
    if (block === '') continue;
    // With -coverpkg a block stands there once for each package that was tested.
    const ran = Number(times) > 0 || blocks.get(block)?.ran === true;
    blocks.set(block, { statements: Number(statements), ran });
  }
  let [covered, total] = [0, 0];
  for (const { statements, ran } of blocks.values()) {
    total += statements;
    if (ran) covered += statements;
  }
  return coverage(from, { statements: share(covered, total) });
}
