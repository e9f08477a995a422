import type { RelPath } from '../../../protocol/ids.ts';

/** What lies on the disk, asked in one go while a line is judged. All paths are absolute, with "/" between the parts. */
export interface Disk {
  /** The workspace's folder, links followed. */
  readonly root: string;
  /** Where a path leads from a folder, each link followed before `..` is; undefined: nobody can tell. */
  follow(folder: string, path: string): string | undefined;
  /** Undefined where there is no folder. */
  names(folder: string): readonly string[] | undefined;
  exists(path: string): boolean;
  /** When anything of a regular file last changed, its name and mode included; undefined where there is none. */
  changedAt(path: string): number | undefined;
  /** A file of ordinary size, as text; undefined for all else. */
  text(path: string): string | undefined;
  /** What git prints in a folder when it is called so; undefined where it takes too long to be waited for. */
  git(folder: string, args: readonly string[]): GitAnswer | undefined;
  /** Relative to the workspace, "" for its own folder; undefined outside. */
  inside(path: string): RelPath | undefined;
}

export interface GitAnswer {
  /** False where it gave up, as it does on what it does not understand. */
  ok: boolean;
  text: string;
}

/** A disk that nobody looks at: paths mean what their text says, and there are no links. */
export function unseenDisk(root: string): Disk {
  const plain = root.replaceAll('\\', '/').replace(/\/+$/, '');
  return {
    root: plain,
    follow: folded,
    names: () => undefined,
    exists: () => false,
    changedAt: () => undefined,
    text: () => undefined,
    git: () => ({ ok: true, text: '' }),
    inside: path => (path === plain ? '' : path.startsWith(`${plain}/`) ? path.slice(plain.length + 1) : undefined),
  };
}

/** Both joined and `..` taken away by the text alone, as the shell's own `cd` does. */
export function folded(folder: string, path: string): string {
  const plain = path.replaceAll('\\', '/');
  const start = /^(\/|[A-Za-z]:\/)/.test(plain) ? plain : `${folder}/${plain}`;
  const drive = /^[A-Za-z]:/.exec(start)?.[0] ?? '';
  const parts: string[] = [];
  for (const part of start.slice(drive.length).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `${drive}/${parts.join('/')}`;
}
