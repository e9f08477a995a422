import { open, readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { ProjectTexts } from '../core/agent/roles/roles.ts';
import { checkRelPath } from '../core/paths.ts';
import type { RelPath } from '../protocol/ids.ts';

/**
 * Role files and AGENTS.md of a folder on disk. What cannot be read is not there, nor what a link leads
 * to outside of the workspace, or to a file that no agent may read: all of it is told to models.
 */
export class NodeProjectTexts implements ProjectTexts {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async list(folder: RelPath): Promise<RelPath[]> {
    try {
      const absolute = await this.#inside(folder);
      const entries = absolute === undefined ? [] : await readdir(absolute, { withFileTypes: true });
      return entries.filter(entry => !entry.isDirectory()).map(entry => `${folder}/${entry.name}`);
    } catch {
      return [];
    }
  }

  async read(path: RelPath, limit: number): Promise<string | undefined> {
    try {
      const absolute = await this.#inside(path);
      // A pipe or a device would keep us waiting.
      if (absolute === undefined || !(await stat(absolute)).isFile()) return undefined;
      const file = await open(absolute, 'r');
      try {
        const { size } = await file.stat();
        const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(size, limit)), { position: 0 });
        return buffer.toString('utf8', 0, bytesRead);
      } finally {
        await file.close();
      }
    } catch {
      return undefined;
    }
  }

  async #inside(path: RelPath): Promise<string | undefined> {
    const root = await realpath(this.#root);
    const real = await realpath(join(root, path));
    const way = relative(root, real);
    if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) return undefined;
    const inside = way.split(sep).join('/');
    // Ours stand in a folder of ours; whatever else a link leads to is judged like any file.
    const checked = checkRelPath(inside);
    return checked.ok || (checked.reason === 'protected' && inside === path) ? real : undefined;
  }
}
