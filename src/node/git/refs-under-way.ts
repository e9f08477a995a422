import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const NAMES = ['rebase-merge/head-name', 'rebase-apply/head-name', 'rebase-merge/update-refs', 'BISECT_START'];

/** Branches that a rebase or a bisection under way will come back to, in any working tree: nobody may move them meanwhile. */
export async function refsUnderWay(common: string): Promise<string[]> {
  const trees = await readdir(join(common, 'worktrees')).catch(() => []);
  const folders = [common, ...trees.map(name => join(common, 'worktrees', name))];
  const texts = await Promise.all(
    folders.flatMap(folder => NAMES.map(name => readFile(join(folder, name), 'utf8').catch(() => ''))),
  );
  return texts.flatMap(text =>
    text
      .split('\n')
      .map(each => each.trim())
      .flatMap(each =>
        each.startsWith('refs/heads/') ? [each] : /^[^\s/~^:]\S*$/.test(each) ? [`refs/heads/${each}`] : [],
      ),
  );
}
