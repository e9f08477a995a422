import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { checkRelPath } from '../../../core/paths.ts';
import type { RelPath } from '../../../protocol/ids.ts';
import { isUsualOutput, type Outputs } from '../outputs.ts';

/** What is in a workspace, looked through once. */
export interface Survey {
  files: RelPath[];
  links: RelPath[];
  /** Files and whole folders that builds made. */
  outputs: RelPath[];
  /** Folders and files that are called as if builds had made them. */
  kept: RelPath[];
}

/**
 * Looks through a workspace, but for histories, our own records, and what builds made. What is called as results of builds
 * are, and was not there `before`, is one.
 */
export async function surveyOf(root: string, outputs: Outputs, before?: Survey): Promise<Survey> {
  const found: Survey = { files: [], links: [], outputs: [], kept: [] };
  const look = async (base: RelPath): Promise<void> => {
    const entries: Dirent[] = await readdir(join(root, base), { withFileTypes: true }).catch(() => []);
    await Promise.all(entries.map(entry => take(`${base}${entry.name}`, entry)));
  };
  const take = async (path: RelPath, entry: Dirent): Promise<void> => {
    const isFolder = entry.isDirectory();
    const usual = isUsualOutput(entry.name, isFolder);
    if (before && usual && !before.kept.includes(path)) outputs.note(path);
    const checked = checkRelPath(path);
    if (!checked.ok && checked.reason === 'protected') return;
    if (!entry.isSymbolicLink() && (await outputs.isOutput(path, isFolder))) {
      found.outputs.push(path);
      return;
    }
    if (usual) found.kept.push(path);
    if (isFolder) await look(`${path}/`);
    else if (entry.isFile()) found.files.push(path);
    else if (entry.isSymbolicLink()) found.links.push(path);
  };
  await look('');
  for (const list of Object.values(found)) list.sort();
  return found;
}
