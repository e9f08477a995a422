import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Redactor } from '../../src/core/redact.ts';

/** Put together here, so that nobody who searches this file for keys finds one. */
const fake = (prefix: string, length: number, letters = 'Ab3dE6gH9jK2') =>
  prefix + letters.repeat(Math.ceil(length / letters.length)).slice(0, length);
const shaped = [
  fake('sk-ant-api03-', 40, 'aB3_dE-6gH9'),
  fake('sk-proj-', 60, 'aB3_dE-6gH9'),
  fake('sk-or-v1-', 64, '0123456789abcdef'),
  fake('sk-', 48),
  fake('sk-', 32, '0123456789abcdef'),
  fake('AIza', 35),
  fake('gsk_', 52),
  fake('xai-', 60),
  fake('hf_', 34),
  fake('ghp_', 36),
  fake('AKIA', 16, 'ABCDEF234567'),
];

describe('the redactor', () => {
  it('takes out whatever is shaped like a known vendor’s key, wherever it stands in text or JSON', () => {
    const redactor = new Redactor();
    for (const key of shaped)
      for (const text of [
        key,
        `key=${key}`,
        `"${key}"`,
        `first\n${key}\nlast`,
        `a\t${key}`,
        `é\u0001${key}`,
        `${key}.`,
      ])
        for (const form of [text, JSON.stringify(text), JSON.stringify({ args: text, [text]: 1 })])
          assert.ok(!redactor.text(form).includes(key.slice(0, 24)), form);
  });

  it('takes out the very values it was told of, in JSON and in addresses too', () => {
    const secret = 'pass"word\\with/odd+signs&more';
    const redactor = new Redactor(secret);
    for (const text of [secret, JSON.stringify({ secret }), `https://host/?key=${encodeURIComponent(secret)}`])
      assert.ok(!/odd|signs/.test(redactor.text(text)), text);
  });

  it('leaves ordinary text as it is', () => {
    const redactor = new Redactor('abc', undefined);
    for (const text of [
      'task-0123456789abcdefghij0123',
      '.sk-fading-circle-wrapper-inner {}',
      'risk-free',
      'abc',
      'hf_1',
    ])
      assert.equal(redactor.text(text), text);
  });

  it('leaves every JSON line a JSON line of the same shape', () => {
    const redactor = new Redactor('"}{secret\\u0041', 'newline\nsecret');
    const pieces = fc.constantFrom(...shaped, '"}{secret\\u0041', 'newline\nsecret', '\\', '"', '\n', 'x', ' ');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), fc.boolean(), (parts, flag) => {
        const text = parts.join('');
        const line = redactor.text(JSON.stringify({ text, list: [text, flag] }));
        assert.deepEqual(JSON.parse(line).list[1], flag);
        assert.deepEqual(JSON.parse(line).text, JSON.parse(line).list[0]);
      }),
    );
  });
});
