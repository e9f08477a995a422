import assert from 'node:assert/strict';
import { diagnose } from '../../src/app/diagnose.ts';
import type { Diagnosis } from '../../src/core/doctor.ts';
import { systemClock } from '../../src/node/clock.ts';
import type { Config } from '../../src/protocol/config.ts';
import { refusedUrls } from '../../src/rehearsal/wire/server.ts';
import type { WireOptions } from '../../src/rehearsal/wire/types.ts';
import { endServers, serve } from '../support/wire.ts';

const secrets = { get: async (name: string) => (name === 'ollama' || name === 'nokey' ? undefined : `key-of-${name}`) };

async function check(options: Partial<WireOptions>, change: (config: Config) => void = () => undefined) {
  const servers = await serve(options);
  const config: Config = {
    providers: {
      anthropic: { kind: 'anthropic', baseUrl: servers.urls.anthropic },
      openai: { kind: 'openai', baseUrl: servers.urls.openai },
      google: { kind: 'google', baseUrl: servers.urls.google },
      lab: { kind: 'openai-compatible', baseUrl: servers.urls['openai-compatible'] },
      ollama: { kind: 'ollama', baseUrl: servers.urls.ollama, local: true },
    },
  };
  change(config);
  const found = await diagnose(config, secrets, () => undefined, systemClock, AbortSignal.timeout(20_000));
  return new Map<string, Diagnosis>(found.map(each => [each.provider, each]));
}

describe('The doctor', () => {
  afterEach(endServers);

  it('walks every kind of provider from its configuration to an answer', async () => {
    const found = await check({});
    for (const name of ['anthropic', 'openai', 'google', 'lab', 'ollama']) {
      const { ok, step, models, model } = found.get(name) as Diagnosis;
      assert.deepEqual([name, ok, step], [name, true, 'completion']);
      assert.ok((models ?? 0) > 0 && model, name);
    }
    assert.equal(found.get('anthropic')?.model, 'claude-haiku-5-5', 'the cheap one is asked');
  });

  it('says at which step a provider fails, and what to do', async () => {
    const found = await check(
      {
        faults: ({ vendor, endpoint }) => {
          if (vendor === 'anthropic') return { kind: 'unauthorized' };
          if (vendor === 'openai' && endpoint === 'generate') return { kind: 'quota' };
          if (vendor === 'google' && endpoint === 'generate') return { kind: 'model-missing' };
          return undefined;
        },
      },
      config => {
        config.providers = { ...config.providers, nokey: { kind: 'openai' } };
      },
    );
    const told = (name: string) => {
      const { ok, step, error, advice } = found.get(name) as Diagnosis;
      assert.ok(advice, name);
      return [ok, step, error];
    };
    assert.deepEqual(told('anthropic'), [false, 'models', 'auth']);
    assert.deepEqual(told('openai'), [false, 'completion', 'quota']);
    assert.deepEqual(told('google'), [false, 'completion', 'model-missing']);
    assert.deepEqual(told('nokey'), [false, 'key', 'no-key']);
    assert.equal(found.get('ollama')?.ok, true);
  });

  it('takes a server that is not there for a fault only where the user named it', async () => {
    const nowhere = (await refusedUrls()).ollama;
    const named = await check({}, config => {
      config.providers = { mine: { kind: 'ollama', baseUrl: nowhere, local: true } };
    });
    assert.equal(named.get('mine')?.ok, false);
    assert.match(named.get('mine')?.advice ?? '', /Start Ollama/);
    assert.equal(named.get('openai')?.error !== 'no-key', true);
  });
});
