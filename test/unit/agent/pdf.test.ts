import assert from 'node:assert/strict';
import type { PdfRead } from '../../../src/core/ports.ts';
import { AgentWorld } from '../../support/agent-world.ts';
import { pdfOf } from '../../support/pdf.ts';
import { call, calls } from '../../support/scripted-router.ts';

const finish = calls(call('finish_task', { summary: 'done' }));
const bytes = pdfOf({ pages: ['one', '', 'three'] });

/** What read_file tells of a PDF whose reader comes to this. */
async function told(read: PdfRead, args: object = {}, files: Record<string, string | Uint8Array> = { 'a.pdf': bytes }) {
  const asked: unknown[] = [];
  const [path = ''] = Object.keys(files);
  const world = new AgentWorld([calls(call('read_file', { path, ...args })), finish], { files });
  world.host.readPdf = async (_bytes, pages) => {
    asked.push([pages.from, pages.to]);
    return read;
  };
  await world.run();
  return { text: world.told(1), asked, refusal: world.journal.of('tool-outcome')[0]?.refusal };
}

const pages = (texts: string[], more: { of?: number; from?: number } = {}): PdfRead => ({
  ok: true,
  of: texts.length,
  from: 1,
  texts,
  ...more,
});

describe('a PDF', () => {
  it('is read as the text of its pages, with those named that hold none', async () => {
    const { text, asked } = await told(pages(['one', ' ', 'three']));
    assert.match(
      text,
      /^a\.pdf: a PDF, the text of pages 1 to 3 of 3\. No text is on 2\.\n<data \w+>\n\[page 1\]\none/,
    );
    assert.match(text, /\[page 3\]\nthree\n<\/data/);
    assert.deepEqual(asked, [[1, 100]], 'a hundred pages at once, at most');
  });

  it('is gone on with page by page, from the end too', async () => {
    const first = await told(pages(['a', 'b'], { of: 9 }));
    assert.match(first.text, /pages 1 to 2 of 9\. Read on with from: 3, which counts pages/);
    const named = await told(pages(['c'], { of: 9, from: 3 }), { from: 3, to: 3 });
    assert.deepEqual(named.asked, [[3, 3]]);
    assert.doesNotMatch(named.text, /Read on/);
    assert.match((await told(pages(['i'], { of: 9, from: 9 }), { from: -1 })).text, /pages 9 to 9 of 9/);
  });

  it('says so where it is scanned, locked, damaged, too slow, or has no such page', async () => {
    assert.match((await told(pages(['', '\n']))).text, /no text on them: they may be scanned/);
    assert.match(
      (await told({ ok: false, why: 'locked' })).text,
      /"a\.pdf" is locked by a password[\s\S]*Ask the user/,
    );
    assert.match((await told({ ok: false, why: 'broken' })).text, /begins like a PDF but is damaged/);
    assert.match((await told({ ok: false, why: 'too-slow' })).text, /Ask for fewer pages/);
    const none = await told(pages([], { of: 3, from: 400 }), { from: 400 });
    assert.match(none.text, /is a PDF of 3 pages, and from and to count pages/);
    assert.equal(none.refusal, 'bad-arguments');
  });

  it('is a text like any other where it only speaks of PDFs', async () => {
    const { text, asked } = await told(pages([]), {}, { 'notes.md': 'A PDF begins with %PDF-1.7.\n' });
    assert.match(text, /notes\.md: lines 1 to 1 of 1/);
    assert.deepEqual(asked, []);
  });
});
