import { stripVTControlCharacters, styleText } from 'node:util';

type Paint = (text: string) => string;
/** What a text can be shown as. */
export type Look = Exclude<keyof Style, 'colours'>;
export interface Style {
  /** The sequences that these write, and no others. */
  colours: ReadonlySet<string>;
  dim: Paint;
  bold: Paint;
  good: Paint;
  bad: Paint;
  warn: Paint;
  accent: Paint;
}

/** Colours where they can be shown: honours NO_COLOR and FORCE_COLOR. */
export function styleFor(stream: { isTTY?: boolean }, environment: Record<string, string | undefined>): Style {
  const forced = environment.FORCE_COLOR !== undefined && environment.FORCE_COLOR !== '0';
  const on = !environment.NO_COLOR && (forced || (stream.isTTY === true && environment.TERM !== 'dumb'));
  const colours = new Set<string>();
  const paint = (format: Parameters<typeof styleText>[0]): Paint => {
    if (!on) return text => text;
    const paintWith: Paint = text => styleText(format, text, { validateStream: false });
    for (const colour of paintWith(' ').split(' ')) colours.add(colour);
    return paintWith;
  };
  return {
    colours,
    dim: paint('dim'),
    bold: paint('bold'),
    good: paint('green'),
    bad: paint('red'),
    warn: paint('yellow'),
    accent: paint('cyan'),
  };
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const WIDE =
  /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** Columns a text takes in a terminal. */
export function widthOf(text: string): number {
  const plain = stripVTControlCharacters(text);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is the quick way
  if (/^[\u0000-\u007f]*$/.test(plain)) return plain.length;
  let width = 0;
  for (const { segment } of graphemes.segment(plain)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** Cuts plain text to so many columns. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let out = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += widthOf(segment);
    if (width > columns - 1) break;
    out += segment;
  }
  return `${out}…`;
}

/** Breaks a line of text with or without colours into such that fit, between words where it can; later ones are indented. */
export function wrap(text: string, columns: number): string[] {
  if (widthOf(text) <= columns) return [text];
  const lines: string[] = [];
  const indent = `${/^\s*/.exec(stripVTControlCharacters(text))?.[0] ?? ''}  `.slice(0, Math.max(0, columns - 8));
  let line = '';
  const push = (part: string) => {
    for (const { segment } of graphemes.segment(part)) {
      if (widthOf(line) + widthOf(segment) > columns) {
        lines.push(line);
        line = indent;
      }
      line += segment;
    }
  };
  for (const word of stripVTControlCharacters(text).split(/(?<= )(?=\S)/)) {
    if (line.trim() !== '' && widthOf(line) + widthOf(word.trimEnd()) > columns) {
      lines.push(line.trimEnd());
      line = indent;
    }
    push(widthOf(line) + widthOf(word) > columns ? word.trimEnd() : word);
  }
  return [...lines, line.trimEnd()];
}

/** Rows as aligned columns; those named in `right` are numbers. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths: number[] = [];
  const cells = rows.map(row => row.map(cell => cell.replace(/\s*[\r\n]+\s*/g, ' ')));
  for (const row of cells) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, widthOf(cell));
  }
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => {
        const pad = ' '.repeat((widths[i] ?? 0) - widthOf(cell));
        return right.includes(i) ? pad + cell : cell + pad;
      })
      .join('  ')
      .trimEnd();
  return cells.map(line).join('\n');
}
