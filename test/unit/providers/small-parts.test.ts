import assert from 'node:assert/strict';
import type { ProviderRequest } from '../../../src/core/routing/contract.ts';
import { thinkingOf } from '../../../src/providers/anthropic/thinking.ts';
import { dialectOf } from '../../../src/providers/chat/dialect.ts';
import { chatParams } from '../../../src/providers/chat/request.ts';
import { chatUsage } from '../../../src/providers/chat/usage.ts';
import { durationMs } from '../../../src/providers/errors/duration.ts';
import { retryHint } from '../../../src/providers/errors/retry-hint.ts';
import { geminiSchema } from '../../../src/providers/google/schema.ts';
import { geminiUsage } from '../../../src/providers/google/usage.ts';
import { responsesUsage } from '../../../src/providers/openai/usage.ts';

describe('Durations', () => {
  it('are read as Go and protobuf write them', () => {
    const pairs: [string, number | undefined][] = [
      ['6ms', 6],
      ['1m2s', 62_000],
      ['34.4s', 34_400],
      ['1h0m0.5s', 3_600_500],
      ['200µs', 1],
      ['5', undefined],
      ['', undefined],
      ['soon', undefined],
    ];
    for (const [text, ms] of pairs) assert.equal(durationMs(text), ms, text);
  });
});

describe('Retry-After', () => {
  const hint = (headers: Record<string, string>) => retryHint(new Headers(headers), Date.UTC(2026, 0, 1));
  it('is seconds, a date or, more exactly, milliseconds', () => {
    assert.deepEqual(hint({ 'retry-after': '1.5' }), { afterMs: 1500 });
    assert.deepEqual(hint({ 'retry-after': '2', 'retry-after-ms': '1234.5' }), { afterMs: 1235 });
    assert.deepEqual(hint({ 'retry-after': 'Thu, 01 Jan 2026 00:01:00 GMT' }), { afterMs: 60_000 });
    assert.deepEqual(hint({ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }), { afterMs: 0 });
    assert.equal(hint({ 'retry-after': 'later' }), undefined);
    assert.equal(hint({}), undefined);
  });
});

describe('How hard a Claude model is to think', () => {
  const request = (model: string, effort: ProviderRequest['effort'], toolChoice?: 'required') =>
    thinkingOf({ model, effort, toolChoice } as ProviderRequest, 16_000);

  it('is an effort since 4.6 and a budget before', () => {
    const adaptive = { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } };
    for (const model of [
      'claude-opus-5-5',
      'claude-sonnet-5',
      'claude-opus-4-6',
      'claude-fable-5-2',
      'claude-mythos-preview',
    ]) {
      assert.deepEqual(request(model, 'high'), adaptive, model);
    }
    const budget = { thinking: { type: 'enabled', budget_tokens: 8192 } };
    for (const model of ['claude-haiku-4-5-20251001', 'claude-opus-4-1', 'claude-3-7-sonnet-latest']) {
      assert.deepEqual(request(model, 'medium'), budget, model);
    }
    assert.deepEqual(request('claude-3-5-haiku-latest', 'high'), {});
  });

  it('is left alone where nothing was said, and never forced together with a tool', () => {
    assert.deepEqual(request('claude-opus-5-5', undefined), {});
    assert.deepEqual(request('claude-haiku-4-5', 'high', 'required'), {});
    assert.deepEqual(request('claude-opus-5-5', 'high', 'required'), { output_config: { effort: 'high' } });
  });

  it('is not at all, or as little as the model can', () => {
    assert.deepEqual(request('claude-opus-5-5', 'none'), { thinking: { type: 'disabled' } });
    assert.deepEqual(request('claude-fable-5-2', 'none'), { output_config: { effort: 'low' } });
  });
});

describe('A schema for Gemini', () => {
  it('keeps what Gemini understands and says the rest as well as it can', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: {
        kind: { const: 'file' },
        size: { type: 'integer', exclusiveMinimum: 0, minimum: 1 },
        pattern: { type: 'string', pattern: '^a', description: 'a property of that name' },
        list: {
          type: 'array',
          items: {
            allOf: [
              { type: 'object', properties: { a: {} } },
              { required: ['a'], properties: { b: {} } },
            ],
          },
        },
      },
      required: ['kind'],
      unevaluatedProperties: false,
      additionalProperties: false,
    };
    assert.deepEqual(geminiSchema(schema), {
      type: 'object',
      properties: {
        kind: { enum: ['file'] },
        size: { type: 'integer', minimum: 1 },
        pattern: { type: 'string', description: 'a property of that name' },
        list: { type: 'array', items: { type: 'object', properties: { a: {}, b: {} }, required: ['a'] } },
      },
      required: ['kind'],
      additionalProperties: false,
    });
  });
});

describe('A dialect', () => {
  const provenance = { provider: 'p', kind: 'k', model: 'm', account: 'a' };
  const dialect = (baseUrl: string) => dialectOf({ name: 'p', kind: 'openai-compatible', free: false, baseUrl });
  const call = { type: 'tool-call', id: 'call_0123456789abcdef', name: 'read', args: {} } as const;
  const request: ProviderRequest = {
    model: 'm',
    system: 'Be brief.',
    tools: [{ name: 'read', description: '', parameters: { type: 'object' } }],
    toolChoice: 'required',
    effort: 'high',
    conversation: 'c',
    messages: [
      { role: 'user', parts: [{ type: 'text', text: 'a' }] },
      { role: 'assistant', parts: [call] },
      { role: 'tool', parts: [{ type: 'tool-result', id: call.id, name: 'read', output: 'x' }] },
      { role: 'user', parts: [{ type: 'text', text: 'b' }] },
    ],
  };
  const params = (baseUrl: string, more: Partial<ProviderRequest> = {}) =>
    chatParams({ ...request, ...more }, provenance, dialect(baseUrl), 100);

  it('is told by the address', () => {
    const names = [
      'https://api.groq.com/openai/v1',
      'https://openrouter.ai/api/v1',
      'https://api.deepseek.com',
      'https://api.mistral.ai/v1',
      'https://api.x.ai/v1',
      'https://api.openai.com/v1',
      'http://localhost:1234/v1',
      'https://notgroq.com',
    ];
    assert.deepEqual(
      names.map(url => dialect(url).name),
      ['groq', 'openrouter', 'deepseek', 'mistral', 'xai', 'openai', 'plain', 'plain'],
    );
  });

  it('knows the models that think and show nothing of it, whoever passes them on', () => {
    const hides = (model: string) => dialect('https://openrouter.ai/api/v1').hidesThoughts(model);
    assert.deepEqual(
      ['openai/gpt-6.1-sol', 'o3-mini', 'openai/gpt-5-chat', 'gpt-4o', 'deepseek/deepseek-chat'].map(hides),
      [true, true, false, false, false],
    );
    assert.deepEqual(
      ['google/gemini-4-argon', 'gemini-2.5-pro', 'google/gemini-2.0-flash', 'gemini-2.5-flash-lite'].map(hides),
      [true, true, false, false],
    );
    assert.deepEqual(['x-ai/grok-4', 'grok-4-fast-non-reasoning', 'x-ai/grok-3-mini', 'grok-code-fast-1'].map(hides), [
      true,
      false,
      false,
      false,
    ]);
  });

  it('of Mistral has ids of nine characters, no user after a tool, and no question for usage', () => {
    const { messages, ...rest } = params('https://api.mistral.ai/v1');
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['system', 'user', 'assistant', 'tool', 'assistant', 'user'],
    );
    const calls = (messages[2]?.tool_calls ?? []) as { id: string }[];
    const id = calls[0]?.id ?? '';
    assert.match(id, /^[a-z0-9]{9}$/);
    assert.equal(messages[3]?.tool_call_id, id);
    assert.deepEqual([rest.stream_options, rest.tool_choice, rest.max_tokens], [undefined, 'any', 100]);
  });

  it('of DeepSeek has reasoning with every call, if only empty', () => {
    const { messages, thinking, reasoning_effort } = params('https://api.deepseek.com');
    assert.equal(messages[2]?.reasoning_content, '');
    assert.deepEqual([thinking, reasoning_effort], [{ type: 'enabled' }, 'high']);
  });

  it('of OpenRouter tells Anthropic models where to cache', () => {
    const { messages, reasoning } = params('https://openrouter.ai/api/v1', { model: 'anthropic/claude-opus-5-5' });
    const marked = messages.filter(({ content }) => Array.isArray(content) && content.at(-1)?.cache_control);
    assert.deepEqual(
      marked.map(({ role }) => role),
      ['system', 'tool', 'user'],
    );
    assert.deepEqual(reasoning, { effort: 'high' });
    assert.doesNotMatch(JSON.stringify(params('https://openrouter.ai/api/v1')), /cache_control/);
  });

  it('has its own words for how hard to think, or none', () => {
    const effort = (baseUrl: string, model: string, effort: 'none' | 'low') =>
      params(baseUrl, { model, effort }).reasoning_effort;
    const groq = 'https://api.groq.com/openai/v1';
    assert.deepEqual(
      [
        effort(groq, 'openai/gpt-oss-120b', 'none'),
        effort(groq, 'qwen/qwen3-32b', 'low'),
        effort(groq, 'llama', 'low'),
      ],
      ['low', 'default', undefined],
    );
    const openai = 'https://api.openai.com/v1';
    assert.deepEqual(
      ['gpt-4.1', 'o3', 'gpt-5', 'gpt-5.1', 'gpt-6-luna'].map(model => effort(openai, model, 'none')),
      [undefined, 'low', 'minimal', 'none', 'none'],
    );
    assert.deepEqual(
      [effort('https://api.x.ai/v1', 'grok-4', 'low'), effort('https://api.x.ai/v1', 'grok-3-mini', 'low')],
      [undefined, 'low'],
    );
  });

  it('of OpenAI itself has its own name for the limit, and a key for the cache', () => {
    const { max_completion_tokens, prompt_cache_key, reasoning_effort } = params('https://api.openai.com/v1');
    assert.deepEqual([max_completion_tokens, prompt_cache_key, reasoning_effort], [100, 'c', 'high']);
    const plain = params('http://localhost:1234/v1');
    assert.deepEqual([plain.max_tokens, plain.prompt_cache_key, plain.reasoning_effort], [100, undefined, undefined]);
  });
});

describe('Counts of tokens', () => {
  it('that no request can have are unknown, so that the bound is booked and the journal can be read', () => {
    // A counter that ran below zero, as servers written in C send it.
    const below = 2 ** 64;
    assert.deepEqual(chatUsage({ prompt_tokens: 12, completion_tokens: below }), { input: 12 });
    assert.deepEqual(responsesUsage({ input_tokens: below, output_tokens: 3 }), { output: 3 });
    assert.deepEqual(geminiUsage({ promptTokenCount: 5, candidatesTokenCount: Number.NaN }), { input: 5 });
  });

  it('of a cache that are more than the prompt make none of it cheap', () => {
    const usage = chatUsage({
      prompt_tokens: 100,
      completion_tokens: 1,
      prompt_tokens_details: { cached_tokens: 120 },
    });
    assert.deepEqual(usage, { input: 100, cacheRead: 120, output: 1 });
    const details = { cached_tokens: 2 ** 64 };
    assert.deepEqual(responsesUsage({ input_tokens: 100, input_tokens_details: details, output_tokens: 1 }), {
      input: 100,
      output: 1,
    });
    assert.equal(geminiUsage({ promptTokenCount: 100, cachedContentTokenCount: -5 }).input, 100);
    assert.equal(geminiUsage({ promptTokenCount: 100, cachedContentTokenCount: 40 }).input, 60);
  });
});
