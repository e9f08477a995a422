/** Characters that mean something to Markdown or to the HTML in it. A backslash before any of them is always allowed. */
const MARKUP = /[\\`*_[\]<>|~&$]/g;
/** Line ends, other control characters, and marks that turn the direction of what follows. */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff]+/gu;
const LONGEST = 300;

const oneLine = (text: string) => text.replace(INVISIBLE, ' ').replace(/ {2,}/g, ' ').trim();

function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const last = text.charCodeAt(longest - 1);
  return `${text.slice(0, last >= 0xd800 && last < 0xdc00 ? longest - 1 : longest)}…`;
}

/** Text that a model or a person wrote, on one line, in which nothing is markup, a link's target or HTML. */
export const plain = (text: string, longest = LONGEST): string =>
  cut(oneLine(text), longest)
    .replace(MARKUP, mark => `\\${mark}`)
    .replace(/^([#+=-])/, '\\$1')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2');

/** A name, path or command set as code. What cannot stand in code stands as text. */
export function code(text: string): string {
  const line = cut(oneLine(text), LONGEST);
  return line === '' || /[`|]/.test(line) ? plain(text) : `\`${line}\``;
}

/** A table; nothing where it would have no rows. Cells are Markdown of one line. */
export function table(head: string[], rows: string[][]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}

/** A list; the words for an empty one where there is nothing. */
export const list = (items: string[], none: string): string[] => [
  ...(items.length > 0 ? items.map(item => `- ${item}`) : [`*${none}*`]),
  '',
];

/** The last items, after a line that says how many came before. */
export function latest(items: string[], most: number): string[] {
  const left = items.length - most;
  return left > 0 ? [`*${left} earlier; the journal holds them all*`, ...items.slice(left)] : items;
}

/** "2026-11-21 12:00:05" */
export const dateTime = (at: number | undefined): string =>
  at === undefined ? 'unknown' : new Date(at).toISOString().slice(0, 19).replace('T', ' ');
/** "12:00:05" */
export const timeOfDay = (at: number): string => new Date(at).toISOString().slice(11, 19);

/** "Frontend Specialist" of "frontend-specialist". */
export const title = (name: string): string =>
  name
    .split(/[-_.\s]+/)
    .map(word => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ');
