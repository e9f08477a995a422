import assert from 'node:assert/strict';
import { charge } from '../../../src/core/routing/charge.ts';
import type { ScriptedAnswer, Vendor } from '../../../src/rehearsal/wire/types.ts';
import { type ClumsyFault, clumsy, DEEP } from '../../support/clumsy/faults.ts';
import { type ClumsyServer, clumsyServer } from '../../support/clumsy/server.ts';
import { answerOf, callsOf, failureOf, listen, providerOf, requestOf } from '../../support/providers.ts';
import { rawServer } from '../../support/raw-server.ts';
import { until } from '../../support/until.ts';
import { endServers, serve, vendors } from '../../support/wire.ts';

const TEXT = 'A good answer, long enough to come in several events.';

describe('A clumsy server', function () {
  this.timeout(60_000);
  const running: ClumsyServer[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map(server => server.close()));
    await endServers();
  });

  async function spoiled(fault: ClumsyFault, vendor: Vendor, answer: ScriptedAnswer = { text: TEXT }) {
    const server = await clumsyServer(await serve({ answer: () => answer }), clumsy[fault], true);
    running.push(server);
    return { server, provider: providerOf(server.urls, vendor) };
  }

  for (const vendor of vendors) {
    for (const fault of [
      'stays open after a whole answer',
      'leaves out the closing event, and stays open',
      'goes on with keep-alives after a whole answer',
    ] as const) {
      // The closing event is all that says why these stopped.
      if (fault.startsWith('leaves') && (vendor === 'openai' || vendor === 'ollama')) continue;
      it(`that ${fault} has answered: ${vendor}`, async () => {
        const { provider, server } = await spoiled(fault, vendor);
        const started = performance.now();
        const { text, end } = await answerOf(provider, requestOf(vendor));
        assert.equal(text, TEXT);
        assert.ok(end.usage.output !== undefined, 'its usage is known');
        assert.ok(performance.now() - started < 10_000);
        await until(() => server.answers[0]?.closed);
      });
    }

    it(`that leaves out the closing event has answered if it said why it stopped: ${vendor}`, async () => {
      const { provider } = await spoiled('leaves out the closing event', vendor);
      const { end } = await listen(provider.stream(requestOf(vendor), new AbortController().signal));
      if (vendor === 'openai' || vendor === 'ollama') assert.equal(end.type === 'error' && end.class, 'truncated');
      else assert.equal(end.type, 'finish');
    });

    for (const fault of [
      'counts NaN tokens',
      'counts -Infinity tokens',
      'counts negative tokens',
      'counts tokens in words',
      'counts more tokens than there are',
    ] as const)
      it(`that ${fault} is listened to all the same, and its usage is unknown: ${vendor}`, async () => {
        const { provider } = await spoiled(fault, vendor);
        const { text, end } = await answerOf(provider, requestOf(vendor));
        assert.equal(text, TEXT);
        assert.equal(end.usage.output, undefined);
        assert.equal(end.usage.input, undefined);
      });

    for (const fault of ['says the wrong type', 'says that it sends a page'] as const)
      it(`that ${fault} is understood: ${vendor}`, async () => {
        const { provider } = await spoiled(fault, vendor);
        assert.equal((await answerOf(provider, requestOf(vendor))).text, TEXT);
      });

    it(`that sends 200 MB in one line is read no further than is sensible, in little memory: ${vendor}`, async () => {
      const { provider, server } = await spoiled('sends 200 MB in one line', vendor);
      globalThis.gc?.();
      const before = process.memoryUsage().rss;
      let most = 0;
      const watch = setInterval(() => {
        most = Math.max(most, process.memoryUsage().rss - before);
      }, 5);
      const { end } = await failureOf(provider, requestOf(vendor));
      clearInterval(watch);
      assert.equal(end.class, 'malformed');
      assert.match(end.message, /longer than 16 MB and was read no further/);
      assert.ok(most < 250 * 1024 * 1024, `${Math.round(most / 1024 / 1024)} MB more`);
      await until(() => server.answers[0]?.closed);
    });

    it(`that never ends the arguments of a call is read no further than is sensible: ${vendor}`, async () => {
      const { provider, server } = await spoiled('never ends the arguments of a call', vendor);
      const { end } = await failureOf(provider, requestOf(vendor));
      assert.equal(end.class, 'malformed');
      const bound =
        /arguments of read_file are longer than 1000000 characters|A line of the answer is longer than 16 MB/;
      assert.match(end.message, bound);
      await until(() => server.answers[0]?.closed);
      assert.ok((server.answers[0]?.sent ?? 0) < 64 * 1024 * 1024);
    });

    it(`that nests arguments 10,000 deep has called a tool in a way that can be told to the model: ${vendor}`, async () => {
      const toolCalls = [{ name: 'read_file', args: { path: DEEP } }];
      const { provider } = await spoiled('nests arguments 10,000 deep', vendor, {
        toolCalls,
        pacing: { chunkChars: 1000 },
      });
      const { end } = await answerOf(provider, requestOf(vendor));
      const [call] = callsOf(end.message);
      assert.deepEqual([call?.name, call?.malformed, call?.tooDeep], ['read_file', true, true]);
      // Whatever walks through it can do so: it is journaled, and sent back.
      const again = requestOf(vendor, { messages: [...requestOf(vendor).messages, end.message] });
      const { provider: good } = await spoiled('says the wrong type', vendor);
      assert.equal((await answerOf(good, again)).text, TEXT);
    });

    for (const [fault, says] of [
      ['answers with a web page', /^the server sent a web page: Sign in to Corp & Co: Please\.$/],
      ['answers with a web page that says it is a stream', /^the server sent a web page: Sign in to Corp & Co/],
      ['refuses with a web page', /^the server sent a web page: Sign in to Corp & Co/],
      ['fails with a web page', /^the server sent a web page: Sign in to Corp & Co/],
      ['answers with nothing', /^the server sent nothing/],
      ['answers that there is no content', /^the server sent nothing/],
      ['redirects to a sign-in', /redirects to https:\/\/sign-in\.invalid/],
      ['does not know the method', /^HTTP 405/],
    ] as const)
      it(`that ${fault} has not answered, which costs nothing, and is told so: ${vendor}`, async () => {
        const { provider } = await spoiled(fault, vendor);
        const { end, events } = await failureOf(provider, requestOf(vendor));
        assert.match(end.message, says);
        assert.notEqual(end.class, 'fatal', 'the next model is asked');
        const opened = events.some(({ type }) => type === 'open');
        const progress = { sent: true, opened, wrote: false };
        const price = { input: 1, output: 1, cacheRead: 1, cacheWrite: 1, cacheWriteLong: 1 } as never;
        assert.deepEqual(charge(end, progress, price, 1000), { cost: 0, bound: false });
        const listed = await provider.listModels(new AbortController().signal);
        assert.equal(listed.ok, false);
        assert.match(listed.ok ? '' : listed.error.message, says);
      });
  }

  it('that sends a whole answer as plain JSON, and stays open, has answered', async () => {
    const answer = { choices: [{ message: { content: TEXT }, finish_reason: 'stop' }], usage: { prompt_tokens: 3 } };
    const server = await rawServer(async response => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const text = JSON.stringify(answer);
      response.write(text.slice(0, 20));
      await new Promise(resolve => setTimeout(resolve, 50));
      response.write(text.slice(20));
    });
    const provider = providerOf(server.urls, 'openai-compatible');
    assert.equal((await answerOf(provider, requestOf('openai-compatible'))).text, TEXT);
    await server.close();
  });

  it('that leaves its refusal unfinished has refused', async () => {
    const server = await rawServer(response => {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.write('{"error":{"type":"authentication_error","message":"no"}');
    });
    const { end } = await failureOf(providerOf(server.urls, 'anthropic'), requestOf('anthropic'));
    assert.equal(end.class, 'auth');
    await server.close();
  });

  it('that lists models without end is not listened to for ever', async () => {
    const server = await rawServer(async response => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.on('error', () => undefined);
      while (!response.destroyed) {
        response.write('{"data":['.padEnd(1024 * 1024));
        await new Promise(resolve => setImmediate(resolve));
      }
    });
    const listed = await providerOf(server.urls, 'openai-compatible').listModels(new AbortController().signal);
    assert.match(listed.ok ? '' : listed.error.message, /longer than 16 MB/);
    await server.close();
  });
});
