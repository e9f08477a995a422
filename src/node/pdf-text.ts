import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { PdfPages, PdfRead } from '../core/ports.ts';

const MEGABYTES = 512;
const LONGEST_MS = 20_000;
/** By so much the process may grow: what is unpacked does not count as memory of the thread. */
const MOST_BYTES = 768 * 1024 * 1024;
const LOOK_MS = 25;

/** The built program has it beside its chunks. */
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './pdf-thread.ts' : '../pdf-thread.js', import.meta.url);

/** Reads a PDF's text in a thread that has no environment and not much memory, and is ended when it takes too long. */
export async function readPdf(
  bytes: Uint8Array,
  pages: PdfPages,
  signal: AbortSignal,
  { longestMs = LONGEST_MS, mostBytes = MOST_BYTES } = {},
): Promise<PdfRead> {
  const thread = new Worker(THREAD, {
    workerData: { bytes: bytes.slice(), ...pages },
    resourceLimits: { maxOldGenerationSizeMb: MEGABYTES },
    env: {},
    // What it says is for nobody.
    stdout: true,
    stderr: true,
  });
  const timeout = AbortSignal.timeout(longestMs);
  const full = new AbortController();
  const before = process.memoryUsage.rss();
  const watch = setInterval(() => {
    if (process.memoryUsage.rss() - before > mostBytes) full.abort();
  }, LOOK_MS);
  try {
    const [read] = await once(thread, 'message', { signal: AbortSignal.any([signal, timeout, full.signal]) });
    return read as PdfRead;
  } catch (error) {
    if (signal.aborted) throw error;
    const memory = full.signal.aborted || (error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY';
    return { ok: false, why: memory ? 'too-large' : timeout.aborted ? 'too-slow' : 'broken' };
  } finally {
    clearInterval(watch);
    await thread.terminate();
  }
}
