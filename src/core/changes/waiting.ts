import type { RelPath } from '../../protocol/ids.ts';
import type { SessionState } from '../session/state.ts';

/** Files in which something waits for review, or does again when what an agent wrote comes back. */
export function waitingIn({ files, absent }: SessionState): RelPath[] {
  const pending = [...files.values()].filter(({ status }) => status === 'pending').map(({ path }) => path);
  return [...new Set([...pending, ...absent.keys()])];
}
