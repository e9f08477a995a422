import type { RelPath } from '../../protocol/ids.ts';
import type { AgentFiles, Author } from '../changes/contract.ts';
import { inParallel } from '../changes/turns.ts';
import type { StagedChange, WorkspaceFiles } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import { actsRule } from '../session/fold/consents.ts';
import { askToWrite } from './ask-to-write.ts';
import type { Claims } from './claims.ts';
import type { Attention } from './contract.ts';

export interface LandingHost {
  journal: Journal;
  agentFiles: AgentFiles;
  files: Pick<WorkspaceFiles, 'resolve'>;
  attention: Attention;
}

/** Changes that stand beside the workspace, and whose they are. */
export interface Landing {
  author: Author;
  claims: Claims;
  changes: readonly StagedChange[];
  /** Undefined where it is no longer there. */
  content(change: StagedChange): Promise<Uint8Array | undefined>;
  /** Of a change that is not its author's to make. */
  advice: string;
}

/** What came of each file. */
export interface Landed {
  written: RelPath[];
  /** Changes that are not this task's to make. */
  refused: RelPath[];
  /** Files that changed in the workspace since. */
  stale: RelPath[];
  failed: { path: RelPath; message: string }[];
}

/** How many files are taken at a time: their intents are flushed to disk together. */
const AT_ONCE = 32;

type Fate = { kind: 'written' | 'refused' | 'stale' } | { kind: 'failed'; message: string };

/** Takes every change by the one way that all agents write; what is there already is not written again. */
export async function landChanges(
  host: LandingHost,
  landing: Landing,
  signal: AbortSignal,
): Promise<Landed | 'aborted'> {
  const { author, claims, changes } = landing;
  // All questions come first: half of the work must not stand there while somebody thinks.
  const withheld = new Set<RelPath>();
  for (const { path } of changes) {
    const refused = claims.allows(path) && (await askToWrite(host, author.agent, path, signal)) !== undefined;
    if (refused && signal.aborted) return 'aborted';
    if (refused) withheld.add(path);
  }
  const fates = new Map<RelPath, Fate>();
  const take = (some: readonly StagedChange[]) =>
    inParallel(some, AT_ONCE, async change => {
      fates.set(change.path, await landOne(host, landing, change, withheld.has(change.path)));
    });
  // A folder may stand now where a file was.
  await take(changes.filter(({ after }) => after === null));
  await take(changes.filter(({ after }) => after !== null));
  const landed: Landed = { written: [], refused: [], stale: [], failed: [] };
  for (const { path } of changes) {
    const fate = fates.get(path);
    if (fate?.kind === 'failed') landed.failed.push({ path, message: fate.message });
    else if (fate) landed[fate.kind].push(path);
  }
  return landed;
}

async function landOne(host: LandingHost, landing: Landing, change: StagedChange, withheld: boolean): Promise<Fate> {
  const { author, claims, content, advice } = landing;
  const { agent } = author;
  const { path, before, after } = change;
  const resolved = await host.files.resolve(path, 'write');
  const rule = !resolved.ok
    ? resolved.reason
    : resolved.path !== path
      ? 'outside-workspace'
      : !claims.allows(path)
        ? 'outside-claim'
        : withheld
          ? actsRule
          : undefined;
  if (rule !== undefined) {
    if (rule !== 'invalid' && rule !== 'not-a-file' && rule !== actsRule)
      host.journal.append({ type: 'permission-denied', agent, kind: 'path', what: path, rule, advice });
    return { kind: 'refused' };
  }
  const current = (await host.agentFiles.read(path))?.hash ?? null;
  if (current === after) return { kind: 'written' };
  const bytes = after === null ? null : await content(change);
  if (bytes === undefined) return { kind: 'failed', message: 'its content is no longer there' };
  if (change.meanwhile) return { kind: 'stale' };
  const written = await host.agentFiles.write({ path, content: bytes, author, seen: before });
  if (written.ok) return { kind: 'written' };
  return written.reason === 'changed-since-read' ? { kind: 'stale' } : { kind: 'failed', message: written.message };
}
