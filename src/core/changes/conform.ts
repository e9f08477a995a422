import { lineDiff } from './diff.ts';
import { decode, encode } from './encoding.ts';
import { bodyOf, commonEnd, endOf } from './raw.ts';

const BOM = '\uFEFF';

const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/**
 * What an author's text becomes in a file that stands there already: in the file's encoding, with its BOM and its line
 * ends. Where a file mixes line ends, lines that stay keep their own.
 */
export function conform(text: string, standing: Uint8Array | undefined): Uint8Array {
  const old = standing && decode(standing);
  if (!old) return encode(text, 'utf8');
  const marked = old.text.startsWith(BOM) && !text.startsWith(BOM) ? BOM + text : text;
  return encode(withEnds(marked, old.text), old.encoding);
}

function withEnds(text: string, like: string): string {
  const crlf = like.includes('\r\n');
  if (!crlf) return like.includes('\n') ? text.replaceAll('\r\n', '\n') : text;
  if (!/(^|[^\r])\n/.test(like)) return text.replace(/\r?\n/g, '\r\n');
  return mixed(linesOf(text), linesOf(like));
}

function mixed(lines: string[], old: string[]): string {
  const common = commonEnd(old) ?? '\n';
  const bodies = lines.map(bodyOf);
  const stays: (string | undefined)[] = new Array(lines.length);
  let a = 0;
  let b = 0;
  const keep = (until: number) => {
    for (; b < until; a++, b++) stays[b] = old[a];
  };
  for (const change of lineDiff(old.map(bodyOf), bodies)) {
    keep(change.to);
    a = change.from + change.removed;
    b = change.to + change.added;
  }
  keep(lines.length);
  return lines
    .map((line, index) => {
      if (endOf(line) === '') return line;
      const kept = stays[index];
      return `${bodies[index]}${(kept !== undefined && endOf(kept)) || common}`;
    })
    .join('');
}
