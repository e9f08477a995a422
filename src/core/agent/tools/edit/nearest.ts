import { cutLine } from '../fence.ts';

/** Lines of a file that come near to what was looked for. */
export interface Nearest {
  from: number;
  to: number;
  text: string;
  /** They are the same but for white space. */
  same: boolean;
}

/** The lines of the file that come nearest to what was looked for: the same but for white space, or the same start. */
export function nearest(text: string, wanted: string): Nearest | undefined {
  const lines = text.split('\n');
  const seek = wanted.split('\n').map(line => line.trim());
  while (seek.length > 1 && seek.at(-1) === '') seek.pop();
  while (seek.length > 1 && seek[0] === '') seek.shift();
  const trimmed = lines.map(line => line.trim());
  let best = -1;
  let most = 0;
  for (let at = 0; at < lines.length; at++) {
    let equal = 0;
    for (let step = 0; step < seek.length && at + step < lines.length; step++) {
      if (trimmed[at + step] === seek[step] && seek[step] !== '') equal++;
    }
    if (equal > most) {
      most = equal;
      best = at;
    }
    if (equal === seek.length) break;
  }
  if (best === -1) return undefined;
  const from = Math.max(0, most === seek.length ? best : best - 2);
  const to = Math.min(lines.length, best + Math.min(seek.length, 30) + (most === seek.length ? 0 : 2));
  const shown = lines.slice(from, to).map(line => cutLine(line, 400));
  return { from: from + 1, to, text: shown.join('\n'), same: most === seek.length };
}
