import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isDeep, prune } from '../../../src/core/routing/depth.ts';
import { readJson } from '../../../src/core/routing/lenient-json.ts';
import { toolCall } from '../../../src/core/routing/tool-args.ts';

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

const meant: [text: string, value: unknown][] = [
  ['{"a": 1, "b": [1, 2,],}', { a: 1, b: [1, 2] }],
  ["{'a': 'x', 'b': 'say \"hi\"'}", { a: 'x', b: 'say "hi"' }],
  ['{path: "a.ts", max-lines: 3}', { path: 'a.ts', 'max-lines': 3 }],
  ["{'all': True, 'none': None, 'some': False}", { all: true, none: null, some: false }],
  ['```json\n{"a": 1}\n```', { a: 1 }],
  ['```\n{"a": "```"}```', { a: '```' }],
  ['{"a": "two\nlines\tand a tab"}', { a: 'two\nlines\tand a tab' }],
  ['{"a": "it\\\'s"}', { a: "it's" }],
  ['{"a": 1, // the first\n /* and */ "b": 2}', { a: 1, b: 2 }],
  [`{'a': 'it\\'s', "b": "\\u00e9\\n"}`, { a: "it's", b: 'é\n' }],
  ['{"__proto__": {"a": 1,}}', JSON.parse('{"__proto__": {"a": 1}}')],
  ['  {"a": -1.5e3,}  ', { a: -1500 }],
];

const doubtful = [
  '{"a": "cut of',
  '{"a": 1, "b": ',
  '{"a": 1',
  '{"a": 1 "b": 2}',
  '{"a": [1,, 2]}',
  '{, "a": 1}',
  "{'text': 'it's'}",
  '{"a": "C:\\dir"}',
  '{"a": 1} {"a": 2}',
  '{"a": 1}}',
  '{"a": 1} and then some words',
  'Sure: {"a": 1}',
  '{a: 1, a: 2}',
  '{"a": yes}',
  '{"a": undefined}',
  '{"a": NaN,}',
  '{"a": 007}',
  '{"a": (1, 2)}',
  "{'a': b'x'}",
  '{True: 1}',
  '{"a": """x"""}',
  '{1: 2}',
  '{"a": 1;}',
  '{"a" 1}',
  '{"a": /* 1}',
  '',
];

describe('Arguments of a call', () => {
  for (const [text, value] of meant)
    it(`that can mean one thing only are read: ${text.replaceAll('\n', '⏎')}`, () => {
      assert.throws(() => JSON.parse(text), 'it is no JSON');
      assert.deepEqual(readJson(text), { ok: true, value });
    });

  for (const text of doubtful)
    it(`that may mean more than one thing are left to the model: ${text}`, () => {
      assert.deepEqual(readJson(text), { ok: false, why: 'not-json' });
    });

  it('that are JSON mean what they always meant', () => {
    fc.assert(
      fc.property(fc.json(), text => {
        assert.deepEqual(readJson(text), { ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it('that were cut off anywhere are never guessed', () => {
    const whole = JSON.stringify({ path: 'a', list: [1, 'two', { three: null }], text: 'it\'s "so"' });
    for (let at = 1; at < whole.length; at++) assert.equal(readJson(whole.slice(0, at)).ok, false, whole.slice(0, at));
  });

  it('that are nested too deep are not walked through, however they are written', () => {
    for (const text of [
      nested(10_000),
      `{"a": ${nested(10_000)}}`,
      `{'a': ${nested(101)},}`,
      '{"a":'.repeat(200_000),
    ]) {
      assert.deepEqual(readJson(text), { ok: false, why: 'too-deep' });
      const part = toolCall('id', 'tool', text);
      assert.deepEqual([part.malformed, part.tooDeep], [true, true]);
      assert.ok(JSON.stringify(part).length < 400);
    }
    assert.equal(readJson(nested(100)).ok, true);
    assert.equal(readJson(`["${'['.repeat(500)}"]`).ok, true, 'brackets in strings are text');
  });

  it('are as deep as they are: counted and cut without a stack', () => {
    const deep = JSON.parse(nested(5000));
    assert.equal(isDeep(deep), true);
    assert.equal(isDeep(JSON.parse(nested(100))), false);
    assert.equal(isDeep(JSON.parse(nested(101))), true);
    prune(deep, 50);
    assert.equal(isDeep(deep, 50), false);
    assert.equal(JSON.stringify(deep), `${'['.repeat(50)}"(nested too deep)"${']'.repeat(50)}`);
  });
});
