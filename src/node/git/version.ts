import { GitError } from '../../core/delivery/git.ts';
import { gitIn } from './run-git.ts';

/** Below it `merge-tree --write-tree` is missing. */
const OLDEST = [2, 38] as const;

export interface GitVersion {
  version: string;
  /** Whether delivery works with it. */
  enough: boolean;
}

/** The git on the PATH; undefined where there is none. */
export async function gitVersion(folder: string, environment: NodeJS.ProcessEnv): Promise<GitVersion | undefined> {
  try {
    const { out } = await gitIn(folder, environment)(['--version']);
    const found = /(\d+)\.(\d+)\S*/.exec(out);
    if (!found) return undefined;
    const [version, major, minor] = found;
    const [most, least] = OLDEST;
    const enough = Number(major) > most || (Number(major) === most && Number(minor) >= least);
    return { version, enough };
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}

export const NEEDED_GIT = OLDEST.join('.');
