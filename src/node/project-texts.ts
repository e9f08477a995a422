import { open, readdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import type { ProjectTexts } from '../core/agent/roles/roles.ts';
import type { RelPath } from '../protocol/ids.ts';

/** Role files and AGENTS.md of a folder on disk. What cannot be read, or lies outside by a link, is not there. */
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
    return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way) ? undefined : real;
  }
}
