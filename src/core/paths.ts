import type { RelPath } from '../protocol/ids.ts';
import type { PathRefusal } from './ports.ts';
import { mayHoldSecrets } from './secret-names.ts';

type Checked = { ok: true; path: RelPath } | { ok: false; reason: PathRefusal };

/** The folder that a path stands in; empty at the top. */
export const folderOf = (path: RelPath): RelPath => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Folders agents never touch: the user's history and our own records. */
const PROTECTED = new Set(['.git', '.hg', '.svn', '.jj', '.orchestrate']);
const SHORT_PROTECTED = /^(git|hg|svn|orches)~\d+$/;

const WINDOWS_DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/;

/** A name as a lenient file system would see it: no case, no invisible characters, no trailing dots, no stream. */
function folded(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\p{DI}\p{Cc}]/gu, '')
    .toLowerCase()
    .replace(/:.*$/, '')
    .replace(/[. ]+$/, '');
}

/** A workspace path as a lenient file system would see it. */
export const foldedPath = (path: RelPath): string => path.split('/').map(folded).join('/');

function judge(parts: string[]): PathRefusal | undefined {
  const names = parts.map(folded);
  if (names.some(name => PROTECTED.has(name) || SHORT_PROTECTED.test(name))) return 'protected';
  if (mayHoldSecrets(names)) return 'secret-file';
  if (names.some(name => WINDOWS_DEVICE.test(name))) return 'invalid';
  return undefined;
}

/** Judges the names in a workspace path; knows nothing of links, which only the disk can tell. */
export function checkRelPath(path: RelPath): Checked {
  const reason = judge(path.split('/'));
  return reason ? { ok: false, reason } : { ok: true, path };
}

/**
 * What a path written by a model means, by its text alone: "/" and "\" both part, an absolute path is taken
 * when it starts with one of `roots`, and ".." never climbs out.
 */
export function parsePath(text: string, roots: readonly string[]): Checked {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (text === '' || text.length > 4096 || /[\u0000-\u001f\u007f]/.test(text)) return { ok: false, reason: 'invalid' };
  let rest = text.replaceAll('\\', '/');
  const root = roots
    .map(each => each.replaceAll('\\', '/').replace(/\/+$/, ''))
    .find(each => rest === each || rest.startsWith(`${each}/`));
  if (root !== undefined) rest = rest.slice(root.length + 1);
  else if (rest.startsWith('/') || /^[A-Za-z]:/.test(rest) || rest.startsWith('~')) {
    return { ok: false, reason: 'outside-workspace' };
  }
  const parts: string[] = [];
  for (const part of rest.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return { ok: false, reason: 'outside-workspace' };
  }
  if (parts.length === 0) return { ok: false, reason: 'not-a-file' };
  return checkRelPath(parts.join('/'));
}
