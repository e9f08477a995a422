import assert from 'node:assert/strict';
import { createProvider } from '../../../src/providers/index.ts';
import { answerOf, failureOf, providerOf, requestOf } from '../../support/providers.ts';
import { type RawServer, rawServer } from '../../support/raw-server.ts';
import { endServers, serve, vendors } from '../../support/wire.ts';

const key = 'key-of-the-account';

describe('A server that redirects', () => {
  let elsewhere: RawServer;
  const servers: RawServer[] = [];
  const redirecting = async (status: number, where: (path: string) => string) => {
    const server = await rawServer((response, path) => response.writeHead(status, { location: where(path) }).end());
    servers.push(server);
    return server;
  };

  beforeEach(async () => {
    elsewhere = await redirecting(500, () => '/');
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map(server => server.close()));
    await endServers();
  });

  for (const vendor of vendors) {
    for (const status of [301, 302, 303, 307, 308]) {
      it(`to another origin gets nothing there, neither key nor prompt: ${vendor}, ${status}`, async () => {
        const right = await redirecting(status, path => `${elsewhere.urls.ollama}${path}`);
        const provider = providerOf(right.urls, vendor, { headers: { 'x-secret': 'a-header-of-mine' } });
        const { signal } = new AbortController();
        const { end } = await failureOf(provider, requestOf(vendor));
        assert.deepEqual([end.class, end.code, end.status], ['retryable', 'redirected', status]);
        assert.match(
          end.message,
          /redirects to http:\/\/127\.0\.0\.1:\d+, .*neither the key nor the prompt.*set baseUrl/,
        );
        const listed = await provider.listModels(signal);
        assert.equal(listed.ok, false);
        assert.match(listed.ok ? '' : listed.error.message, /redirects to/);
        assert.equal(await provider.countTokens?.(requestOf(vendor), signal), undefined);
        assert.deepEqual(elsewhere.seen, []);
        assert.ok(right.seen.length >= 2);
      });
    }

    it(`to an address that cannot be read is an error: ${vendor}`, async () => {
      const right = await redirecting(307, () => 'http://[');
      assert.equal((await failureOf(providerOf(right.urls, vendor), requestOf(vendor))).end.code, 'redirected');
    });

    it(`in circles is an error in the end: ${vendor}`, async () => {
      const right = await redirecting(307, path => path);
      assert.equal((await failureOf(providerOf(right.urls, vendor), requestOf(vendor))).end.code, 'redirected');
      assert.equal(right.seen.length, 6);
    });

    it(`to another path of its own is followed, with all that was sent: ${vendor}`, async () => {
      const { urls, requests } = await serve({ answer: () => ({ text: 'from the new path' }) });
      // A proxy in front of the same server, whose paths have moved.
      const moved = await rawServer(async (response, path) => {
        if (!path.startsWith('/new')) return response.writeHead(308, { location: `/new${path}` }).end();
        const { headers: sent, body } = moved.seen.at(-1) ?? assert.fail();
        const { host, connection, 'content-length': length, 'accept-encoding': encoding, ...headers } = sent;
        const below = path.slice('/new'.length + new URL(moved.urls[vendor]).pathname.replace(/\/$/, '').length);
        const answer = await fetch(`${urls[vendor]}${below}`, {
          method: 'POST',
          headers: headers as Record<string, string>,
          body,
        });
        response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
        return response.end(Buffer.from(await answer.arrayBuffer()));
      });
      servers.push(moved);
      const { text } = await answerOf(providerOf(moved.urls, vendor, { key }), requestOf(vendor));
      assert.equal(text, 'from the new path');
      assert.equal(requests.length, 1);
    });
  }

  it('by a scheme of its own is another origin', async () => {
    const right = await redirecting(308, path => `https://127.0.0.1${path}`);
    const config = { name: 'local', kind: 'openai-compatible', free: true, baseUrl: right.urls.openai } as const;
    assert.equal((await failureOf(createProvider(config, key), requestOf('openai-compatible'))).end.code, 'redirected');
  });

  it('leaves the fetch of everybody else alone', async () => {
    const { fetch } = globalThis;
    const right = await redirecting(307, path => `${elsewhere.urls.google}${path}`);
    const asked = failureOf(providerOf(right.urls, 'google'), requestOf('google'));
    assert.equal(globalThis.fetch, fetch);
    await asked;
    assert.equal(globalThis.fetch, fetch);
  });
});
