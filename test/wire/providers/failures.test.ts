import assert from 'node:assert/strict';
import type { ErrorClass } from '../../../src/protocol/message.ts';
import { createProvider } from '../../../src/providers/index.ts';
import type { Fault } from '../../../src/rehearsal/wire/fault.ts';
import { refusedUrls } from '../../../src/rehearsal/wire/server.ts';
import type { Vendor } from '../../../src/rehearsal/wire/types.ts';
import { answerOf, callsOf, failureOf, listen, providerOf, requestOf } from '../../support/providers.ts';
import { endServers, serve, vendors } from '../../support/wire.ts';

type Expected = ErrorClass | Partial<Record<Vendor, ErrorClass>>;
const answer = { text: 'word '.repeat(50), pacing: { chunkChars: 20 } };

/** Faults and the class they have to get, where they are told alike to all vendors. */
const classes: [Fault, Expected][] = [
  [{ kind: 'reset-before-headers' }, 'retryable'],
  [{ kind: 'reset' }, 'retryable'],
  [{ kind: 'truncate' }, 'truncated'],
  [{ kind: 'error-event' }, 'retryable'],
  [{ kind: 'error-event', reason: 'server' }, 'retryable'],
  [{ kind: 'error-event', reason: 'rate-limit' }, { ollama: 'retryable' }],
  [
    { kind: 'error-event', reason: 'quota' },
    { ollama: 'retryable', anthropic: 'quota', openai: 'quota', 'openai-compatible': 'quota', google: 'quota' },
  ],
  [{ kind: 'context-overflow' }, 'context-overflow'],
  [{ kind: 'bad-request' }, 'fatal'],
  [{ kind: 'unauthorized' }, 'auth'],
  [{ kind: 'payment-required' }, 'quota'],
  [{ kind: 'forbidden' }, 'auth'],
  [{ kind: 'model-missing' }, 'model-missing'],
  [{ kind: 'request-timeout' }, 'retryable'],
  [{ kind: 'too-large' }, 'context-overflow'],
  [{ kind: 'rate-limit' }, 'rate-limit'],
  [
    { kind: 'quota' },
    { ollama: 'rate-limit', anthropic: 'quota', openai: 'quota', 'openai-compatible': 'quota', google: 'quota' },
  ],
  [{ kind: 'server-error' }, 'retryable'],
  [{ kind: 'unavailable' }, 'retryable'],
  [{ kind: 'overloaded' }, 'retryable'],
  [{ kind: 'html-error', status: 502 }, 'retryable'],
  [{ kind: 'malformed-chunk' }, 'malformed'],
];

for (const vendor of vendors) {
  describe(`Failures of ${vendor}`, () => {
    afterEach(endServers);
    const ask = requestOf(vendor);

    for (const [fault, expected] of classes) {
      const reason = 'reason' in fault && fault.reason ? ` (${fault.reason})` : '';
      const cls = typeof expected === 'string' ? expected : (expected[vendor] ?? 'rate-limit');
      it(`${fault.kind}${reason} is ${cls}`, async () => {
        const servers = await serve({ answer: () => ({ ...answer, fault }) });
        const { end } = await failureOf(providerOf(servers.urls, vendor), ask);
        assert.equal(end.class, cls, end.message);
        assert.notEqual(end.message, '');
        await servers.idle();
      });
    }

    it('a refused connection is retryable and tells the network’s code', async () => {
      const { end } = await failureOf(providerOf(await refusedUrls(), vendor), ask);
      assert.equal(end.class, 'retryable');
      assert.equal(end.status, undefined);
      assert.equal(end.code, 'ECONNREFUSED');
    });

    it('malformed arguments are a call that says so, with the text as it was', async () => {
      const call = { name: 'read_file', args: { path: 'src/a.ts' } };
      const servers = await serve({ answer: () => ({ toolCalls: [call], fault: { kind: 'malformed-arguments' } }) });
      const { end } = await listen(providerOf(servers.urls, vendor).stream(ask, new AbortController().signal));
      if (vendor === 'google') {
        assert.equal(end.type === 'error' && end.class, 'malformed');
        return;
      }
      // Ollama sends arguments as objects; what it cannot parse it answers with an error that is only a sentence.
      if (vendor === 'ollama') {
        assert.equal(end.type === 'error' && end.class, 'retryable');
        return;
      }
      assert.ok(end.type === 'finish', JSON.stringify(end));
      const [said] = callsOf(end.message);
      assert.equal(said?.malformed, true);
      assert.equal(typeof said?.args, 'string');
    });

    it('an empty answer is told as what it is', async () => {
      const servers = await serve({ answer: () => ({ fault: { kind: 'empty' } }) });
      const { end } = await answerOf(providerOf(servers.urls, vendor), ask);
      assert.deepEqual(end.message.parts, []);
    });

    it('a refusal is no ordinary answer', async () => {
      const servers = await serve({ answer: () => ({ text: 'No.', fault: { kind: 'refusal' } }) });
      const { end } = await listen(providerOf(servers.urls, vendor).stream(ask, new AbortController().signal));
      if (end.type === 'error') assert.equal(end.class, 'content-filter');
      // Ollama knows no refusals.
      else assert.equal(end.stop, vendor === 'ollama' ? 'end' : 'refusal');
    });

    it('a key that the vendor echoes does not get into the message', async () => {
      const key = 'sk-secret-0123456789abcdef';
      const servers = await serve({ answer: () => ({ fault: { kind: 'unauthorized', echoKey: true } }) });
      const { end } = await failureOf(providerOf(servers.urls, vendor, { key }), ask);
      assert.doesNotMatch(JSON.stringify(end), /secret-0123/);
      assert.match(end.message, /\[redacted\]|undefined/);
    });

    for (const form of ['comments', 'crlf', 'padded'] as const) {
      it(`odd framing is read all the same: ${form}`, async () => {
        const servers = await serve({
          answer: () => ({ text: 'All is well.', toolCalls: [{ name: 'list_files' }], fault: { kind: 'noise', form } }),
        });
        const { end } = await listen(providerOf(servers.urls, vendor).stream(ask, new AbortController().signal));
        // The SDK of Google reads the stream itself, and takes nothing but its own framing.
        if (vendor === 'google' && end.type === 'error') assert.equal(end.class, 'malformed');
        else assert.ok(end.type === 'finish' && callsOf(end.message).length === 1, JSON.stringify(end));
      });
    }

    it('a start that comes twice is one start', async () => {
      const servers = await serve({ answer: () => ({ text: 'Once.', fault: { kind: 'duplicate-start' } }) });
      const { end, text } = await answerOf(providerOf(servers.urls, vendor), ask);
      assert.match(text, /Once\.$/);
      assert.ok(end.usage.output !== undefined);
    });

    it('5 MB in one event arrive whole, and the program goes on meanwhile', async function () {
      this.timeout(60_000);
      const servers = await serve({ answer: () => ({ fault: { kind: 'huge-chunk', bytes: 5_000_000 } }) });
      const heard = await answerOf(providerOf(servers.urls, vendor), ask);
      assert.ok(heard.text.length >= 4_900_000, String(heard.text.length));
    });
  });
}

describe('Hints when to come back', () => {
  afterEach(endServers);
  const forms = ['seconds', 'milliseconds', 'http-date', 'rfc3339', 'go-duration', 'retry-info'] as const;
  const understood: Record<Vendor, readonly string[]> = {
    anthropic: ['seconds', 'milliseconds', 'http-date', 'rfc3339'],
    openai: ['seconds', 'milliseconds', 'http-date', 'go-duration'],
    'openai-compatible': ['seconds', 'milliseconds', 'http-date', 'go-duration'],
    // Its SDK shows no headers.
    google: ['retry-info'],
    ollama: ['seconds', 'milliseconds', 'http-date'],
  };

  for (const vendor of vendors) {
    for (const form of forms.filter(form => understood[vendor].includes(form))) {
      it(`${form} of ${vendor}`, async () => {
        const now = Date.UTC(2026, 10, 21);
        const servers = await serve({
          now: () => now,
          answer: () => ({ fault: { kind: 'rate-limit', retry: { form, ms: 62_000 } } }),
        });
        const config = { name: vendor, kind: vendor, baseUrl: servers.urls[vendor], free: false };
        const provider = createProvider(config, 'key-of-the-account', { now: () => now });
        const { end } = await failureOf(provider, requestOf(vendor));
        assert.equal(end.class, 'rate-limit');
        assert.deepEqual(end.retry, { afterMs: 62_000 });
      });
    }
  }

  it('limits are told with the headers of every answer', async () => {
    const limits = { requests: { limit: 100, remaining: 7, resetMs: 4000 }, tokens: { limit: 90_000, remaining: 800 } };
    for (const vendor of ['anthropic', 'openai', 'openai-compatible'] as const) {
      const servers = await serve({ answer: () => ({ text: 'ok', limits }) });
      const heard = await answerOf(providerOf(servers.urls, vendor), requestOf(vendor));
      const [open] = heard.events;
      assert.ok(open?.type === 'open');
      assert.equal(open.limits?.requests?.remaining, 7);
      assert.equal(open.limits?.tokens?.limit, 90_000);
    }
  });
});
