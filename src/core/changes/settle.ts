import type { EventOf } from '../../protocol/events.ts';
import type { Hash, RelPath } from '../../protocol/ids.ts';
import type { Files } from './files.ts';
import type { Ground } from './tracked.ts';

/** Writes and decisions that an earlier run began and did not see to their end: the file's hash says how far they came. */
export async function settleOpen(ground: Ground, files: Files, signal?: AbortSignal): Promise<void> {
  const { journal } = ground;
  for (const write of [...journal.state.openWrites.values()]) {
    const end = await files.turn(write.path, () => finish(ground, files, write.path, write, signal));
    journal.append({ type: 'write-outcome', write: write.write, ...end });
  }
  for (const review of [...journal.state.openReviews.values()]) {
    const end = await files.turn(review.path, () => finish(ground, files, review.path, review.file, signal));
    const reason = end.reason === 'conflict' ? 'stale' : end.reason;
    journal.append({ type: 'review-outcome', review: review.review, ...end, reason });
  }
}

type End = Pick<EventOf<'write-outcome'>, 'ok' | 'message'> & { reason: 'applied' | 'conflict' | 'failed' };

async function finish(
  { files: workspace, journal }: Ground,
  files: Files,
  path: RelPath,
  { before, after }: { before: Hash | null; after: Hash | null },
  signal: AbortSignal | undefined,
): Promise<End> {
  // A decision that leaves the file alone has no effect that could be missing.
  if (before === after) return { ok: true, reason: 'applied' };
  const actual = (await workspace.read(path, signal))?.hash ?? null;
  if (actual === after) return { ok: true, reason: 'applied' };
  if (actual !== before) return { ok: false, reason: 'conflict' };
  const bytes = after === null ? null : await journal.getBlob(after);
  if (bytes === undefined) return { ok: false, reason: 'failed', message: 'the new content was not stored' };
  const result = await files.put(path, { bytes, hash: after }, before, signal);
  if (result.ok) return { ok: true, reason: 'applied' };
  return result.reason === 'stale'
    ? { ok: false, reason: 'conflict' }
    : { ok: false, reason: 'failed', message: result.message };
}
