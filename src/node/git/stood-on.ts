import type { StoodOnPort } from '../../core/ports.ts';
import type { StoodOn } from '../../protocol/stood-on.ts';
import { ownPrograms } from './own-programs.ts';
import { gitIn, line, type RunGit } from './run-git.ts';

/** So many are named. */
const NAMED = 5;
/** Our own files say nothing of the work. */
const OTHERS = [':/', ':(exclude).orchestrate'];

/** Longer than this nobody waits for git: the check is what counts. */
const PATIENCE_MS = 5000;

/**
 * What a folder's files are of. Nobody can tell where git may not be asked, does not answer in time, or would run programs that
 * the repository's own settings name.
 */
export function stoodOn(folder: string, environment: NodeJS.ProcessEnv, mayAsk: () => boolean): StoodOnPort {
  const asking = async <T>(signal: AbortSignal | undefined, ask: (run: RunGit) => Promise<T>) => {
    if (!mayAsk()) return undefined;
    const limits = [AbortSignal.timeout(PATIENCE_MS), ...(signal ? [signal] : [])];
    const git = gitIn(folder, environment);
    return ask(args => git(args, { signal: AbortSignal.any(limits) })).catch(() => undefined);
  };
  return {
    files: signal =>
      asking(signal, async run => {
        if ((await ownPrograms(run)).length > 0) return undefined;
        const options = ['--porcelain=v2', '--branch', '-z', '--no-renames', '--ignore-submodules=all'];
        const { code, out } = await run(['status', ...options, '--', ...OTHERS]);
        return code === 0 ? read(out.split('\0')) : undefined;
      }),
    commit: signal =>
      asking(signal, async run => {
        const found = await run(['rev-parse', '--verify', '--quiet', 'HEAD']);
        return found.code === 0 ? line(found) : undefined;
      }),
  };
}

/** Before the name of what is untracked stands one word, before that of what is tracked eight, and ten in a conflict. */
const ENTRY = /^(?:\?|1(?: \S+){7}|u(?: \S+){9}) (.+)$/s;

function read(lines: readonly string[]): StoodOn | undefined {
  const commit = /^# branch\.oid ([0-9a-f]+)$/.exec(lines.find(each => each.startsWith('# branch.oid ')) ?? '')?.[1];
  const files = lines.flatMap(each => ENTRY.exec(each)?.[1] ?? []);
  // Before the first commit there is none to speak of.
  if (commit === undefined) return undefined;
  return {
    commit,
    ...(files.length > 0 && { changed: { count: files.length, files: files.slice(0, NAMED) } }),
  };
}
