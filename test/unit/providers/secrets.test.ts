import assert from 'node:assert/strict';
import { Redactor } from '../../../src/core/redact/redactor.ts';
import type { ProviderConfig } from '../../../src/providers/config.ts';
import { createProvider } from '../../../src/providers/index.ts';

function redactorOf(config: Partial<ProviderConfig>, key?: string): Redactor {
  const redactor = new Redactor();
  createProvider(
    { name: 'lab', kind: 'openai-compatible', baseUrl: 'https://lab.test/v1', free: false, ...config },
    key,
    {
      redactor,
    },
  );
  return redactor;
}

describe('What a provider was given in confidence', () => {
  it('is never repeated: its key, headers that let one in, what its address holds', () => {
    const redactor = redactorOf(
      {
        baseUrl: 'https://me:pass-of-the-proxy%2B1@lab.test/v1?code=code-in-the-query',
        headers: { Authorization: 'Bearer token-in-a-header', 'X-Team': 'frontend-team' },
      },
      'a key of no known shape',
    );
    const said =
      'a key of no known shape, pass-of-the-proxy+1, pass-of-the-proxy%2B1, code-in-the-query, Bearer token-in-a-header, token-in-a-header, frontend-team';
    assert.equal(
      redactor.text(said),
      '[redacted], [redacted], [redacted], [redacted], [redacted], [redacted], frontend-team',
    );
  });

  it('is not the word that a local server takes in place of a key, which may stand in names of models and files', () => {
    for (const config of [{ free: true }, { baseUrl: 'http://127.0.0.1:1234/v1' }, { name: 'lm-studio' }]) {
      const text = '{"model":"lm-studio/qwen3","path":"docs/lm-studio.md"}';
      assert.equal(redactorOf(config, 'lm-studio').text(text), text);
    }
    assert.equal(redactorOf({}, 'my-gateway').text('my-gateway'), '[redacted]');
    assert.equal(redactorOf({ free: true }, 'x7-gateway').text('x7-gateway'), '[redacted]');
  });
});
