import assert from 'node:assert/strict';
import { systemClock as clock } from '../../../src/node/clock.ts';
import type { Config } from '../../../src/protocol/config.ts';
import { Engine } from '../../../src/runtime/engine.ts';

const providers: Config['providers'] = {
  lab: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', local: true, models: [{ id: 'coder' }] },
  ollama: { kind: 'ollama', disabled: true },
};

async function routesWith(routes: Config['routes']) {
  const secrets = { get: async (name: string) => (name === 'anthropic' ? 'a-key' : undefined) };
  const engine = new Engine({ config: { providers, routes }, secrets, clock, log: { write() {} } });
  await engine.load();
  try {
    return engine.routes();
  } finally {
    await engine.close();
  }
}

const role = (name: string) => ({ name, description: '', instructions: '' });

describe('the routes of a configuration', () => {
  it('never lead from a local default to a vendor that has a key and is not named', async () => {
    const routes = await routesWith({ default: ['lab/coder'] });
    for (const name of ['orchestrator', 'implementer', 'reviewer'])
      assert.deepEqual(routes.of(role(name)), ['lab/coder']);
    assert.deepEqual(routes.all(), ['lab/coder']);
  });

  it('lead there where a fallback says so', async () => {
    const routes = await routesWith({ default: ['lab/coder'], fallback: ['anthropic/claude-haiku-5-5'] });
    assert.deepEqual(routes.of(role('implementer')), ['lab/coder', 'anthropic/claude-haiku-5-5']);
  });

  it('hold for a role file, too: it comes with the workspace, and chooses among those that they lead to', async () => {
    const own = { ...role('implementer'), route: ['anthropic/claude-haiku-5-5', 'lab/other'] };
    assert.deepEqual((await routesWith({ default: ['lab/coder'] })).of(own), ['lab/other', 'lab/coder']);
    const open = await routesWith({ default: ['lab/coder'], fallback: ['anthropic/claude-opus-5-5'] });
    assert.deepEqual(open.of(own).slice(0, 2), ['anthropic/claude-haiku-5-5', 'lab/other']);
  });

  it('lead over all that can be used where the default costs something anyway', async () => {
    const routes = await routesWith({ default: ['anthropic/claude-haiku-5-5'] });
    const route = routes.of(role('implementer'));
    assert.equal(route[0], 'anthropic/claude-haiku-5-5');
    assert.ok(route.includes('lab/coder') && route.length > 2);
  });
});
