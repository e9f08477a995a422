import assert from 'node:assert/strict';
import { systemClock as clock } from '../../src/node/clock.ts';
import type { Config } from '../../src/protocol/config.ts';
import { refusedUrls } from '../../src/rehearsal/wire/server.ts';
import { listModels, tryModel } from '../../src/runtime/connect.ts';
import { Engine } from '../../src/runtime/engine.ts';
import { callsItsTool } from '../support/tool-caller.ts';
import { endServers, serve } from '../support/wire.ts';

/** What stands in the way of a session with a plan of its own, under that configuration. */
async function hindrance(config: Config, key?: string) {
  const secrets = { get: async (name: string) => (name === 'lab' ? key : undefined) };
  const engine = new Engine({ config, secrets, clock, log: { write: () => undefined } });
  try {
    await engine.load();
    return await engine.hindrance(true);
  } finally {
    await engine.close();
  }
}

describe('a session that cannot begin', () => {
  afterEach(endServers);

  it('names the configured server that is down and its error, and does not ask for a key', async () => {
    const baseUrl = (await refusedUrls()).ollama;
    const found = await hindrance({ providers: { studio: { kind: 'ollama', baseUrl, local: true } } });
    assert.equal(found?.reason, 'no-provider');
    const [down] = found.reason === 'no-provider' ? found.down : [];
    assert.equal(down?.label, 'studio');
    assert.match(down?.message ?? '', /refused|connect/i);
  });

  it('names the provider to which no route leads, and the model whose price is unknown, before a plan is asked for', async () => {
    const { urls } = await serve();
    const lab = { kind: 'openai-compatible' as const, baseUrl: urls['openai-compatible'] };
    assert.deepEqual(await hindrance({ providers: { lab } }, 'key-of-lab'), { reason: 'no-route', providers: ['lab'] });
    const models = [{ id: 'own-model' }];
    assert.deepEqual(await hindrance({ providers: { lab: { ...lab, models } } }, 'key-of-lab'), {
      reason: 'no-price',
      model: 'lab/own-model',
    });
    assert.equal(await hindrance({ providers: { lab: { ...lab, models, free: true } } }, 'key-of-lab'), undefined);
  });
});

describe('a model that is being connected', () => {
  afterEach(endServers);
  const signal = new AbortController().signal;

  it('is listed with whether its price is known, and tried with a call of a tool', async () => {
    const { urls } = await serve({ answer: callsItsTool });
    const candidate = {
      name: 'lab',
      entry: { kind: 'openai-compatible' as const, baseUrl: urls['openai-compatible'] },
      key: 'key-of-lab',
    };
    const listed = await listModels(candidate, clock, signal);
    assert.ok(listed.ok && listed.models.length > 0);
    assert.deepEqual([...new Set(listed.models.map(({ priced }) => priced))], [false]);
    assert.deepEqual(await tryModel(candidate, listed.models[0]?.id ?? '', clock, signal), { ok: true });
  });

  it('is said to call no tool when it answers in words, and to be refused when it is', async () => {
    const { urls } = await serve({ answer: () => ({ text: 'Ready when you are.' }), keys: ['right-key'] });
    const candidate = (key: string) => ({
      name: 'lab',
      entry: { kind: 'openai-compatible' as const, baseUrl: urls['openai-compatible'] },
      key,
    });
    assert.deepEqual(await tryModel(candidate('right-key'), 'deepseek-chat', clock, signal), {
      ok: false,
      error: 'no-tool-call',
      said: 'Ready when you are.',
    });
    assert.equal((await listModels(candidate('wrong-key'), clock, signal)).ok, false);
  });
});
