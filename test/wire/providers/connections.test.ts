import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { answerOf, failureOf, providerOf, requestOf } from '../../support/providers.ts';
import { endServers, serve, vendors } from '../../support/wire.ts';

describe('Connections', () => {
  afterEach(endServers);

  for (const vendor of vendors) {
    it(`to ${vendor} are used again after a whole answer`, async () => {
      const servers = await serve({ answer: () => ({ text: 'word '.repeat(100) }) });
      const provider = providerOf(servers.urls, vendor);
      for (let turn = 0; turn < 4; turn++) {
        await answerOf(provider, requestOf(vendor));
        await servers.idle();
        await pause(20);
      }
      assert.equal(servers.connections().total, 1);
    });

    it(`to ${vendor} are closed after a broken answer that would go on, 64 at once`, async function () {
      this.timeout(20_000);
      const servers = await serve({
        answer: () => ({
          text: 'word '.repeat(400),
          pacing: { chunkChars: 5, betweenMs: 20 },
          fault: { kind: 'malformed-chunk', after: 4 },
        }),
      });
      const provider = providerOf(servers.urls, vendor);
      await Promise.all(Array.from({ length: 64 }, () => failureOf(provider, requestOf(vendor))));
      const ends = await Promise.all(servers.requests.map(({ done }) => done));
      assert.deepEqual(ends, Array(64).fill('client-closed'));
    });

    it(`to ${vendor} leave no listener behind on a signal that outlives them`, async () => {
      const servers = await serve();
      const provider = providerOf(servers.urls, vendor);
      const { signal } = new AbortController();
      let listening = 0;
      const { addEventListener, removeEventListener } = signal;
      signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
        listening++;
        addEventListener.apply(signal, args);
      };
      signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
        listening--;
        removeEventListener.apply(signal, args);
      };
      await answerOf(provider, requestOf(vendor), signal);
      await provider.listModels(signal);
      await provider.countTokens?.(requestOf(vendor), signal);
      assert.equal(listening, 0);
    });
  }
});
