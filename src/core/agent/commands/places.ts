import type { RelPath } from '../../../protocol/ids.ts';
import { checkRelPath, parsePath } from '../../paths.ts';
import type { Arg } from './simple.ts';

/** Where a word leads if it is taken as a path. */
export type Place =
  /** In the workspace, and no secret. */
  | 'inside'
  | 'outside'
  /** Git's folder, or our own. */
  | 'protected'
  | 'secret'
  | 'device'
  /** Only known when it runs. */
  | 'unknown';

/** What the policy must know of the workspace. */
export interface Workspace {
  /** Absolute paths of its folders. */
  roots: readonly string[];
  /** Whether links lead a path out of it; only the disk can tell. */
  leadsOutside?: (path: RelPath) => boolean;
}

const harmlessDevices = new Set(['/dev/null', '/dev/stdin', '/dev/stdout', '/dev/stderr']);
/** Whose content is as good as a password. */
const secretPlaces =
  /^\/(etc\/(shadow|gshadow|sudoers|ssh|ssl\/private)|proc\/[^/]+\/(environ|mem|maps|cmdline|fd|root|cwd)|root|var\/run\/secrets|run\/secrets)(\/|$)/;
const home = /^(~|\$\{?HOME\}?|\$\{?USERPROFILE\}?|%USERPROFILE%)/i;

/** Judges a word as a path, by its text and by the links on disk. */
export function placeOf(arg: Arg, workspace: Workspace): Place {
  const { text } = arg;
  if (harmlessDevices.has(text)) return 'inside';
  if (/^\/dev(\/|$)/.test(text)) return 'device';
  const { reason, path } = parsed(text, workspace);
  if (isSecret(text)) return 'secret';
  if (reason === 'protected') return 'protected';
  if (home.test(text)) return 'outside';
  if (!arg.fixed) return text.startsWith('/') || reason === 'outside-workspace' ? 'outside' : 'unknown';
  if (reason === 'outside-workspace') return 'outside';
  if (reason === 'secret-file') return 'secret';
  if (reason === 'invalid') return 'unknown';
  if (arg.glob) return safeGlob(text) ? inside(path?.replace(/\/?[^/]*[*?[].*$/, ''), workspace) : 'unknown';
  return inside(path, workspace);
}

/** The workspace's own folder, by whatever way. */
export function isRoot(arg: Arg, workspace: Workspace): boolean {
  return parsed(arg.text, workspace).reason === 'not-a-file';
}

function parsed(text: string, workspace: Workspace) {
  const found = parsePath(text, workspace.roots);
  return found.ok ? { path: found.path, reason: undefined } : { path: undefined, reason: found.reason };
}

const inside = (path: RelPath | undefined, workspace: Workspace): Place =>
  path && workspace.leadsOutside?.(path) ? 'outside' : 'inside';

/** Secret by its name, wherever it is. */
function isSecret(text: string): boolean {
  if (secretPlaces.test(text)) return true;
  const rest = text.replaceAll('\\', '/').replace(/^([A-Za-z]:)?\/+|^~[^/]*\/|^\$\{?\w+\}?\//, '');
  const found = checkRelPath(rest);
  return !found.ok && found.reason === 'secret-file';
}

/** A glob that no secret's name can match: it ends in the extension of ordinary text, and asks for no hidden name. */
function safeGlob(text: string): boolean {
  const segments = text.split('/');
  const last = segments.at(-1) ?? '';
  const dotted = segments.some(segment => segment.startsWith('.') && /[*?[]/.test(segment));
  return (
    !dotted &&
    /\.(c|cc|cpp|cs|css|go|h|hpp|html|java|js|jsx|kt|less|lua|md|mjs|cjs|php|py|rb|rs|scss|sh|sql|svelte|swift|ts|tsx|txt|vue)$/.test(
      last,
    ) &&
    !/^secret|credential/i.test(last)
  );
}

/** The parts of a word that a command may take for a path: `--file=x`, `@x`, `HEAD:x`, `-fx`. */
export function pathsIn(arg: Arg): Arg[] {
  const parts = [arg];
  const at = arg.text.search(/[=@:]/);
  if (at >= 0 && !/^[A-Za-z]:[\\/]/.test(arg.text)) parts.push({ ...arg, text: arg.text.slice(at + 1) });
  if (/^-[A-Za-z]./.test(arg.text)) parts.push({ ...arg, text: arg.text.slice(2) });
  if (arg.text.startsWith('@')) parts.push({ ...arg, text: arg.text.slice(1) });
  return parts.filter(part => part.text !== '');
}
