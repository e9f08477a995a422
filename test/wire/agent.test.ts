import assert from 'node:assert/strict';
import type { AgentHandle } from '../../src/core/agent/contract.ts';
import { Budget } from '../../src/core/routing/budget.ts';
import { Models } from '../../src/core/routing/models.ts';
import { ProviderPool } from '../../src/core/routing/pool.ts';
import { Prices } from '../../src/core/routing/prices.ts';
import { createRouter } from '../../src/core/routing/router.ts';
import { defaultRoutingSettings } from '../../src/core/routing/settings.ts';
import type { CanonicalRequest, ScriptedAnswer, Vendor } from '../../src/rehearsal/wire/types.ts';
import { AgentWorld } from '../support/agent-world.ts';
import { models, providerOf } from '../support/providers.ts';
import { endServers, serve, vendors } from '../support/wire.ts';

const files = { 'src/a.ts': 'one\n', 'src/b.ts': 'two\n' };
const refOf = (vendor: Vendor) => `${vendor}/${models[vendor]}`;

/** Everything an agent can do to a conversation: calls side by side, silence, talk, nonsense, and the end. */
const script: ScriptedAnswer[] = [
  {
    reasoning: 'Look first.',
    toolCalls: [
      { name: 'read_file', args: { path: 'src/a.ts' } },
      { name: 'read_file', args: { path: 'src/b.ts' } },
    ],
  },
  { text: '' },
  { text: 'Let me think about it.' },
  { text: 'Trying.', toolCalls: [{ name: 'no_such_tool', args: {} }, { name: 'list_files' }] },
  { toolCalls: [{ name: 'edit_file', args: { path: 'src/a.ts', edits: [{ old: 'one', new: '1' }] } }] },
  { toolCalls: [{ name: 'run_command', args: { command: 'npm test' } }] },
  { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }] },
];

/** A world whose router, providers and wire are real. */
async function worldOn(answer: (request: CanonicalRequest) => ScriptedAnswer) {
  const servers = await serve({ answer });
  const world = new AgentWorld([], { files, processes: () => ({ output: 'ok' }) });
  const { clock, journal } = world;
  const providers = new Map(
    vendors.map(vendor => [vendor as string, providerOf(servers.urls, vendor, { free: true })]),
  );
  const known = new Models();
  const pool = new ProviderPool({
    provider: name => providers.get(name),
    clock,
    settings: defaultRoutingSettings,
    models: known,
  });
  const router = createRouter({
    session: 's',
    pool,
    budget: new Budget({ session: 's', limits: {}, alertAt: 0.8, whenSpent: 'stop', journal }),
    prices: new Prices({ overrides: {}, load: async () => ({ vendor: () => undefined, find: () => undefined }) }),
    journal,
    newId: world.host.newId,
    log: { write() {} },
  });
  world.host.router = router;
  const close = () => {
    router.dispose();
    pool.dispose();
  };
  return { world, servers, close };
}

describe('an agent on the wire', function () {
  this.timeout(20_000);
  afterEach(endServers);

  for (const vendor of vendors) {
    it(`is understood by ${vendor}, whatever it says and does`, async () => {
      let turn = 0;
      const { world, servers, close } = await worldOn(() => script[turn++] ?? { text: 'Lost.' });
      const result = await world.run({ route: [refOf(vendor)] });
      close();
      assert.deepEqual(
        servers.requests.flatMap(request => request.refused ?? []),
        [],
      );
      assert.deepEqual(result, { outcome: 'finished', summary: 'Done.' });
      assert.equal(world.files.text('src/a.ts'), '1\n');
      assert.deepEqual(world.outcomes(), [
        'read_file: ok',
        'read_file: ok',
        'no_such_tool: unknown-tool',
        'list_files: ok',
        'edit_file: ok',
        'run_command: ok',
        'finish_task: ok',
      ]);
    });
  }

  it('goes on with its conversation when it is given to another vendor at every turn', async () => {
    // Silence is asked again on the same model first, so it would not move on.
    const spoken = script.filter(answer => answer.text !== '');
    let turn = 0;
    let handle: AgentHandle | undefined;
    const { world, servers, close } = await worldOn(() => {
      const next = vendors[(turn + 1) % vendors.length] ?? 'openai';
      handle?.reassign([refOf(next)]);
      handle?.nudge(`Now ${next}.`);
      return spoken[turn++] ?? { text: 'Lost.' };
    });
    handle = world.start({ route: [refOf(vendors[0] ?? 'openai')] });
    const result = await handle.done;
    close();
    assert.deepEqual(
      servers.requests.flatMap(request => request.refused ?? []),
      [],
    );
    assert.equal(result.outcome, 'finished');
    const asked = servers.requests.flatMap(request => (request.endpoint === 'generate' ? [request.vendor] : []));
    assert.deepEqual(asked.slice(0, 5), vendors);
  });
});
