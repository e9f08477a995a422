import * as z from 'zod';
import { Hash, type ModelRef, RelPath } from '../../protocol/ids.ts';
import type { Claims } from '../agent/claims.ts';
import { type Landed, type LandingHost, landChanges } from '../agent/landing.ts';
import type { Author } from '../changes/contract.ts';
import type { Journal } from '../session/contract.ts';
import type { CopyChange, WorkerCopy } from './contract.ts';

/** Whose work lands. */
export interface Lander {
  agent: string;
  task?: string;
  claims: Claims;
}

const Change = z.object({ path: RelPath, before: Hash.nullable(), after: Hash.nullable() });

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

/** Takes every change the way that all agents write; what is there already is not written again. */
export async function land(
  host: LandingHost,
  lander: Lander,
  result: { blob: Hash; model: ModelRef },
  signal: AbortSignal,
): Promise<Landed | 'aborted'> {
  const { journal } = host;
  const { agent, task, claims } = lander;
  const author: Author = { agent, ...(task !== undefined && { task }), model: result.model };
  const changes = await changesOf(journal, result.blob);
  const content = async ({ after }: CopyChange) => (after === null ? undefined : journal.getBlob(after));
  const advice = 'What a CLI agent changed there was not taken over.';
  return landChanges(host, { author, claims, changes, content, advice }, signal);
}

async function changesOf(journal: Journal, blob: Hash): Promise<CopyChange[]> {
  const bytes = await journal.getBlob(blob);
  if (!bytes) throw new Error('what the CLI agent changed is no longer stored');
  return z.array(Change).parse(JSON.parse(new TextDecoder().decode(bytes)));
}
