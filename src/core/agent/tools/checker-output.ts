import type { FileProblem } from '../../ports.ts';
import { printedLines } from '../../testing/lines.ts';

const SEVERITY = /^(?:fatal )?(error|warning|warn|info|note|hint|help)\b/i;

/** How checkers name a place: `a.ts(3,5): …` and `a.ts:3:5: …`, with or without a column. */
const PLACED = [/^(.+?)\((\d+)(?:,\d+)?\)\s*:\s*(.+)$/, /^(.+?):(\d+)(?::\d+)?(?::|\s+-|\s)\s*(.+)$/];
/** Below the message, as compilers of Rust and others do. */
const POINTED = /^\s*(?:-->|╭─\[|┌─)\s*(.+?):(\d+)(?::\d+)?\]?$/;
/** A line below the name of the file it is about, as linters group them. */
const GROUPED = /^\s+(\d+)(?::\d+)?\s+(.+)$/;

const plain = (path: string) => path.trim().replaceAll('\\', '/').replace(/^\.\//, '');

/** Which severity a message begins with, and the message without it; undefined: it is about nothing that is wrong. */
function judged(said: string, otherwise: FileProblem['severity']): Omit<FileProblem, 'line'> | undefined {
  const found = SEVERITY.exec(said)?.[1]?.toLowerCase();
  const message = said.replace(SEVERITY, '').replace(/^\s*[:-]?\s*/, '') || said;
  if (found === undefined) return { severity: otherwise, message: said };
  if (found === 'error') return { severity: 'error', message };
  return found.startsWith('warn') ? { severity: 'warning', message } : undefined;
}

/** What the output of a checker says of one file, in whichever of the usual forms it says it. */
export function problemsIn(output: string, path: string, root: string): FileProblem[] {
  const inside = (named: string) => {
    const short = plain(named);
    const folder = `${plain(root)}/`;
    return (short.startsWith(folder) ? short.slice(folder.length) : short) === path;
  };
  const found: FileProblem[] = [];
  const add = (line: string, said: string) => {
    const what = judged(said.trim(), 'error');
    if (what) found.push({ line: Number(line), ...what });
  };
  let above = '';
  let group = false;
  for (const raw of printedLines(output)) {
    const pointed = POINTED.exec(raw);
    const placed = pointed
      ? undefined
      : PLACED.map(pattern => pattern.exec(raw)).find(match => match && inside(match[1] ?? ''));
    const grouped = group ? GROUPED.exec(raw) : undefined;
    if (pointed) {
      if (inside(pointed[1] ?? '')) add(pointed[2] ?? '', above || raw);
    } else if (placed) add(placed[2] ?? '', placed[3] ?? '');
    else if (grouped) add(grouped[1] ?? '', grouped[2] ?? '');
    if (raw.trim() === '') group = false;
    else if (!/^\s/.test(raw)) group = inside(raw);
    if (SEVERITY.test(raw)) above = raw;
  }
  return found;
}
