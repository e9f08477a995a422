import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { systemClock } from '../../src/node/clock.ts';
import { NodeWorkspace } from '../../src/node/workspace.ts';
import type { JournalEvent } from '../../src/protocol/events.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { diligent } from '../support/fault-lab.ts';
import { models } from '../support/providers.ts';
import { until } from '../support/until.ts';
import { endServers, serve } from '../support/wire.ts';

describe('A session whose money is spent', () => {
  let folder: string;
  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'orchestrate-')));
  });
  after(async () => {
    await endServers();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('waits for the person, and goes on to its end with what costs nothing when they choose that', async () => {
    const { urls } = await serve({ answer: diligent });
    const [workspace, home] = [join(folder, 'workspace'), join(folder, 'home')];
    for (const each of [workspace, home]) await mkdir(each);
    const paid = `paid/${models['openai-compatible']}`;
    const config = {
      providers: {
        paid: { kind: 'openai-compatible', baseUrl: urls['openai-compatible'] },
        home: { kind: 'ollama', baseUrl: urls.ollama, free: true },
      },
      routes: { default: [paid] },
      // A plan and a turn fit, and not all turns.
      prices: [{ model: paid, input: 20, output: 1 }],
      budget: { sessionUsd: 0.25 },
      team: { approvePlan: false },
      permissions: { sandbox: 'off' },
    };
    await writeFile(join(home, 'config.yaml'), stringify(config));
    const runtime = createRuntime({
      kind: 'editor',
      clock: systemClock,
      workspace,
      trusted: () => true,
      environment: { ORCHESTRATE_HOME: home, ORCHESTRATE_API_KEY_PAID: 'any-key' },
      version: '1',
      log: { write: () => undefined },
      files: async () => new NodeWorkspace(workspace),
      present: () => true,
    });
    try {
      const started = await runtime.start({ kind: 'new', goal: 'Do it' });
      assert.ok(started.ok);
      const { session } = started;
      const { state } = session.journal;
      const events: JournalEvent[] = [];
      session.journal.subscribe(event => events.push(event));
      await until(() => state.status === 'paused');
      const spent = events.findLast(event => event.type === 'budget-spent');
      assert.deepEqual([spent?.action, spent?.free], ['pause', true], 'that there are free ones is known');
      const before = state.tally.cost;
      const asked = events.length;
      assert.equal((await session.request({ kind: 'go-local' })).ok, true);
      assert.equal(await session.done, 'completed');
      const later = events
        .slice(asked)
        .flatMap(event => (event.type === 'call-intent' ? [event.model.split('/')[0]] : []));
      assert.deepEqual([...new Set(later)], ['home']);
      assert.equal(state.tally.cost, before, 'which costs nothing more');
    } finally {
      await runtime.close();
    }
  }).timeout(60_000);
});
