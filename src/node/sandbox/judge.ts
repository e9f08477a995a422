import { chmod, lstat, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { claimsOf } from '../../core/agent/claims.ts';
import { checkRelPath } from '../../core/paths.ts';
import type { CommandRights, ProcessOutcome, SandboxedRun, StagedChange } from '../../core/ports.ts';
import type { RelPath } from '../../protocol/ids.ts';
import { hashOf } from '../hash.ts';

/** Larger files are not brought under review. */
const LARGEST = 64 * 1024 * 1024;
const AT_ONCE = 16;

/** What a command left, beside the workspace or of it. */
export interface Differences {
  files: readonly RelPath[];
  /** Files of the workspace that it removed. */
  gone: readonly RelPath[];
  links: readonly RelPath[];
}

/** What differs, and whether its author may change it. `since`: the workspace's own files stay as they are from then on. */
export async function judgeChanges(
  { root, staged, rights, since }: { root: string; staged: string; rights: CommandRights; since?: number },
  { files, gone, links }: Differences,
): Promise<Pick<SandboxedRun, 'changes' | 'refused'>> {
  const claims = claimsOf(rights.write);
  const changes: StagedChange[] = [];
  const refused: RelPath[] = [...links];
  const take = async (path: RelPath, after: Uint8Array | null) => {
    const below = await lstat(join(root, path)).catch(() => undefined);
    const before = below?.isFile() ? await readFile(join(root, path)) : null;
    if (before === null ? after === null : after !== null && before.equals(after)) {
      // Nothing but whether it can be run may be different.
      if (before !== null && !claims.allows(path)) return;
    }
    const may = claims.allows(path) && checkRelPath(path).ok && (below === undefined || below.isFile());
    if (!may) {
      refused.push(path);
      return;
    }
    const change = { path, before: before && hashOf(before), after: after && hashOf(after) };
    changes.push(
      since !== undefined && below && below.ctimeMs > since ? { ...change, meanwhile: true as const } : change,
    );
  };
  for (let at = 0; at < files.length; at += AT_ONCE)
    await Promise.all(
      files.slice(at, at + AT_ONCE).map(async path => {
        const { size } = await stat(join(staged, path));
        if (size > LARGEST) refused.push(path);
        else await take(path, await readFile(join(staged, path)));
      }),
    );
  for (const path of gone) await take(path, null);
  changes.sort((one, other) => (one.path < other.path ? -1 : 1));
  return { changes, refused: refused.sort() };
}

/** What became a program stays one, and the other way round. */
export async function keepMode(from: string, to: string): Promise<void> {
  const [wanted, found] = await Promise.all([lstat(from), lstat(to)]);
  if (!wanted.isFile() || !found.isFile() || (wanted.mode & 0o111) === (found.mode & 0o111)) return;
  await chmod(to, (found.mode & 0o666) | (wanted.mode & 0o111));
}

/** A command that could not be held, and so was not run. */
export const notStarted = (error: unknown): ProcessOutcome => ({
  ended: 'not-started',
  output: '',
  omitted: 0,
  ms: 0,
  message: `the sandbox failed: ${error instanceof Error ? error.message : String(error)}`,
});

/** A run of which nothing is to be taken over. */
export const ended = (outcome: ProcessOutcome, drop: () => void): SandboxedRun => ({
  ...{ outcome, changes: [], refused: [], unreached: [] },
  read: async path => Promise.reject(new Error(`"${path}" was not changed`)),
  close: async () => drop(),
});
