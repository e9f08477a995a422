import assert from 'node:assert/strict';
import type { Message } from '../../../src/protocol/message.ts';
import type { CanonicalRequest, ScriptedAnswer, WireServers } from '../../../src/rehearsal/wire/types.ts';
import { pixel } from '../../support/pixel.ts';
import {
  answerOf,
  callsOf,
  failureOf,
  listen,
  listFiles,
  models,
  providerOf,
  readFile,
  requestOf,
  resultsFor,
  say,
} from '../../support/providers.ts';
import { until } from '../../support/until.ts';
import { endServers, serve, vendors } from '../../support/wire.ts';

const thoughtful: ScriptedAnswer = {
  reasoning: 'The files first, then an opinion.',
  text: 'I look at two files.',
  toolCalls: [
    { name: 'read_file', args: { path: 'src/a.ts' } },
    { name: 'read_file', args: { path: 'src/b.ts' } },
  ],
};
/** What there is to a message beside its native blocks. */
const said = (servers: WireServers, at: number): CanonicalRequest =>
  servers.requests[at]?.request ?? assert.fail(servers.requests[at]?.refused ?? 'not answered');

for (const vendor of vendors) {
  describe(`Provider ${vendor}`, () => {
    afterEach(endServers);
    const request = (more: Parameters<typeof requestOf>[1] = {}) => requestOf(vendor, more);

    it('text', async () => {
      const text = 'Two things.\n\n1. One\n2. Other, with "quotes" and \\backslashes\\.';
      const servers = await serve({ answer: () => ({ text, pacing: { chunkChars: 7 } }) });
      const heard = await answerOf(providerOf(servers.urls, vendor), request());
      assert.equal(heard.text, text);
      assert.deepEqual(heard.end.message.parts, [{ type: 'text', text }]);
      assert.equal(heard.end.stop, 'end');
      assert.equal(heard.events[0]?.type, 'open');
      assert.deepEqual(said(servers, 0).messages, [say('Look at the files.')]);
      assert.equal(said(servers, 0).system, 'You are a careful engineer.');
    });

    it('unicode split inside a chunk', async () => {
      const text = 'Größe 😀👩‍👩‍👧 日本語 — done';
      for (const kind of ['split-unicode', 'one-byte'] as const) {
        const servers = await serve({ answer: () => ({ text, fault: { kind } }) });
        const heard = await answerOf(providerOf(servers.urls, vendor), request());
        assert.equal(heard.text, text, kind);
      }
    });

    it('several tool calls at once', async () => {
      const servers = await serve({ answer: () => thoughtful });
      const heard = await answerOf(providerOf(servers.urls, vendor), request());
      const calls = callsOf(heard.end.message);
      assert.deepEqual(
        calls.map(({ name, args, malformed }) => [name, args, malformed]),
        [
          ['read_file', { path: 'src/a.ts' }, undefined],
          ['read_file', { path: 'src/b.ts' }, undefined],
        ],
      );
      assert.equal(heard.end.stop, 'tool-calls');
      assert.equal(new Set(calls.map(call => call.id)).size, 2);
      for (const { id, name } of calls) {
        assert.match(id, /^[A-Za-z0-9_-]{1,64}$/);
        const told = heard.events.filter(event => 'id' in event && event.id === id);
        assert.deepEqual(told[0], { type: 'tool-call-start', id, name });
        const json = told.flatMap(event => (event.type === 'tool-call-delta' ? [event.json] : [])).join('');
        assert.deepEqual(JSON.parse(json), calls.find(call => call.id === id)?.args);
      }
    });

    it('tool call without arguments', async () => {
      const servers = await serve({ answer: () => ({ toolCalls: [{ name: 'list_files' }] }) });
      const provider = providerOf(servers.urls, vendor);
      const { message } = (await answerOf(provider, request())).end;
      assert.deepEqual(
        callsOf(message).map(({ name, args, malformed }) => [name, args, malformed]),
        [['list_files', {}, undefined]],
      );
      const messages = [say('Look at the files.'), message, resultsFor(message, 'a.ts\nb.ts')];
      await answerOf(provider, request({ messages }));
      const last = said(servers, 1).messages.at(-1);
      assert.equal(last?.role, 'tool');
      assert.deepEqual(last?.parts[0]?.type === 'tool-result' && last.parts[0].output, 'a.ts\nb.ts');
    });

    it('reasoning kept and replayed', async () => {
      const servers = await serve({ answer: () => thoughtful });
      const provider = providerOf(servers.urls, vendor);
      const messages: Message[] = [say('Look at the files.')];
      for (let turn = 0; turn < 3; turn++) {
        const heard = await answerOf(provider, request({ messages, effort: 'high' }));
        assert.equal(heard.reasoning, thoughtful.reasoning);
        const reasoning = heard.end.message.parts.filter(part => part.type === 'reasoning');
        assert.deepEqual(reasoning, [{ type: 'reasoning', text: thoughtful.reasoning }]);
        messages.push(heard.end.message, resultsFor(heard.end.message));
      }
      // The servers refuse what is not exactly what they signed; what they saw holds the reasoning again.
      const raw = JSON.stringify(said(servers, 2).raw);
      const told =
        vendor === 'openai' || vendor === 'google' ? /encrypted_content|thoughtSignature/g : /The files first/g;
      assert.ok((raw.match(told) ?? []).length >= 2, raw);

      const other = providerOf(servers.urls, vendor, { key: 'key-of-another-account' });
      await answerOf(other, request({ messages }));
      assert.doesNotMatch(JSON.stringify(said(servers, 3).raw), /The files first|"encrypted_content":/);
      assert.deepEqual(
        said(servers, 3)
          .messages.flatMap(message => message.parts.map(part => part.type))
          .sort(),
        said(servers, 3)
          .messages.flatMap(message => message.parts.map(part => part.type))
          .filter(type => type !== 'reasoning')
          .sort(),
      );
    });

    it('images', async () => {
      const servers = await serve();
      const image = { type: 'image', mediaType: 'image/png', data: pixel } as const;
      const messages: Message[] = [{ role: 'user', parts: [{ type: 'text', text: 'What is it?' }, image] }];
      await answerOf(providerOf(servers.urls, vendor), request({ messages }));
      const parts = said(servers, 0).messages[0]?.parts ?? [];
      assert.deepEqual(parts.find(part => part.type === 'image')?.data, pixel);
      assert.ok(parts.some(part => part.type === 'text' && part.text === 'What is it?'));
    });

    it('images in the results of tools', async () => {
      const servers = await serve({ answer: () => thoughtful });
      const first = await answerOf(providerOf(servers.urls, vendor), request());
      const results = resultsFor(first.end.message, 'logo.png: an image, PNG.');
      const [shown, other] = results.role === 'tool' ? results.parts : [];
      assert.ok(shown && other);
      const images = [{ type: 'image', mediaType: 'image/png', data: pixel } as const];
      const messages: Message[] = [
        say('Look at the files.'),
        first.end.message,
        { role: 'tool', parts: [{ ...shown, images }, other] },
      ];
      await answerOf(providerOf(servers.urls, vendor), request({ messages }));
      const parts = said(servers, 1).messages.flatMap(message => [...message.parts]);
      const kinds = parts.map(part => part.type).filter(type => type === 'tool-result' || type === 'image');
      assert.deepEqual(kinds, ['tool-result', 'tool-result', 'image'], 'results first, then what they show');
      assert.equal(parts.find(part => part.type === 'image')?.data, pixel);
      assert.equal(parts.filter(part => part.type === 'tool-result')[0]?.output, 'logo.png: an image, PNG.');
    });

    it('stop reasons', async () => {
      for (const stop of ['end', 'max-tokens'] as const) {
        const servers = await serve({ answer: () => ({ text: 'Some', stop }) });
        const heard = await answerOf(providerOf(servers.urls, vendor), request());
        assert.equal(heard.end.stop, stop);
        assert.equal(typeof heard.end.raw?.stop, 'string');
      }
    });

    it('usage with cache hits', async () => {
      const usage = { input: 120, cacheRead: 900, output: 30, reasoning: 12 };
      const servers = await serve({ answer: () => ({ ...thoughtful, usage }) });
      const heard = await answerOf(providerOf(servers.urls, vendor), request());
      // Ollama tells neither what it had cached nor what was reasoning.
      const { input, output, cacheRead, reasoning } = heard.end.usage;
      if (vendor === 'ollama') {
        assert.equal(output, 30);
        assert.deepEqual([cacheRead, reasoning], [undefined, undefined]);
      } else assert.deepEqual({ input, cacheRead, output, reasoning }, usage);
      assert.equal(heard.end.usage.estimated, undefined);
    });

    it('usage that is not told is unknown, not zero', async () => {
      const servers = await serve({ answer: () => ({ text: 'ok', fault: { kind: 'no-usage' } }) });
      const heard = await answerOf(providerOf(servers.urls, vendor), request());
      assert.equal(heard.end.usage.output, undefined);
    });

    it('abort before sending', async () => {
      const servers = await serve();
      const heard = await failureOf(providerOf(servers.urls, vendor), request(), AbortSignal.abort());
      assert.equal(heard.end.class, 'aborted');
      assert.equal(heard.events.length, 1);
      assert.deepEqual([servers.requests.length, servers.connections().total], [0, 0]);
    });

    it('abort in mid-stream', async () => {
      const servers = await serve({
        answer: () => ({ text: 'word '.repeat(400), pacing: { chunkChars: 5, betweenMs: 5 } }),
      });
      const abort = new AbortController();
      const events = [];
      for await (const event of providerOf(servers.urls, vendor).stream(request(), abort.signal)) {
        events.push(event);
        if (event.type === 'text') abort.abort();
      }
      const end = events.at(-1);
      assert.equal(end?.type === 'error' && end.class, 'aborted');
      assert.equal(await servers.requests[0]?.done, 'client-closed');
    });

    it('abort while the headers are waited for', async () => {
      const servers = await serve({ answer: () => ({ fault: { kind: 'stall-headers' } }) });
      const abort = new AbortController();
      const heard = listen(providerOf(servers.urls, vendor).stream(request(), abort.signal));
      await until(() => servers.requests.length > 0);
      abort.abort();
      const { end } = await heard;
      assert.equal(end.type === 'error' && end.class, 'aborted');
      assert.equal(await servers.requests[0]?.done, 'client-closed');
    });

    it('a listener that leaves closes the connection', async () => {
      const servers = await serve({
        answer: () => ({ text: 'word '.repeat(400), pacing: { chunkChars: 5, betweenMs: 5 } }),
      });
      const { signal } = new AbortController();
      for await (const event of providerOf(servers.urls, vendor).stream(request(), signal)) {
        if (event.type === 'text') break;
      }
      assert.equal(await servers.requests[0]?.done, 'client-closed');
    });

    it('tool choice and effort are told in the vendor’s way', async () => {
      const servers = await serve();
      const provider = providerOf(servers.urls, vendor);
      await answerOf(provider, request({ toolChoice: 'none', effort: 'low' }));
      await answerOf(provider, request({ toolChoice: 'required' }));
      await answerOf(provider, request({ toolChoice: { name: 'read_file' }, effort: 'none' }));
      // Ollama knows no tool choice; tools that may not be called are not told of.
      const told = servers.requests.map(({ request }) => request?.toolChoice);
      assert.deepEqual(
        told.slice(1),
        vendor === 'ollama' ? [undefined, undefined] : ['required', { name: 'read_file' }],
      );
      if (vendor === 'ollama') assert.deepEqual(said(servers, 0).tools, []);
      else assert.equal(told[0], 'none');
      assert.deepEqual(
        said(servers, 1).tools.map(tool => tool.name),
        [readFile.name, listFiles.name],
      );
    });

    it('models are listed', async () => {
      const servers = await serve();
      const listed = await providerOf(servers.urls, vendor).listModels(new AbortController().signal);
      assert.ok(listed.ok, JSON.stringify(listed));
      assert.ok(listed.models.some(model => model.id === models[vendor]));
      const refused = await providerOf(servers.urls, vendor).listModels(AbortSignal.abort());
      assert.equal(!refused.ok && refused.error.class, 'aborted');
    });

    it('tokens are counted as the vendor bills them, where it counts', async () => {
      const servers = await serve();
      const provider = providerOf(servers.urls, vendor);
      const counted = await provider.countTokens?.(request(), new AbortController().signal);
      if (vendor === 'openai-compatible' || vendor === 'ollama') assert.equal(provider.countTokens, undefined);
      else {
        await answerOf(provider, request());
        assert.equal(counted, servers.requests.at(-1)?.request?.promptTokens);
      }
    });
  });
}
