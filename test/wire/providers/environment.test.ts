import assert from 'node:assert/strict';
import { failureOf, listen, providerOf, requestOf } from '../../support/providers.ts';
import { type RawServer, rawServer } from '../../support/raw-server.ts';
import { vendors } from '../../support/wire.ts';

describe('The environment', () => {
  let right: RawServer;
  let wrong: RawServer;
  let before: NodeJS.ProcessEnv;

  beforeEach(async () => {
    right = await rawServer(response => response.writeHead(500).end('{}'));
    wrong = await rawServer(response => response.writeHead(500).end('{}'));
    before = { ...process.env };
    Object.assign(process.env, {
      ANTHROPIC_BASE_URL: wrong.urls.anthropic,
      ANTHROPIC_API_KEY: 'other-key-of-anthropic',
      ANTHROPIC_AUTH_TOKEN: 'other-token-of-anthropic',
      ANTHROPIC_CUSTOM_HEADERS: 'authorization: Bearer planted\nx-planted: yes\nx-api-key: planted',
      ANTHROPIC_LOG: 'debug',
      OPENAI_BASE_URL: wrong.urls.openai,
      OPENAI_API_KEY: 'other-key-of-openai',
      OPENAI_ADMIN_KEY: 'other-admin-key',
      OPENAI_ORG_ID: 'org-planted',
      OPENAI_PROJECT_ID: 'proj-planted',
      OPENAI_CUSTOM_HEADERS: 'authorization: Bearer planted\nx-planted: yes',
      OPENAI_LOG: 'debug',
      GOOGLE_API_KEY: 'other-key-of-google',
      OLLAMA_HOST: wrong.urls.ollama,
    });
  });
  afterEach(async () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    await Promise.all([right.close(), wrong.close()]);
  });

  for (const vendor of vendors) {
    it(`can neither redirect a key of ${vendor} nor change what is sent with it`, async () => {
      const said: unknown[] = [];
      const { debug, info, warn, error, log } = console;
      const listenIn = (...args: unknown[]) => said.push(args);
      Object.assign(console, { debug: listenIn, info: listenIn, warn: listenIn, error: listenIn, log: listenIn });
      try {
        const provider = providerOf(right.urls, vendor, { headers: { 'x-ours': 'yes' } });
        await listen(provider.stream(requestOf(vendor), new AbortController().signal));
        await provider.listModels(new AbortController().signal);
        await provider.countTokens?.(requestOf(vendor), new AbortController().signal);
      } finally {
        Object.assign(console, { debug, info, warn, error, log });
      }
      assert.deepEqual(said, []);
      assert.equal(wrong.seen.length, 0);
      assert.ok(right.seen.length >= 2);
      for (const { headers } of right.seen) {
        assert.equal(headers['x-ours'], 'yes');
        assert.doesNotMatch(JSON.stringify(headers), /planted|other-/);
        if (vendor === 'google') assert.equal(headers['x-goog-api-key'], 'key-of-the-account');
        else assert.equal(headers.authorization, 'Bearer key-of-the-account');
      }
      assert.match(process.env.ANTHROPIC_CUSTOM_HEADERS ?? '', /x-planted/);
    });
  }

  it('does not matter to older proxies of Anthropic, which get the key in its own header', async () => {
    const provider = providerOf(right.urls, 'anthropic', { legacyAuth: true });
    await failureOf(provider, requestOf('anthropic'));
    const { headers } = right.seen[0] ?? assert.fail();
    assert.equal(headers['x-api-key'], 'key-of-the-account');
    assert.equal(headers['anthropic-version'], '2023-06-01');
    assert.equal(headers.authorization, undefined);
  });

  it('gives no key to a server that needs none', async () => {
    const config = { name: 'local', kind: 'openai-compatible', free: true, baseUrl: right.urls.openai } as const;
    const { createProvider } = await import('../../../src/providers/index.ts');
    await failureOf(createProvider(config, undefined), requestOf('openai-compatible'));
    assert.equal(right.seen[0]?.headers.authorization, undefined);
  });
});
