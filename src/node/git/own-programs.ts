import { must, type RunGit } from './run-git.ts';

/** Settings by which git runs a program in what delivery asks of it. */
const PROGRAMS = String.raw`^(filter\..*\.(clean|smudge|process)|merge\..*\.driver|gpg\.program|gpg\..*\.program|gpg\.ssh\.defaultkeycommand)$`;

/**
 * The programs that the repository's own settings name. A clone has none; a repository from an archive may bring some,
 * and the user's own, as those of Git LFS, stand in the user's settings.
 */
export async function ownPrograms(run: RunGit): Promise<string[]> {
  const asked = await run(['config', '--show-scope', '-z', '--get-regexp', PROGRAMS]);
  if (asked.code === 1) return [];
  const parts = (await must(Promise.resolve(asked), 'reading its settings')).out.split('\0');
  const found: string[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [scope, entry = ''] = [parts[at], parts[at + 1]];
    const key = entry.split('\n')[0] ?? '';
    if ((scope === 'local' || scope === 'worktree') && !found.includes(key)) found.push(key);
  }
  return found;
}
