import type { SessionState } from '../state.ts';
import type { SessionStore } from '../store.ts';
import { buildReport } from './build.ts';
import { renderReport } from './render.ts';

/** Writes report.json and report.md for a session as it stands. Rejects with StoreError. */
export async function writeReport(state: SessionState, store: Pick<SessionStore, 'writeText'>): Promise<void> {
  const report = buildReport(state);
  await store.writeText('report.json', `${JSON.stringify(report, undefined, 2)}\n`);
  await store.writeText('report.md', renderReport(report));
}
