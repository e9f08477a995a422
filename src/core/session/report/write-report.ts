import type { SessionState } from '../state.ts';
import type { SessionStore } from '../store.ts';
import { buildReport } from './build.ts';
import { renderHtml } from './html.ts';
import { picturesOf } from './pictures.ts';
import { renderReport } from './render.ts';

/** Writes report.json, report.md and report.html for a session as it stands. Rejects with StoreError. */
export async function writeReport(
  state: SessionState,
  store: Pick<SessionStore, 'writeText' | 'getBlob'>,
): Promise<void> {
  const report = buildReport(state);
  await store.writeText('report.json', `${JSON.stringify(report, undefined, 2)}\n`);
  await store.writeText('report.md', renderReport(report));
  await store.writeText('report.html', renderHtml(report, await picturesOf(report, hash => store.getBlob(hash))));
}
