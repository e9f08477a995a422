import * as z from 'zod';
import { Hash, type ModelRef, RelPath } from '../../protocol/ids.ts';
import { askToWrite } from '../agent/ask-to-write.ts';
import type { Claims } from '../agent/claims.ts';
import type { Attention } from '../agent/contract.ts';
import type { Author, ChangeDoor } from '../changes/contract.ts';
import type { WorkspaceFiles } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import { actsRule } from '../session/fold/consents.ts';
import type { CopyChange, WorkerCopy } from './contract.ts';

export interface LandingHost {
  journal: Journal;
  door: ChangeDoor;
  files: Pick<WorkspaceFiles, 'resolve'>;
  attention: Attention;
}

/** Whose work lands. */
export interface Lander {
  agent: string;
  task?: string;
  claims: Claims;
}

const Change = z.object({ path: RelPath, before: Hash.nullable(), after: Hash.nullable() });

/** What came of each file. */
export interface Landed {
  written: string[];
  /** Changes that are not this task's to make. */
  refused: string[];
  /** Files that changed in the workspace since the copy was made. */
  stale: string[];
  failed: { path: string; message: string }[];
}

/**
 * Puts what a CLI agent made where a crash cannot take it: all contents first, then the one event from which on it
 * counts as done.
 */
export async function keepResult(
  host: LandingHost,
  agent: string,
  done: { copy: WorkerCopy; changes: readonly CopyChange[]; summary: string; model: ModelRef },
): Promise<void> {
  const { journal } = host;
  const { copy, changes, summary, model } = done;
  for (const { path, after } of changes) if (after !== null) await journal.putBlob(await copy.read(path));
  const blob = await journal.putBlob(new TextEncoder().encode(JSON.stringify(changes)));
  await journal.commit({ type: 'worker-result', agent, summary, model, files: changes.length, blob });
}

/** Takes every change through the door that all agents write through; what is there already is not written again. */
export async function land(
  host: LandingHost,
  lander: Lander,
  result: { blob: Hash; model: ModelRef },
  signal: AbortSignal,
): Promise<Landed | 'aborted'> {
  const { journal, door } = host;
  const { agent, task, claims } = lander;
  const author: Author = { agent, ...(task !== undefined && { task }), model: result.model };
  const landed: Landed = { written: [], refused: [], stale: [], failed: [] };
  const changes = await changesOf(journal, result.blob);
  // All questions come first: half of its work must not stand there while somebody thinks.
  const withheld = new Set<string>();
  for (const { path } of changes) {
    const refused = claims.allows(path) && (await askToWrite(host, agent, path, signal)) !== undefined;
    if (refused && signal.aborted) return 'aborted';
    if (refused) withheld.add(path);
  }
  for (const { path, before, after } of changes) {
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
      const advice = 'What a CLI agent changed there was not taken over.';
      if (rule !== 'invalid' && rule !== 'not-a-file' && rule !== actsRule)
        journal.append({ type: 'permission-denied', agent, kind: 'path', what: path, rule, advice });
      landed.refused.push(path);
      continue;
    }
    const current = (await door.read(path))?.hash ?? null;
    if (current === after) {
      landed.written.push(path);
      continue;
    }
    const content = after === null ? null : await journal.getBlob(after);
    if (content === undefined) {
      landed.failed.push({ path, message: 'its content is no longer there' });
      continue;
    }
    const written = await door.write({ path, content, author, seen: before });
    if (written.ok) landed.written.push(path);
    else if (written.reason === 'changed-since-read') landed.stale.push(path);
    else landed.failed.push({ path, message: written.message });
  }
  return landed;
}

async function changesOf(journal: Journal, blob: Hash): Promise<CopyChange[]> {
  const bytes = await journal.getBlob(blob);
  if (!bytes) throw new Error('what the CLI agent changed is no longer stored');
  return z.array(Change).parse(JSON.parse(new TextDecoder().decode(bytes)));
}
