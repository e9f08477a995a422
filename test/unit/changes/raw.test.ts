import assert from 'node:assert/strict';
import fc from 'fast-check';
import { conform } from '../../../src/core/changes/conform.ts';
import { lineDiff } from '../../../src/core/changes/diff.ts';
import { decode, encode } from '../../../src/core/changes/encoding.ts';
import { rawBytes, rawLines } from '../../../src/core/changes/raw.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
const nearlyText = fc
  .array(fc.oneof(fc.constantFrom(10, 13, 65, 32, 0xc3, 0xa9, 0xff), fc.nat(255)), { maxLength: 60 })
  .map(codes => Uint8Array.from(codes));

describe('lines of raw bytes', () => {
  it('put together are the very same file, whatever its bytes', () => {
    fc.assert(
      fc.property(nearlyText, bytes => {
        const lines = rawLines(bytes);
        assert.deepEqual(rawBytes(lines), bytes);
        for (const line of lines.slice(0, -1)) assert.match(line, /[\r\n]$/);
        for (const line of lines) assert.doesNotMatch(line, /\n[\s\S]|\r[^\n]/);
      }),
      { numRuns: 3000 },
    );
  });

  it('end at CRLF, LF and at a lone CR, as an editor counts them', () => {
    assert.deepEqual(rawLines(bytesOf('a\r\nb\nc\rd')), ['a\r\n', 'b\n', 'c\r', 'd']);
    assert.deepEqual(rawLines(bytesOf('')), []);
    assert.deepEqual(rawLines(bytesOf('\r\r\n')), ['\r', '\r\n']);
  });
});

describe('text of a file', () => {
  it('is encoded to the very same bytes, or the file is binary', () => {
    fc.assert(
      fc.property(nearlyText, bytes => {
        const decoded = decode(bytes);
        if (decoded) assert.deepEqual(encode(decoded.text, decoded.encoding), bytes);
        else assert.ok(bytes.includes(0) || bytes[0] === 0xff || bytes[0] === 0xfe);
      }),
      { numRuns: 3000 },
    );
  });

  it('knows UTF-16 by its mark, in both byte orders', () => {
    for (const encoding of ['utf16le', 'utf16be'] as const) {
      const bytes = encode('\uFEFFgrüß\n🙂', encoding);
      assert.deepEqual(decode(bytes), { text: '\uFEFFgrüß\n🙂', encoding });
    }
  });

  it('is UTF-8 where the old encoding has no way to say it', () => {
    const old = Uint8Array.from([0x67, 0x72, 0xfc, 0xdf, 10]);
    assert.deepEqual(conform('gr\u00fc\u00dfe\n', old), Uint8Array.from([0x67, 0x72, 0xfc, 0xdf, 0x65, 10]));
    assert.equal(textOf(conform('π\n', old)), 'π\n');
  });
});

describe("an author's text in a file that stands there", () => {
  it('takes the line ends of the file', () => {
    assert.equal(textOf(conform('a\nb\nc\n', bytesOf('a\r\nb\r\n'))), 'a\r\nb\r\nc\r\n');
    assert.equal(textOf(conform('a\r\nb\r\n', bytesOf('a\n'))), 'a\nb\n');
    assert.equal(textOf(conform('a\r\nb', bytesOf('one line'))), 'a\r\nb');
    assert.equal(textOf(conform('a\r\nb', undefined)), 'a\r\nb');
  });

  it('keeps the mark at the beginning of the file, once', () => {
    assert.equal(textOf(conform('b', bytesOf('\uFEFFa'))), '\uFEFFb');
    assert.equal(textOf(conform('\uFEFFb', bytesOf('\uFEFFa'))), '\uFEFFb');
  });

  it('leaves lines that stay their own ends where the file mixes them', () => {
    assert.equal(textOf(conform('a\nx\nb\nc\n', bytesOf('a\r\nb\nc\r\n'))), 'a\r\nx\r\nb\nc\r\n');
  });
});

describe('the line diff', () => {
  const lines = fc.array(fc.constantFrom('a\n', 'b\n', '\n', '}\n', '  a\n', 'c\r\n', 'long enough to matter\n'), {
    maxLength: 30,
  });

  it('turns the old into the new, and what it leaves out is equal', () => {
    fc.assert(
      fc.property(lines, lines, fc.constantFrom('', 'end'), (a, b, last) => {
        const olds = last ? [...a, last] : a;
        const result: string[] = [];
        let at = 0;
        for (const change of lineDiff(olds, b)) {
          assert.ok(change.removed + change.added > 0);
          result.push(...olds.slice(at, change.from), ...b.slice(change.to, change.to + change.added));
          at = change.from + change.removed;
        }
        assert.deepEqual([...result, ...olds.slice(at)], b);
      }),
      { numRuns: 5000 },
    );
  });

  it('puts a new function between functions, not across their ends', () => {
    const one = ['a() {\n', '  x\n', '}\n', '\n'];
    const two = ['b() {\n', '  x\n', '}\n', '\n'];
    const three = ['c() {\n', '  x\n', '}\n'];
    assert.deepEqual(lineDiff([...one, ...three], [...one, ...two, ...three]), [
      { from: 3, removed: 0, to: 3, added: 4 },
    ]);
  });

  it('finds few changes in a long file of unlike and alike lines', () => {
    const old = Array.from({ length: 5000 }, (_, i) => (i % 3 === 0 ? '}\n' : `line ${i}\n`));
    const now = [...old];
    now.splice(4000, 2, 'x\n');
    now.splice(100, 0, '}\n', 'y\n');
    assert.deepEqual(
      lineDiff(old, now).map(({ removed, added }) => [removed, added]),
      [
        [0, 2],
        [2, 1],
      ],
    );
  });
});
