import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RelPath } from '../../protocol/ids.ts';

/** What of a repository is there to be read: in the workspace, and beside it, as a working tree has it. */
export interface RepositoryFiles {
  fixed: RelPath[];
  beside: string[];
}

/** The repository can be read; where its files lie beside the workspace, there. */
export async function repositoryOf(root: string): Promise<RepositoryFiles> {
  const git = join(root, '.git');
  const found = await lstat(git).catch(() => undefined);
  if (found?.isDirectory()) return { fixed: ['.git'], beside: [] };
  if (!found?.isFile()) return { fixed: [], beside: [] };
  const named = /^gitdir: (.+)$/m.exec(await readFile(git, 'utf8'))?.[1];
  const folder = named && (await realpath(resolve(root, named)).catch(() => undefined));
  // A file may name any folder; a working tree is known there, too.
  const back = folder && (await readFile(join(folder, 'gitdir'), 'utf8').catch(() => undefined));
  const known = back && (await realpath(back.trim()).catch(() => undefined)) === (await realpath(git));
  if (!folder || !known || !(await isRepository(folder))) return { fixed: ['.git'], beside: [] };
  const common = await readFile(join(folder, 'commondir'), 'utf8').catch(() => undefined);
  const shared = common && (await realpath(resolve(folder, common.trim())).catch(() => undefined));
  return { fixed: ['.git'], beside: [...(shared && (await isRepository(shared)) ? [shared] : []), folder] };
}

const isRepository = async (path: string) => (await stat(join(path, 'HEAD')).catch(() => undefined))?.isFile() === true;
