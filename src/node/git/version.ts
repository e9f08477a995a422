import { GitError, OLDEST_GIT } from '../../core/delivery/git.ts';
import { gitIn } from './run-git.ts';

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
    const [most = 0, least = 0] = OLDEST_GIT.split('.').map(Number);
    const enough = Number(major) > most || (Number(major) === most && Number(minor) >= least);
    return { version, enough };
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}
