import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkRelPath } from '../../core/paths.ts';
import type { RelPath } from '../../protocol/ids.ts';

/** Installed packages and results of builds: no place for anybody's keys, and large. */
const PASSED_OVER = new Set(['node_modules', 'target', '.venv', 'venv', '__pycache__', '.gradle', '.next', '.cache']);

interface Folder {
  changed: number;
  folders: string[];
  closed: ClosedFile[];
}

export interface ClosedFile {
  path: RelPath;
  folder: boolean;
}

/** Knows which files of the workspace commands may not read. Only folders that changed are looked through again. */
export class ClosedFiles {
  readonly #root: string;
  #known = new Map<string, Folder>();

  constructor(root: string) {
    this.#root = root;
  }

  async find(): Promise<ClosedFile[]> {
    const known = new Map<string, Folder>();
    const closed: ClosedFile[] = [];
    let level = [''];
    while (level.length > 0) {
      const looked = await Promise.all(level.map(base => this.#look(base)));
      level = looked.flatMap((folder, i) => {
        if (!folder) return [];
        known.set(level[i] ?? '', folder);
        closed.push(...folder.closed);
        return folder.folders;
      });
    }
    this.#known = known;
    // It may hold passwords of remotes, and git runs outside.
    const config: RelPath = '.git/config' as RelPath;
    if (
      await stat(join(this.#root, config)).then(
        found => found.isFile(),
        () => false,
      )
    )
      closed.push({ path: config, folder: false });
    return closed;
  }

  async #look(base: string): Promise<Folder | undefined> {
    try {
      const { mtimeMs: changed } = await stat(join(this.#root, base));
      const known = this.#known.get(base);
      // A clock does not tell changes apart that come right after one another.
      if (known?.changed === changed && Date.now() - changed > 50) return known;
      const folder: Folder = { changed, folders: [], closed: [] };
      for (const entry of await readdir(join(this.#root, base), { withFileTypes: true })) {
        const path = base + entry.name;
        const checked = checkRelPath(path);
        const isFolder = entry.isDirectory();
        if (!checked.ok && checked.reason === 'protected') continue;
        // A folder is closed where whatever lies in it would be.
        const closes = !checkRelPath(isFolder ? `${path}/any.md` : path).ok;
        if (!entry.isSymbolicLink() && closes) folder.closed.push({ path, folder: isFolder });
        else if (isFolder && !PASSED_OVER.has(entry.name)) folder.folders.push(`${path}/`);
      }
      return folder;
    } catch {
      // It went away meanwhile.
      return undefined;
    }
  }
}
