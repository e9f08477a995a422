import { expandBraces } from '../../../core/glob.ts';

/** What stands for a path in a profile; undefined: no profile can name it. */
export const quoted = (path: string): string | undefined =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /["\\\u0000-\u001f\u007f]/.test(path) ? undefined : `"${path}"`;

export const plain = (text: string): string => text.replace(/[.*+?^${}()|[\]]/g, '\\$&');

/** Written so that it matches in either case, for what a file system may take for the same. */
export const anyCase = (word: string): string =>
  plain(word).replace(/[a-z]/gi, letter => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);

const MOST_ALTERNATIVES = 50;
/** The name of a folder or file that does not begin with a dot. */
const SEGMENT = '[^./][^/]*';

/**
 * Expressions for the paths below `root` that a glob means, and for the folders on the way to them. Its stars and
 * question marks mean no name that begins with a dot, as in shells: by such names tools run something, so that whoever
 * claims them has to name them. What cannot be said in an expression is left out, and so cannot be written.
 */
export function globExpressions(root: string, glob: string): { files: string[]; folders: string[] } {
  const files: string[] = [];
  const folders = new Set<string>();
  for (const each of expandBraces(glob, MOST_ALTERNATIVES) ?? []) {
    if (quoted(each) === undefined) continue;
    const parts = each.split('/');
    const whole = `^${plain(root)}/`;
    files.push(`${whole}${pathExpression(parts)}$`);
    for (let length = 1; length < parts.length; length++)
      folders.add(`${whole}${pathExpression(parts.slice(0, length))}$`);
  }
  return { files, folders: [...folders] };
}

function pathExpression(parts: readonly string[]): string {
  let text = '';
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1;
    if (part === '**') text += last ? `(${SEGMENT}/)*${SEGMENT}` : `(${SEGMENT}/)*`;
    else text += nameExpression(part) + (last ? '' : '/');
  }
  return text;
}

function nameExpression(part: string): string {
  let text = '';
  for (let at = 0; at < part.length; at++) {
    const letter = part[at] as string;
    const first = at === 0;
    while (letter === '*' && part[at + 1] === '*') at++;
    const next = part[at + 1];
    if (letter === '*' && first) text += next === undefined || next === '.' || next === '?' ? SEGMENT : `(${SEGMENT})?`;
    else if (letter === '*') text += '[^/]*';
    else if (letter === '?') text += first ? '[^./]' : '[^/]';
    else text += plain(letter);
  }
  return text;
}
