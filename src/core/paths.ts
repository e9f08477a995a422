import type { RelPath } from '../protocol/ids.ts';
import type { PathRefusal } from './ports.ts';

type Checked = { ok: true; path: RelPath } | { ok: false; reason: PathRefusal };

/** Folders agents never touch: the user's history and our own records. */
const PROTECTED = new Set(['.git', '.hg', '.svn', '.jj', '.orchestrate']);
const SHORT_PROTECTED = /^(git|hg|svn|orches)~\d+$/;

const SECRET_NAME = [
  /^\.env(\..+)?$/,
  /^\.envrc$/,
  // prod.env, as compose files name them; not env.ts.
  /.\.env$/,
  /^\.(npmrc|pypirc|netrc|pgpass|git-credentials|htpasswd|dockercfg)$/,
  /^_netrc$/,
  /^id_(rsa|dsa|ecdsa|ed25519)(_sk)?$/,
  /\.(pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc|gpg)$/,
  /^(credentials|secrets?)(\.(json|ya?ml|toml|ini|txt))?$/,
  /^service-account.*\.json$/,
];
const SECRET_FOLDER = new Set(['.ssh', '.aws', '.azure', '.gnupg', '.kube', '.docker']);
/** Examples carry no secrets and are what a team is asked to write. */
const SECRET_EXAMPLE =
  /^\.env\.(example|sample|template|dist|defaults?)$|^(example|sample|template|dist|defaults?)\.env$/;

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

function judge(parts: string[]): PathRefusal | undefined {
  const names = parts.map(folded);
  if (names.some(name => PROTECTED.has(name) || SHORT_PROTECTED.test(name))) return 'protected';
  const last = names.at(-1) ?? '';
  if (names.some(name => SECRET_FOLDER.has(name))) return 'secret-file';
  if (SECRET_NAME.some(pattern => pattern.test(last)) && !SECRET_EXAMPLE.test(last)) return 'secret-file';
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
