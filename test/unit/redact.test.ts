import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Redactor } from '../../src/core/redact/redactor.ts';

describe('The redactor', () => {
  it('takes out what is shaped like a key, without being told', () => {
    const keys = [
      'sk-ant-api03-abcdefghijklmnop',
      'sk-proj-abcdefghijklmnopqrst',
      'AIzaSyA0123456789abcdefghijklmnopqrstuv',
      'gsk_abcdefghijklmnopqrstuvwx',
      'xai-abcdefghijklmnopqrstuvwx',
      'ghp_abcdefghijklmnopqrstuvwx',
      'AKIAABCDEFGHIJKLMNOP',
      'AQ.abcdefghijklmnopqrstuvwxyz0123456',
      'hf_abcdefghijklmnopqrstuvwx',
      'tgp_v1_abcdefghijklmnopqrstuvwx',
      'r8_abcdefghijklmnopqrstuvwx',
      'github_pat_abcdefghijklmnopqrstuvwx',
      'eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.abcdefghijkl',
    ];
    for (const key of keys) {
      const text = new Redactor().text(`Incorrect API key provided: ${key}. Bearer ${key}`);
      assert.equal(text, 'Incorrect API key provided: [redacted]. Bearer [redacted]');
    }
  });

  it('leaves ordinary text as it is', () => {
    const text = 'The task-based risk-assessment of disk-usage-statistics took 3 s; see src/core/redact/redactor.ts';
    assert.equal(new Redactor('short').text(text), text);
  });

  it('takes out every key it was told of, wherever it stands', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8, maxLength: 60 }), fc.string(), fc.string(), (key, before, after) => {
        fc.pre(!'[redacted]'.includes(key));
        const redactor = new Redactor(key);
        assert.ok(!redactor.text(`${before}${key}${after}`).includes(key));
        assert.ok(!redactor.text(encodeURIComponent('x').concat(encodeURIComponent(key.toWellFormed()))).includes(key));
        assert.ok(
          !JSON.stringify(redactor.deep({ [key]: [{ text: `${before}${key}` }] })).includes(
            JSON.stringify(key).slice(1, -1),
          ),
        );
      }),
    );
  });

  it('leaves nothing of a key that another key begins', () => {
    const redactor = new Redactor('0123456789', '0123456789-and-more');
    assert.equal(redactor.text('a 0123456789-and-more b'), 'a [redacted] b');
  });
});
