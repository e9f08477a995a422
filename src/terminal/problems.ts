import type { ConfigProblem } from '../core/config/problem.ts';
import { oneLine } from '../core/plain.ts';
import type { Style } from './style.ts';

/** One line for each mistake, as compilers print them. */
export function problemLines(problems: readonly ConfigProblem[], style: Style): string {
  return problems
    .map(({ source, line, column, severity, message }) => {
      const place = line === undefined ? source : `${source}:${line}:${column ?? 1}`;
      return `${oneLine(place)}: ${severity === 'error' ? style.bad('error') : style.warn('warning')}: ${oneLine(message)}`;
    })
    .join('\n');
}
