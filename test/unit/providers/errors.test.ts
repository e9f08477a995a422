import assert from 'node:assert/strict';
import { saysContextOverflow } from '../../../src/providers/errors/context-overflow.ts';
import { geminiFailure } from '../../../src/providers/google/errors.ts';
import { openaiEventFailure, openaiFailure } from '../../../src/providers/openai/errors.ts';

describe('A prompt that does not fit', () => {
  const overflows = [
    'prompt is too long: 210000 tokens > 200000 maximum',
    'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
    'prompt too long; exceeded max context length by 100918 tokens',
    'Your input exceeds the context window of this model.',
    'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    "This model's maximum context length is 65536 tokens. However, you requested 70000 tokens.",
    "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
    'Prompt contains 140000 tokens, too large for model with 131072 maximum context length',
    'the request exceeds the available context size. try increasing the context size',
    'Your request exceeded model token limit: 131072',
    'The number of tokens to keep from the initial prompt is greater than the context length.',
    'Range of input length should be [1, 98304]',
  ];
  const others = [
    'Rate limit reached on tokens per minute (TPM): Limit 6000, Used 5000, Requested 2000.',
    'max_tokens: 99999 > 64000, which is the maximum allowed number of output tokens',
    'You exceeded your current quota, please check your plan and billing details.',
    'messages.1.content: the text is too long to be a name',
  ];
  it('is known by its wording in every house', () => {
    for (const text of overflows) assert.ok(saysContextOverflow(text), text);
    for (const text of others) assert.ok(!saysContextOverflow(text), text);
  });
});

describe('Errors of servers that took over OpenAI’s format', () => {
  const of = (status: number, body: unknown) =>
    openaiFailure({ status, headers: new Headers(), body: typeof body === 'string' ? body : JSON.stringify(body) }, 0);

  it('are read nested, flat, as a list, as a sentence or as a page', () => {
    const flat = of(400, {
      object: 'error',
      message: "This model's maximum context length is 10 tokens.",
      type: 'BadRequestError',
      code: 400,
    });
    assert.deepEqual([flat.class, flat.code], ['context-overflow', '400']);
    assert.equal(of(422, { detail: [{ loc: ['body', 'x'], msg: 'Extra inputs are not permitted' }] }).class, 'fatal');
    assert.deepEqual(
      [of(404, { error: 'model not found' }).class, of(404, { error: 'model not found' }).message],
      ['model-missing', 'model not found'],
    );
    assert.equal(of(400, [{ error: { code: 'model_not_found', message: 'no' } }]).class, 'model-missing');
    const page = of(502, '<html><style>a{}</style><h1>Bad gateway</h1></html>');
    assert.deepEqual([page.class, page.message], ['retryable', 'the server sent a web page: Bad gateway']);
    assert.equal(of(500, '').message, 'HTTP 500 without a body');
  });

  it('go by their codes before their status', () => {
    assert.equal(
      of(429, { error: { type: 'insufficient_quota', code: 'insufficient_quota', message: 'x' } }).class,
      'quota',
    );
    assert.equal(of(429, { error: { code: 'credit_balance_exhausted', message: 'x' } }).class, 'quota');
    assert.equal(of(400, { error: { code: 'invalid_encrypted_content', message: 'x' } }).class, 'replay-invalid');
    assert.equal(
      of(403, { error: { code: 403, message: 'flagged', metadata: { reasons: ['x'], flagged_input: 'y' } } }).class,
      'content-filter',
    );
    assert.equal(
      of(429, { error: { message: 'Limit: maximum context length of tokens per minute' } }).class,
      'rate-limit',
    );
    assert.equal(of(400, { error: { code: 'tool_use_failed', message: 'x' } }).class, 'malformed');
  });

  it('in a stream have no status, but sometimes a number for a code', () => {
    assert.equal(openaiEventFailure({ error: { code: 502, message: 'upstream' } }).class, 'retryable');
    assert.equal(openaiEventFailure({ error: { code: 429, message: 'slow' } }).class, 'rate-limit');
    assert.equal(openaiEventFailure({ type: 'error', code: 'server_error', message: 'x' }).class, 'retryable');
    assert.deepEqual(
      openaiEventFailure({ type: 'error', error: { type: 'insufficient_quota', message: 'x' } }).class,
      'quota',
    );
  });
});

describe('Errors of Gemini', () => {
  it('go by their details', () => {
    const refused = (status: number, message: string, details?: object[]) =>
      geminiFailure({ status, headers: new Headers(), body: JSON.stringify({ error: { message, details } }) }, 0);
    const detail = (reason: string) => [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }];
    assert.equal(refused(400, 'API key not valid.', detail('API_KEY_INVALID')).class, 'auth');
    const rate = refused(429, 'x', [
      { retryDelay: '34.4s' },
      { violations: [{ quotaId: 'RequestsPerMinutePerModel' }] },
    ]);
    assert.deepEqual([rate.class, rate.retry], ['rate-limit', { afterMs: 34_400 }]);
    assert.equal(
      refused(429, 'x', [{ violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel' }] }]).class,
      'quota',
    );
    assert.equal(refused(400, 'Something else.').class, 'fatal');
  });
});
