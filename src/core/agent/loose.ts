import type { Hash, RelPath } from '../../protocol/ids.ts';
import type { Author, CommandFiles } from '../changes/contract.ts';
import { checkRelPath } from '../paths.ts';
import type { NewId, Processes, ProcessOutcome, ProcessRequest, WorkspaceWatch } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import { claimsOf } from './claims.ts';
import { listed } from './listed.ts';

/** What looks after commands that nothing holds. */
export interface Looseness {
  watch: WorkspaceWatch;
  commandFiles: CommandFiles;
  /** What the commands under way may write. */
  running: Set<(path: RelPath) => boolean>;
}

export interface LooseHost {
  journal: Journal;
  processes: Processes;
  newId: NewId;
  /** Absent: nobody looks. */
  loose?: Looseness | undefined;
}

export interface LooseCommand {
  request: ProcessRequest;
  author: Author;
  /** Globs of the files that are its task's. */
  write: readonly string[];
  /** Files that it is known to write. */
  writes?: readonly RelPath[] | undefined;
}

export interface LooseOutcome extends ProcessOutcome {
  /** Under review as its author's. */
  changed: readonly RelPath[];
  /** Changed while it ran, and not its to change. */
  strayed: readonly RelPath[];
}

/**
 * Runs a command that nothing holds. What it changed of its claim comes under review as its author's, and what changed
 * beside that while it ran is shown.
 */
export async function runLoose(
  host: LooseHost,
  { request, author, write, writes }: LooseCommand,
  signal: AbortSignal,
): Promise<LooseOutcome> {
  if (!host.loose) return { ...(await host.processes.run(request, signal)), changed: [], strayed: [] };
  const { watch, commandFiles, running } = host.loose;
  const { allows } = claimsOf(write);
  // Unseen if need be: what it does is not looked at in a workspace that is too large for it.
  const look = await watch.look(allows, writes).catch(() => undefined);
  const allowed = commandFiles.allowWrites(allows);
  const own = (path: RelPath) => allows(path);
  running.add(own);
  try {
    const outcome = await host.processes.run(request, signal);
    const changes = (await look?.changes().catch(() => undefined)) ?? [];
    const changed: RelPath[] = [];
    const strayed: RelPath[] = [];
    const others = [...running].filter(each => each !== own);
    for (const { path, before, after } of changes) {
      if (isKnown(host.journal, path, after)) continue;
      if (allows(path) && before !== undefined && checkRelPath(path).ok) {
        if (await commandFiles.adopt(path, before, author)) changed.push(path);
      } else if (!others.some(mayWrite => mayWrite(path))) strayed.push(path);
    }
    if (strayed.length > 0) openIssue(host, author, strayed);
    return { ...outcome, changed, strayed };
  } finally {
    running.delete(own);
    allowed.dispose();
  }
}

/** Whether it stands there because somebody wrote it by the way that all agents write. */
const isKnown = ({ state }: Journal, path: RelPath, after: Hash | null): boolean => {
  const file = state.files.get(path);
  return file !== undefined && file.content === after;
};

function openIssue({ journal, newId }: LooseHost, { agent, task, command }: Author, paths: readonly RelPath[]): void {
  const text = `While a command of ${agent} ran that nothing held, ${listed(paths)} changed, which the task may not write${command === undefined ? '' : `: ${command.slice(0, 200)}`}`;
  journal.append({
    type: 'issue-opened',
    issue: newId('issue'),
    severity: 'minor',
    by: agent,
    ...(task && { task }),
    text,
  });
}

/** For the model. */
export function looseNotes({ changed, strayed }: LooseOutcome, write: readonly string[]): string[] {
  const mine = write.length > 0 ? `may write only ${listed(write)}` : 'may write no file';
  return [
    changed.length > 0 && `It changed ${listed(changed)}; the changes are under review as yours.`,
    strayed.length > 0 &&
      `While it ran, ${listed(strayed)} changed as well, and your task ${mine}. The user is shown that. Undo it if it was your command's doing, or name it in the summary of finish_task.`,
  ].filter(note => note !== false);
}
