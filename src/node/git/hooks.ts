import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Repository } from './repository.ts';
import { line } from './run-git.ts';

const OF_COMMITS = new Set([
  'pre-commit',
  'commit-msg',
  'prepare-commit-msg',
  'post-commit',
  'pre-merge-commit',
  'pre-push',
]);

/** Hooks that a commit of the user's would run here, and that delivery does not run. */
export async function hooksHere(repository: Repository): Promise<string[]> {
  const folder = await hooksFolder(repository);
  const names = (await readdir(folder).catch(() => [])).filter(name => OF_COMMITS.has(name));
  const runs = await Promise.all(
    names.map(name =>
      access(join(folder, name), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return names.filter((_, i) => runs[i]).sort();
}

/** Where the user's own git looks for hooks. */
export async function hooksFolder({ run, places }: Repository): Promise<string> {
  // What we tell every git of ours stands before it in this list.
  const own = await run(['config', '--get-all', 'core.hooksPath'], { env: { GIT_CONFIG_COUNT: '0' } });
  const named = line(own).split('\n').filter(Boolean).at(-1);
  return named === undefined ? join(places.common, 'hooks') : resolve(places.top, named);
}
