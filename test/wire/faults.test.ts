import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import type { Fault, RetryForm } from '../../src/rehearsal/wire/fault.ts';
import { refusedUrls } from '../../src/rehearsal/wire/server.ts';
import type { ScriptedAnswer, Vendor, WireServers } from '../../src/rehearsal/wire/types.ts';
import { until } from '../support/until.ts';
import { endServers, plainRequest, post, serve, vendors } from '../support/wire.ts';

const long: ScriptedAnswer = {
  text: 'Grüße aus Köln 😀 und noch viel mehr Text, damit es viele Ereignisse gibt. '.repeat(4),
  toolCalls: [{ name: 'read_file', args: { path: 'a.ts' } }],
};
const failing = (fault: Fault) => serve({ answer: () => ({ ...long, fault }) });

/** What marks the end of a stream that is whole. */
const terminal: Record<Vendor, RegExp> = {
  anthropic: /message_stop/,
  openai: /response\.completed/,
  'openai-compatible': /\[DONE\]/,
  google: /finishReason/,
  ollama: /"done":true/,
};

const QUIET_MS = 150;
const never = () => false;

/** Reads until the end, a broken connection, or, once it has read enough, until it has been quiet for a while. */
async function readAll(response: Response, enough: (text: string) => boolean = never) {
  assert.ok(response.body);
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let chunks = 0;
  for (;;) {
    const quiet = Promise.withResolvers<'quiet'>();
    const timer = enough(text) ? setTimeout(() => quiet.resolve('quiet'), QUIET_MS) : undefined;
    try {
      const got = await Promise.race([reader.read(), quiet.promise]);
      if (got === 'quiet') {
        await reader.cancel();
        return { text, chunks, end: 'quiet' };
      }
      if (got.done) return { text, chunks, end: 'done' };
      chunks++;
      text += decoder.decode(got.value, { stream: true });
    } catch {
      return { text, chunks, end: 'broken' };
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The data of each event, framing taken off. */
function payloads(vendor: Vendor, text: string): string[] {
  if (vendor === 'ollama') return text.split(/\r?\n/).filter(line => line.trim() !== '');
  return text.split(/\r?\n/).flatMap(line => (line.startsWith('data: ') ? [line.slice(6)] : []));
}

const isJson = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

function errorIn(vendor: Vendor, body: Record<string, unknown>): string {
  const { error } = body as { error: Record<string, unknown> };
  if (vendor === 'ollama') return 'text';
  return String(vendor === 'anthropic' ? error.type : vendor === 'google' ? error.status : (error.code ?? error.type));
}

/** Fault, HTTP status, and the vendor's name for it: Anthropic, both OpenAI formats, Google. */
const statusFaults: [Fault, number, string, string, string][] = [
  [{ kind: 'context-overflow' }, 400, 'invalid_request_error', 'context_length_exceeded', 'INVALID_ARGUMENT'],
  [{ kind: 'bad-request' }, 400, 'invalid_request_error', 'invalid_request_error', 'INVALID_ARGUMENT'],
  [{ kind: 'replay-invalid' }, 400, 'invalid_request_error', 'invalid_encrypted_content', 'INVALID_ARGUMENT'],
  [{ kind: 'unauthorized' }, 401, 'authentication_error', 'invalid_api_key', 'UNAUTHENTICATED'],
  [{ kind: 'payment-required' }, 402, 'billing_error', 'credit_balance_exhausted', 'FAILED_PRECONDITION'],
  [{ kind: 'forbidden' }, 403, 'permission_error', 'insufficient_permissions', 'PERMISSION_DENIED'],
  [{ kind: 'model-missing' }, 404, 'not_found_error', 'model_not_found', 'NOT_FOUND'],
  [{ kind: 'request-timeout' }, 408, 'timeout_error', 'request_timeout', 'DEADLINE_EXCEEDED'],
  [{ kind: 'too-large' }, 413, 'request_too_large', 'request_too_large', 'INVALID_ARGUMENT'],
  [{ kind: 'rate-limit' }, 429, 'rate_limit_error', 'rate_limit_exceeded', 'RESOURCE_EXHAUSTED'],
  [{ kind: 'quota' }, 429, 'rate_limit_error', 'insufficient_quota', 'RESOURCE_EXHAUSTED'],
  [{ kind: 'server-error' }, 500, 'api_error', 'server_error', 'INTERNAL'],
  [{ kind: 'unavailable' }, 503, 'api_error', 'server_is_overloaded', 'UNAVAILABLE'],
  [{ kind: 'overloaded' }, 529, 'overloaded_error', 'server_is_overloaded', 'UNAVAILABLE'],
];

for (const vendor of vendors)
  describe(`Faults on demand: ${vendor}`, () => {
    afterEach(endServers);
    const ask = async (servers: WireServers, signal?: AbortSignal) => post(plainRequest(servers, vendor), {}, signal);

    it('sends a whole stream where no fault is asked for', async () => {
      const servers = await serve({ answer: () => long });
      const { text, end } = await readAll(await ask(servers));
      assert.equal(end, 'done');
      assert.match(text, terminal[vendor]);
      assert.equal(await servers.requests[0]?.done, 'complete');
    });

    for (const [fault, status, anthropic, openai, google] of statusFaults)
      it(`${fault.kind} is ${status} in the vendor's own words`, async () => {
        const servers = await failing(fault);
        const response = await ask(servers);
        assert.equal(response.status, status);
        const expected = { anthropic, openai, 'openai-compatible': openai, google, ollama: 'text' };
        assert.equal(errorIn(vendor, (await response.json()) as Record<string, unknown>), expected[vendor]);
        assert.equal(servers.requests[0]?.fault, fault.kind);
      });

    it('a quota is told apart from a rate', async () => {
      const servers = await failing({ kind: 'quota' });
      const body = await (await ask(servers)).text();
      const marks = { anthropic: 'enforced_spend_limit_reached', openai: 'insufficient_quota', google: 'QuotaFailure' };
      const mark = { ...marks, 'openai-compatible': 'insufficient_quota', ollama: 'quota' }[vendor];
      assert.match(body, new RegExp(mark));
    });

    it('every kind of retry hint arrives', async () => {
      const hints: [RetryForm, string, RegExp][] = [
        [{ form: 'seconds', ms: 1500 }, 'retry-after', /^2$/],
        [{ form: 'milliseconds', ms: 1500 }, 'retry-after-ms', /^1500$/],
        [{ form: 'http-date', ms: 30_000 }, 'retry-after', /GMT$/],
        [{ form: 'rfc3339', ms: 30_000 }, 'anthropic-ratelimit-requests-reset', /^\d{4}-.*Z$/],
        [{ form: 'go-duration', ms: 62_000 }, 'x-ratelimit-reset-requests', /^1m2s$/],
      ];
      const faults: Fault[] = hints.map(([retry]) => ({ kind: 'rate-limit', retry }));
      const servers = await serve({ faults: call => faults[call.requestIndex] });
      for (const [, header, value] of hints) {
        const response = await ask(servers);
        assert.equal(response.status, 429);
        assert.match(response.headers.get(header) ?? '', value);
        await response.text();
      }
    });

    it('a page of a proxy is no JSON', async () => {
      const servers = await failing({ kind: 'html-error', status: 502 });
      const response = await ask(servers);
      assert.equal(response.status, 502);
      assert.match(await response.text(), /^<html>/);
    });

    it('a rejected key can be echoed', async () => {
      const servers = await failing({ kind: 'unauthorized', echoKey: true });
      const body = await (await post(plainRequest(servers, vendor, 'x', 'key-secret'))).text();
      if (vendor !== 'ollama') assert.match(body, /key-secret/);
    });

    it('no headers come, and the server sees the client go', async () => {
      const servers = await failing({ kind: 'stall-headers' });
      const abort = new AbortController();
      const asked = assert.rejects(ask(servers, abort.signal), { name: 'AbortError' });
      await until(() => servers.requests.length > 0);
      abort.abort();
      await asked;
      assert.equal(await servers.requests[0]?.done, 'client-closed');
    });

    it('the connection breaks before any header', async () => {
      const servers = await failing({ kind: 'reset-before-headers' });
      await assert.rejects(ask(servers), TypeError);
      assert.equal(await servers.requests[0]?.done, 'fault');
    });

    it('headers come, and then no byte', async () => {
      const servers = await failing({ kind: 'stall-first-byte' });
      const response = await ask(servers);
      assert.equal(response.status, 200);
      assert.deepEqual(await readAll(response, () => true), { text: '', chunks: 0, end: 'quiet' });
      assert.equal(await servers.requests[0]?.done, 'client-closed');
    });

    it('falls silent in mid-stream', async () => {
      const servers = await failing({ kind: 'stall' });
      const { text, end } = await readAll(await ask(servers), read => payloads(vendor, read).length > 0);
      assert.equal(end, 'quiet');
      assert.doesNotMatch(text, terminal[vendor]);
      assert.equal(await servers.requests[0]?.done, 'client-closed');
    });

    it('breaks off in mid-stream', async () => {
      const servers = await failing({ kind: 'reset' });
      const { text, end } = await readAll(await ask(servers));
      assert.equal(end, 'broken');
      assert.doesNotMatch(text, terminal[vendor]);
      assert.equal(await servers.requests[0]?.done, 'fault');
    });

    it('ends cleanly without the terminal event', async () => {
      const servers = await failing({ kind: 'truncate' });
      const { text, end } = await readAll(await ask(servers));
      assert.equal(end, 'done');
      assert.ok(payloads(vendor, text).every(isJson));
      assert.doesNotMatch(text, terminal[vendor]);
    });

    it('sends an error event in mid-stream', async () => {
      const servers = await failing({ kind: 'error-event', after: 2, reason: 'quota' });
      const { text, end } = await readAll(await ask(servers));
      assert.equal(end, 'done');
      assert.match(text, /"error":/);
      assert.doesNotMatch(text, terminal[vendor]);
    });

    it('sends one broken chunk', async () => {
      const servers = await failing({ kind: 'malformed-chunk' });
      const { text } = await readAll(await ask(servers));
      const bad = payloads(vendor, text).filter(data => data !== '[DONE]' && !isJson(data));
      assert.equal(bad.length, 1);
    });

    it('sends arguments that are no JSON, or what the vendor says instead', async () => {
      const servers = await failing({ kind: 'malformed-arguments' });
      const { text } = await readAll(await ask(servers));
      const marks: Record<Vendor, RegExp> = {
        anthropic: /\\"cut/,
        openai: /\\"cut/,
        'openai-compatible': /\\"cut/,
        google: /MALFORMED_FUNCTION_CALL/,
        ollama: /error parsing tool call/,
      };
      assert.match(text, marks[vendor]);
    });

    it('says nothing at all', async () => {
      const servers = await failing({ kind: 'empty' });
      const { text } = await readAll(await ask(servers));
      assert.match(text, terminal[vendor]);
      assert.doesNotMatch(text, /Köln|read_file/);
    });

    it('refuses to answer', async () => {
      const servers = await serve({ answer: () => ({ text: 'I will not.', fault: { kind: 'refusal' } }) });
      const { text } = await readAll(await ask(servers));
      const marks: Record<Vendor, RegExp> = {
        anthropic: /"stop_reason":"refusal"/,
        openai: /response\.refusal\.delta/,
        'openai-compatible': /"refusal":"I will not/,
        google: /"finishReason":"SAFETY"/,
        ollama: /I will not/,
      };
      assert.match(text, marks[vendor]);
    });

    it('forgets to tell the usage', async () => {
      const servers = await failing({ kind: 'no-usage' });
      const { text } = await readAll(await ask(servers));
      assert.match(text, terminal[vendor]);
      assert.doesNotMatch(text, /"usage":\{|usageMetadata|eval_count/);
    });

    it('sends every byte on its own', async () => {
      const servers = await serve({ answer: () => ({ text: 'ok', fault: { kind: 'one-byte' } }) });
      const { url, headers, body } = plainRequest(servers, vendor);
      const { sizes, text } = await rawChunks(url, headers, body);
      assert.ok(sizes.every(size => size === 1));
      assert.match(text, terminal[vendor]);
    });

    it('tears characters apart between chunks', async () => {
      const servers = await failing({ kind: 'split-unicode' });
      const { url, headers, body } = plainRequest(servers, vendor);
      const { torn, text } = await rawChunks(url, headers, body);
      assert.ok(torn > 0);
      assert.match(text, /😀/);
      assert.match(text, terminal[vendor]);
    });

    it('sends five megabytes in one event', async () => {
      const servers = await failing({ kind: 'huge-chunk' });
      const { text } = await readAll(await ask(servers));
      const longest = Math.max(...payloads(vendor, text).map(data => data.length));
      assert.ok(longest > 5 * 1024 * 1024);
      assert.match(text, terminal[vendor]);
    });

    for (const form of ['comments', 'crlf', 'padded'] as const)
      it(`sends a good stream with odd framing: ${form}`, async () => {
        const servers = await failing({ kind: 'noise', form });
        const { text } = await readAll(await ask(servers));
        const found = payloads(vendor, text).filter(data => data.trim() !== '[DONE]');
        assert.ok(found.length > 3 && found.every(isJson));
        assert.match(text, form === 'comments' ? /\n?: keep-alive|\n\n/ : form === 'crlf' ? /\r\n/ : / {3}/);
      });

    it('says the first event twice', async () => {
      const servers = await failing({ kind: 'duplicate-start' });
      const [first, second] = payloads(vendor, (await readAll(await ask(servers))).text);
      assert.equal(first, second);
    });

    it('does not fail a request for the list of models unless told so', async () => {
      const servers = await serve({
        faults: call => (call.endpoint === 'models' ? { kind: 'unavailable' } : undefined),
      });
      const { url, headers } = plainRequest(servers, vendor);
      const lists = { google: `${servers.urls.google}/v1beta/models`, ollama: `${servers.urls.ollama}/api/tags` };
      const list = { ...lists, anthropic: url.replace('/messages', '/models') };
      const path = list[vendor as keyof typeof list] ?? url.replace(/\/(responses|chat\/completions)$/, '/models');
      const response = await fetch(path, { headers });
      assert.equal(response.status, 503);
      await response.text();
      assert.equal((await readAll(await ask(servers))).end, 'done');
    });
  });

describe('Faults on demand: no server', () => {
  it('refuses every connection', async () => {
    const urls = await refusedUrls();
    for (const vendor of vendors) await assert.rejects(post(plainRequest({ urls }, vendor)), TypeError);
  });
});

/** The chunks of the HTTP encoding as they were written, which fetch would be free to merge. */
async function rawChunks(url: string, headers: Record<string, string>, body: unknown) {
  const { promise, resolve, reject } = Promise.withResolvers<{ sizes: number[]; torn: number; text: string }>();
  const request = httpRequest(
    url,
    { method: 'POST', headers: { ...headers, 'content-type': 'application/json' } },
    response => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const torn = parts.filter(part => ((part[0] ?? 0) & 0xc0) === 0x80).length;
        resolve({ sizes: parts.map(part => part.length), torn, text: Buffer.concat(parts).toString() });
      });
    },
  );
  request.on('error', reject);
  request.end(JSON.stringify(body));
  return promise;
}
