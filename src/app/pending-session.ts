import type { Clock, Log, WorkspaceFiles } from '../core/ports.ts';
import { findSession, listSessions, readState } from '../node/session/sessions.ts';
import { openStored, type StoredSession } from './stored-session.ts';

/** So many of the newest sessions are looked at: older ones are opened by name. */
const LOOKED_AT = 10;

/** The newest session that nobody runs and that left something to decide, taken over for its review. */
export async function openPending(
  workspace: string,
  { files, clock, log }: { files: WorkspaceFiles; clock: Clock; log: Log },
): Promise<StoredSession | undefined> {
  for (const { id, owner } of (await listSessions(workspace, clock)).slice(0, LOOKED_AT)) {
    const store = owner ? undefined : await findSession(workspace, id, clock);
    if (!store) continue;
    const { state } = await readState(store);
    if (![...state.files.values()].some(file => file.status === 'pending')) continue;
    const opened = await openStored({ store, files, clock, log }, 'editor');
    if (opened.ok) return opened.session;
  }
  return undefined;
}
