import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { createDeflate } from 'node:zlib';
import fc from 'fast-check';
import { readPdf } from '../../../src/node/pdf-text.ts';
import { pdfOf } from '../../support/pdf.ts';

const all = { from: 1, to: 1_000_000, most: 60_000 };
const going = new AbortController().signal;

describe('The text of a PDF', function () {
  // Each starts a thread, which takes a while on a machine with much to do.
  this.timeout(60_000);

  it('is read page by page, from the end too, until enough has been read', async () => {
    const bytes = pdfOf({ pages: ['Hello (you)\nagain', 'Two', 'Three'] });
    assert.deepEqual(await readPdf(bytes, all, going), {
      ok: true,
      of: 3,
      from: 1,
      texts: ['Hello (you)\nagain', 'Two', 'Three'],
    });
    assert.deepEqual(await readPdf(bytes, { ...all, from: -1 }, going), { ok: true, of: 3, from: 3, texts: ['Three'] });
    assert.deepEqual(await readPdf(bytes, { from: 2, to: 2, most: 9 }, going), {
      ok: true,
      of: 3,
      from: 2,
      texts: ['Two'],
    });
    assert.deepEqual(await readPdf(bytes, { ...all, most: 5 }, going), { ok: true, of: 3, from: 1, texts: ['Hello'] });
    assert.deepEqual(await readPdf(bytes, { ...all, from: 9 }, going), { ok: true, of: 3, from: 9, texts: [] });
  });

  it('of ten thousand pages is read as far as is asked for', async () => {
    const bytes = pdfOf({ pages: Array.from({ length: 10_000 }, (_, at) => `Page number ${at + 1}`) });
    const read = await readPdf(bytes, { from: 9_999, to: 10_000, most: 1000 }, going);
    assert.deepEqual(read, { ok: true, of: 10_000, from: 9_999, texts: ['Page number 9999', 'Page number 10000'] });
  });

  it('that is locked or damaged, or takes too long, is none, and nothing else happens', async () => {
    assert.deepEqual(await readPdf(pdfOf({ pages: ['a'], locked: true }), all, going), { ok: false, why: 'locked' });
    const whole = pdfOf({ pages: ['a'] });
    for (const bytes of [whole.subarray(0, 120), new TextEncoder().encode('%PDF-1.7 and nothing more')])
      assert.deepEqual(await readPdf(bytes, all, going), { ok: false, why: 'broken' });
    assert.deepEqual(await readPdf(whole, all, going, { longestMs: 1 }), { ok: false, why: 'too-slow' });
    const stop = new AbortController();
    const reading = readPdf(whole, all, stop.signal);
    stop.abort();
    await assert.rejects(reading, { name: 'AbortError' });
  });

  it('that unpacks into more than there is room for is given up before it fills the memory', async () => {
    const megabyte = Buffer.alloc(1_000_000, ' ');
    const packing = Readable.from(Array.from({ length: 600 }, () => megabyte)).pipe(createDeflate());
    const bomb = pdfOf({ pages: ['boom'], packed: Buffer.concat(await packing.toArray()) });
    assert.ok(bomb.length < 1_000_000);
    const before = process.memoryUsage.rss();
    const read = await readPdf(bomb, all, going, { longestMs: 60_000, mostBytes: 150_000_000 });
    assert.deepEqual(read, { ok: false, why: 'too-large' });
    assert.ok(process.memoryUsage.rss() - before < 900_000_000);
  });

  it('comes to an end whatever the file holds', async () => {
    const whole = pdfOf({ pages: ['one', 'two'] });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 40 }),
        async changes => {
          const bytes = whole.slice();
          for (const [at, byte] of changes) bytes[at] = byte;
          const read = await readPdf(bytes, all, going);
          assert.ok(read.ok || ['broken', 'locked', 'too-slow', 'too-large'].includes(read.why));
        },
      ),
      { numRuns: 3 },
    );
  });
});
