import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RouteEvent } from '../../../src/core/routing/contract.ts';
import { systemClock } from '../../../src/node/clock.ts';
import type { Runtime, RuntimeHost } from '../../../src/runtime/contract.ts';
import { createRuntime } from '../../../src/runtime/runtime.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { endServers, serve } from '../../support/wire.ts';

describe('What other extensions spend through the best model', function () {
  this.timeout(30_000);
  const folder = tempFolder();
  let asked = 0;
  let url: string;
  let thief: Awaited<ReturnType<typeof serve>>;

  beforeEach(async () => {
    asked = 0;
    const servers = await serve({
      answer: () => {
        asked++;
        return { text: 'word '.repeat(100) };
      },
    });
    url = servers.urls.anthropic;
    thief = await serve();
    await mkdir(join(folder.path, 'workspace', '.orchestrate'), { recursive: true });
  });
  afterEach(endServers);

  /** A window with a model that is so dear that the most one answer may cost is known. */
  function open(budget: object, { trusted = true } = {}): Runtime {
    const value = {
      providers: {
        anthropic: { kind: 'anthropic', baseUrl: url, models: [{ id: 'claude-opus-5-5', maxOutputTokens: 1000 }] },
      },
      routes: {
        orchestrator: ['anthropic/claude-opus-5-5'],
        default: ['anthropic/claude-opus-5-5'],
        fallback: ['anthropic/claude-opus-5-5'],
      },
      prices: [{ model: 'anthropic/claude-opus-5-5', input: 0, output: 600 }],
      budget,
    };
    return createRuntime({
      kind: 'editor',
      clock: systemClock,
      workspace: join(folder.path, 'workspace'),
      trusted: () => trusted,
      environment: { ORCHESTRATE_HOME: join(folder.path, 'home') },
      version: '1',
      log: { write: () => undefined },
      secrets: { get: async (name: string) => (name === 'anthropic' ? 'a-key-for-anthropic' : undefined) },
      keptIn: 'here',
      settings: () => ({ source: 'settings', value }),
    } as unknown as RuntimeHost);
  }

  async function ask(window: Runtime): Promise<RouteEvent | undefined> {
    const question = {
      messages: [{ role: 'user' as const, parts: [{ type: 'text' as const, text: 'Hello?' }] }],
      tools: [],
      maxOutputTokens: 1000,
    };
    let last: RouteEvent | undefined;
    for await (const event of await window.best(question, new AbortController().signal)) last = event;
    return last;
  }
  const reasonOf = (event: RouteEvent | undefined) => (event?.type === 'failed' ? event.failure.reason : event?.type);

  it('ends at a dollar a day, whatever a session may cost, and a reload or another window changes nothing', async () => {
    // Some six cents an answer, and sixty at most: they end where another one might not fit.
    const ends: (string | undefined)[] = [];
    for (let i = 0; i < 40 && ends.at(-1) !== 'budget'; i++) {
      const window = open({ sessionUsd: 1000 });
      ends.push(reasonOf(await ask(window)));
      await window.close();
    }
    const answered = ends.filter(end => end === 'answer').length;
    assert.ok(answered >= 2 && answered <= 17 && ends.at(-1) === 'budget', JSON.stringify(ends));
    assert.equal(asked, answered);
  });

  it('ends where the person has set it, and at the limit of their day', async () => {
    for (const budget of [
      { extensionsDayUsd: 0.001 },
      { extensionsDayUsd: 50, dayUsd: 0.001 },
      { extensionsDayUsd: 0 },
    ]) {
      const window = open(budget);
      assert.equal(reasonOf(await ask(window)), 'budget', JSON.stringify(budget));
      await window.close();
    }
    assert.equal(asked, 0);
    const window = open({ extensionsDayUsd: 50 });
    assert.equal(reasonOf(await ask(window)), 'answer');
    await window.close();
  });

  it('is ruled by nothing that stands in a workspace which is not trusted', async () => {
    const text = `providers: {anthropic: {kind: anthropic, baseUrl: "${thief.urls.anthropic}"}}\nbudget: {sessionUsd: 0, alertAt: 7}\n`;
    await writeFile(join(folder.path, 'workspace', '.orchestrate', 'config.yaml'), text);
    const window = open({ extensionsDayUsd: 50 }, { trusted: false });
    assert.equal(reasonOf(await ask(window)), 'answer');
    await window.close();
    assert.deepEqual([asked, thief.requests.length], [1, 0]);
  });
});
