import { parentPort, workerData } from 'node:worker_threads';
import { getDocumentProxy } from 'unpdf';
import type { PdfPages, PdfRead } from '../core/ports.ts';

/** Runs in a thread of its own, which is ended when it takes too long: whoever made the file is a stranger. */
const { bytes, from, to, most } = workerData as PdfPages & { bytes: Uint8Array };

async function read(): Promise<PdfRead> {
  const document = await getDocumentProxy(bytes, { verbosity: 0, stopAtErrors: false });
  const { numPages: of } = document;
  const first = Math.max(1, from < 0 ? of + 1 + from : from);
  const texts: string[] = [];
  let size = 0;
  for (let at = first; at <= Math.min(to, of) && size < most; at++) {
    const page = await document.getPage(at);
    const { items } = await page.getTextContent();
    const text = items.map(item => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : '')).join('');
    texts.push(text.slice(0, most));
    size += text.length;
    page.cleanup();
  }
  return { ok: true, of, from: first, texts };
}

const whyNot = (error: unknown): PdfRead => ({
  ok: false,
  why: error instanceof Error && error.name === 'PasswordException' ? 'locked' : 'broken',
});

parentPort?.postMessage(await read().catch(whyNot));
