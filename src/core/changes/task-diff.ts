import type { Hash, RelPath } from '../../protocol/ids.ts';
import type { SessionState, WrittenFile } from '../session/state.ts';
import { decode } from './encoding.ts';
import { unifiedDiff } from './unified.ts';

export interface DiffSources {
  state: SessionState;
  getBlob(hash: Hash): Promise<Uint8Array | undefined>;
  /** What stands in the file now. */
  read(path: RelPath): Promise<{ bytes: Uint8Array } | undefined>;
}

/** Longer files are not compared line by line for somebody to read. */
const LARGEST = 1_000_000;

/** What a task has written, and nobody has taken back. */
export const writtenBy = (state: SessionState, task: string): WrittenFile[] =>
  [...state.files.values()].filter(({ tasks }) => tasks.includes(task));

/** How a file that agents wrote differs from what review compares it with; a sentence where lines do not show it. */
export async function diffOf(file: WrittenFile, { state, getBlob, read }: DiffSources): Promise<string> {
  const { path, renamedFrom: from } = file;
  const baseline = state.baselines.get(path);
  const old = baseline === null ? null : baseline === undefined ? undefined : await getBlob(baseline);
  if (old === undefined) return `${path}: what stood there before is not known.\n`;
  const now = (await read(path))?.bytes ?? null;
  if (Math.max(old?.length ?? 0, now?.length ?? 0) > LARGEST) return `${path}: too large to be shown.\n`;
  const [before, after] = [old, now].map(bytes => (bytes === null ? null : decode(bytes)));
  if (before === undefined || after === undefined) return `${path}: not text.\n`;
  const diff = unifiedDiff({ path, from, before: before?.text ?? null, after: after?.text ?? null });
  return diff === '' ? `${path}: nothing differs any more; what was written has been decided on or undone.\n` : diff;
}
