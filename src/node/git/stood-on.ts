import { GitError } from '../../core/delivery/git.ts';
import type { StoodOn } from '../../protocol/stood-on.ts';
import { gitIn } from './run-git.ts';

/** So many are named. */
const NAMED = 5;
/** Our own files say nothing of the work. */
const OTHERS = [':/', ':(exclude).orchestrate'];

/** The commit that a folder's files are of, and which of them are not as it has them; undefined: nobody can tell. */
export async function stoodOn(folder: string, environment: NodeJS.ProcessEnv): Promise<StoodOn | undefined> {
  const options = ['--porcelain=v2', '--branch', '-z', '--no-renames', '--ignore-submodules=all'];
  try {
    const { code, out } = await gitIn(folder, environment)(['status', ...options, '--', ...OTHERS]);
    return code === 0 ? read(out.split('\0')) : undefined;
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}

/** Before the name of what is untracked stands one word, before that of what is tracked eight, and ten in a conflict. */
const ENTRY = /^(?:\?|1(?: \S+){7}|u(?: \S+){9}) (.+)$/s;

function read(lines: readonly string[]): StoodOn {
  const commit = /^# branch\.oid ([0-9a-f]+)$/.exec(lines.find(each => each.startsWith('# branch.oid ')) ?? '')?.[1];
  const files = lines.flatMap(each => ENTRY.exec(each)?.[1] ?? []);
  return {
    ...(commit !== undefined && { commit }),
    ...(files.length > 0 && { changed: { count: files.length, files: files.slice(0, NAMED) } }),
  };
}
