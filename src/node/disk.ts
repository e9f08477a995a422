import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { isAbsolute, join, parse, relative, resolve, sep } from 'node:path';
import type { Disk, GitAnswer } from '../core/agent/commands/disk.ts';
import { gitEnvironment } from './process/git-settings.ts';

/** As many links in one path as Linux follows. */
const MAX_LINKS = 40;

/** Settings and the like are far smaller. */
const MAX_TEXT = 256 * 1024;

const plain = (path: string) => (sep === '\\' ? path.replaceAll('\\', '/') : path);

/** The disk as command lines are judged by it: where words lead, component by component. */
export function diskOf(folder: string): Disk {
  const root = follow('/', resolve(folder)) ?? plain(resolve(folder));
  return {
    root,
    follow,
    names(path) {
      try {
        return readdirSync(path);
      } catch {
        return undefined;
      }
    },
    exists: existsSync,
    changedAt(path) {
      const found = lstatSync(path, { throwIfNoEntry: false });
      return found?.isFile() ? Math.max(found.ctimeMs, found.mtimeMs) : undefined;
    },
    text(path) {
      try {
        const found = lstatSync(path);
        return found.isFile() && found.size <= MAX_TEXT ? readFileSync(path, 'utf8') : undefined;
      } catch {
        return undefined;
      }
    },
    git,
    inside(path) {
      const way = relative(root, path);
      return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way) ? undefined : plain(way);
    },
  };
}

/** Where a path leads from a folder, each link followed before `..` is; undefined: nobody can tell. */
export function follow(folder: string, path: string): string | undefined {
  let at = isAbsolute(path) ? parse(resolve(path)).root : folder;
  const open = namesOf(path).reverse();
  try {
    for (let links = 0, name = open.pop(); name !== undefined; name = open.pop()) {
      const next = join(at, name);
      if (name === '..' || !lstatSync(next, { throwIfNoEntry: false })?.isSymbolicLink()) at = next;
      // What a process finds there is about itself, and we are another one.
      else if (plain(next).startsWith('/proc/') || ++links > MAX_LINKS) return undefined;
      else {
        const target = readlinkSync(next);
        if (isAbsolute(target)) at = parse(target).root;
        open.push(...namesOf(target).reverse());
      }
    }
    return plain(at);
  } catch {
    // Nobody may look there.
    return undefined;
  }
}

/** A question is better than a stop of everything else. */
const GIT_PATIENCE_MS = 1500;
const GIT_BYTES = 20_000_000;

function git(cwd: string, args: readonly string[]): GitAnswer | undefined {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...gitEnvironment };
  const options = {
    cwd,
    env,
    timeout: GIT_PATIENCE_MS,
    maxBuffer: GIT_BYTES,
    encoding: 'utf8',
    windowsHide: true,
  } as const;
  const { error, status, stdout } = spawnSync('git', args, options);
  // Where there is no git, there is nothing it would show.
  if (error) return 'code' in error && error.code === 'ENOENT' ? { ok: false, text: '' } : undefined;
  // Differences are told by 1.
  return { ok: status === 0 || status === 1, text: stdout };
}

const namesOf = (path: string) =>
  path
    .slice(parse(path).root.length)
    .split(sep === '\\' ? /[\\/]/ : '/')
    .filter(name => name !== '' && name !== '.');
