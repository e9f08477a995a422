import type { RelPath } from '../../protocol/ids.ts';
import type { AgentFiles, Author } from '../changes/contract.ts';
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

/** Takes every change by the one way that all agents write; what is there already is not written again. */
export async function landChanges(
  host: LandingHost,
  { author, claims, changes, content, advice }: Landing,
  signal: AbortSignal,
): Promise<Landed | 'aborted'> {
  const { journal, agentFiles } = host;
  const { agent } = author;
  const landed: Landed = { written: [], refused: [], stale: [], failed: [] };
  // All questions come first: half of the work must not stand there while somebody thinks.
  const withheld = new Set<RelPath>();
  for (const { path } of changes) {
    const refused = claims.allows(path) && (await askToWrite(host, agent, path, signal)) !== undefined;
    if (refused && signal.aborted) return 'aborted';
    if (refused) withheld.add(path);
  }
  for (const change of changes) {
    const { path, before, after } = change;
    const resolved = await host.files.resolve(path, 'write');
    const rule = !resolved.ok
      ? resolved.reason
      : resolved.path !== path
        ? 'outside-workspace'
        : !claims.allows(path)
          ? 'outside-claim'
          : withheld.has(path)
            ? actsRule
            : undefined;
    if (rule !== undefined) {
      if (rule !== 'invalid' && rule !== 'not-a-file' && rule !== actsRule)
        journal.append({ type: 'permission-denied', agent, kind: 'path', what: path, rule, advice });
      landed.refused.push(path);
      continue;
    }
    const current = (await agentFiles.read(path))?.hash ?? null;
    if (current === after) {
      landed.written.push(path);
      continue;
    }
    const bytes = after === null ? null : await content(change);
    if (bytes === undefined) {
      landed.failed.push({ path, message: 'its content is no longer there' });
      continue;
    }
    const written = change.meanwhile
      ? { ok: false as const, reason: 'changed-since-read' as const }
      : await agentFiles.write({ path, content: bytes, author, seen: before });
    if (written.ok) landed.written.push(path);
    else if (written.reason === 'changed-since-read') landed.stale.push(path);
    else landed.failed.push({ path, message: written.message });
  }
  return landed;
}
