import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { PdfPages, PdfRead } from '../core/ports.ts';

const MEGABYTES = 512;
const LONGEST_MS = 20_000;

/** The built program has it beside its chunks. */
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './pdf-thread.ts' : '../pdf-thread.js', import.meta.url);

/** Reads a PDF's text in a thread that has no environment and not much memory, and is ended when it takes too long. */
export async function readPdf(
  bytes: Uint8Array,
  pages: PdfPages,
  signal: AbortSignal,
  longestMs = LONGEST_MS,
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
  try {
    const [read] = await once(thread, 'message', { signal: AbortSignal.any([signal, timeout]) });
    return read as PdfRead;
  } catch (error) {
    if (signal.aborted) throw error;
    const memory = (error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY';
    return { ok: false, why: timeout.aborted ? 'too-slow' : memory ? 'too-large' : 'broken' };
  } finally {
    await thread.terminate();
  }
}
