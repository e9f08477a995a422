import { chmod, lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Text of a file, a link to somewhere, or a file that can be run. */
export type TreeEntry = string | { link: string } | { program: string };

/** Puts files, links and programs below a folder. */
export async function plant(folder: string, entries: Record<string, TreeEntry>): Promise<void> {
  for (const [path, entry] of Object.entries(entries)) {
    const at = join(folder, path);
    await mkdir(dirname(at), { recursive: true });
    if (typeof entry === 'string') await writeFile(at, entry);
    else if ('link' in entry) await symlink(entry.link, at);
    else {
      await writeFile(at, entry.program);
      await chmod(at, 0o755);
    }
  }
}

/** Everything below a folder, links as links; what `ignored` names is left out. */
export async function treeOf(folder: string, ignored: readonly string[] = []): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const look = async (path: string) => {
    for (const entry of await readdir(join(folder, path), { withFileTypes: true })) {
      const below = join(path, entry.name);
      if (ignored.includes(below)) continue;
      const at = join(folder, below);
      if (entry.isDirectory()) await look(below);
      else if (entry.isFile())
        found[below] = `${((await lstat(at)).mode & 0o777).toString(8)} ${await readFile(at, 'latin1')}`;
      else found[below] = entry.isSymbolicLink() ? `-> ${await readlink(at)}` : 'special';
    }
  };
  await look('');
  return found;
}

/** What came, went or is different, in words. */
export function treeChanges(before: Record<string, string>, after: Record<string, string>): string[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths.flatMap(path => {
    if (before[path] === after[path]) return [];
    if (before[path] === undefined) return [`new: ${path}`];
    return [after[path] === undefined ? `gone: ${path}` : `changed: ${path}`];
  });
}
