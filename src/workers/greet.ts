import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkerDiagnosis } from '../core/doctor/doctor.ts';
import type { Clock } from '../core/ports.ts';
import type { WorkerListener, Workers } from '../core/worker/contract.ts';

/** One that takes longer to start is reported as slow. */
const PATIENCE_MS = 4500;

const nobody: WorkerListener = {
  update: () => undefined,
  permit: async () => 'deny',
  refuseWrite: async () => 'Nothing is to be written.',
};

/** Starts a CLI agent, begins a session with it in an empty folder, and ends it again; what it tells on the way. */
export async function greetWorker(
  workers: Workers,
  name: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Pick<WorkerDiagnosis, 'login' | 'ms' | 'message'>> {
  const own = await realpath(await mkdtemp(join(tmpdir(), 'orchestrate-greet-')));
  const remove = () => rm(own, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
  const folder = join(own, 'workspace');
  await mkdir(folder);
  const limit = new AbortController();
  const timer = clock.after(PATIENCE_MS, () => limit.abort());
  const started = clock.monotonic();
  const opened = workers.open(name, { folder, listener: nobody }, AbortSignal.any([signal, limit.signal])).then(
    greeted => greeted,
    (error: unknown) => ({ ok: false as const, reason: 'failed' as const, message: String(error) }),
  );
  const late = new Promise<undefined>(resolve => {
    limit.signal.addEventListener('abort', () => resolve(undefined), { once: true });
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const greeted = await Promise.race([opened, late]);
  timer.dispose();
  // It ends behind whoever waits for the answer.
  void opened.then(each => (each.ok ? each.session.end() : undefined)).then(remove);
  const ms = Math.round(clock.monotonic() - started);
  if (!greeted || limit.signal.aborted || signal.aborted) return { message: `it did not begin within ${ms} ms` };
  if (!greeted.ok)
    return { ...(greeted.reason === 'needs-login' && { login: 'none' as const }), message: greeted.message };
  const { login } = greeted.session;
  return { ms, ...(login !== 'unknown' && { login }) };
}
