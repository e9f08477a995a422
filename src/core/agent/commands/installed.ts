import { above, foldersOf, type Workspace } from './places.ts';
import type { Arg, Simple } from './simple.ts';

const binaries = 'node_modules/.bin';
const atItsPath = /^(?:\.\.?\/)*(?:[\w@.-]+\/)*node_modules\/\.bin\/([\w.-]+)$/;

/** The tool that a path to an installed package's program stands for: `node_modules/.bin/tsc` is `tsc`. */
export function installedTool(head: Arg, workspace: Workspace): string | undefined {
  const name = head.fixed ? atItsPath.exec(head.text)?.[1] : undefined;
  const { disk } = workspace;
  const [folder, other] = name === undefined ? [] : (foldersOf(workspace) ?? []);
  if (!disk || folder === undefined || other !== undefined) return undefined;
  return isInstalled(disk.follow(folder, head.text), workspace) ? name : undefined;
}

/** Whether `npx` finds a program where a package is installed, and fetches nothing. */
export function npxFinds({ args: [head], at }: Simple, workspace: Workspace): boolean {
  const { disk } = workspace;
  if (!disk || !head?.fixed || !/^[\w.-]+$/.test(head.text)) return false;
  const folders = foldersOf({ ...workspace, at }) ?? [];
  return (
    folders.length > 0 &&
    folders.every(folder => {
      // It looks beside the next package.json, or folder of packages, and nowhere else.
      const base = above(folder).find(
        each => disk.exists(`${each}/package.json`) || disk.exists(`${each}/node_modules`),
      );
      return base !== undefined && isInstalled(disk.follow(base, `${binaries}/${head.text}`), workspace);
    })
  );
}

/** A program of a package, in the workspace's own folder of packages. */
function isInstalled(real: string | undefined, { disk }: Workspace): boolean {
  if (!disk || real === undefined || disk.changedAt(real) === undefined) return false;
  return disk.inside(real)?.split('/').includes('node_modules') === true;
}
