import assert from 'node:assert/strict';
import fc from 'fast-check';
import { jsonLines, serverSentEvents } from '../../../src/providers/http/framing.ts';
import { payloadJson } from '../../../src/providers/http/payload.ts';

const payloads = (framing: ReturnType<typeof jsonLines>, pieces: string[]) => {
  const taken: string[] = [];
  const take = (payload: string) => {
    taken.push(payload);
  };
  for (const piece of pieces) framing.push(piece, take);
  framing.end(take);
  return taken;
};
/** The text cut at those places. */
const cut = (text: string, at: number[]) => {
  const places = [...new Set(at.map(place => place % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => text.slice(from, places[i] ?? text.length));
};
const cuts = fc.array(fc.nat(), { maxLength: 20 });
const word = fc.string({ unit: fc.constantFrom('a', 'data', ':', ' ', '😀', '{', '}'), minLength: 1, maxLength: 12 });

describe('Server-sent events', () => {
  it('are the same however they are cut, and whatever ends their lines', () => {
    const end = fc.constantFrom('\n', '\r\n', '\r');
    const noise = fc.constantFrom('', ': comment', 'event: x', 'id: 1', 'retry: 5');
    fc.assert(
      fc.property(fc.array(fc.tuple(word, noise), { maxLength: 8 }), end, cuts, (events, end, at) => {
        const text = events.map(([data, before]) => `${before && `${before}${end}`}data: ${data}${end}${end}`).join('');
        assert.deepEqual(
          payloads(serverSentEvents(), cut(text, at)),
          events.map(([data]) => data),
        );
      }),
    );
  });

  it('may have several lines of data, no space after the colon, padding, or no end', () => {
    assert.deepEqual(payloads(serverSentEvents(), ['data:a\ndata: b\n\n', '  data: c\n  \n', 'data: d']), [
      'a\nb',
      'c',
      'd',
    ]);
  });
});

describe('Lines of JSON', () => {
  it('are the same however they are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.json(), { maxLength: 8 }), cuts, (values, at) => {
        assert.deepEqual(payloads(jsonLines(), cut(values.join('\n'), at)), values);
      }),
    );
  });
});

describe('A payload', () => {
  it('that lacks nothing but closing brackets at its end is read', () => {
    assert.deepEqual(payloadJson('{"a":{"b":[1,"}"]}'), { a: { b: [1, '}'] } });
    assert.deepEqual(payloadJson('{"a":[{"b":{}}'), { a: [{ b: {} }] });
  });

  it('that is cut anywhere else is refused', () => {
    const text = JSON.stringify({ type: 'delta', index: 0, delta: { type: 'text', text: 'some "quoted" {text}' } });
    for (let length = 1; length < text.length; length++) {
      const piece = text.slice(0, length);
      if (/[}\]]$/.test(piece) && length === text.length - 1) continue;
      assert.throws(() => payloadJson(piece), SyntaxError, piece);
    }
  });
});
