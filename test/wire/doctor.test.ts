import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnosis } from '../../src/core/doctor/doctor.ts';
import { systemClock } from '../../src/node/clock.ts';
import type { Config, ProviderEntry } from '../../src/protocol/config.ts';
import { refusedUrls } from '../../src/rehearsal/wire/server.ts';
import type { WireOptions } from '../../src/rehearsal/wire/types.ts';
import { diagnose } from '../../src/runtime/diagnose.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { codeOf, program, terminalLab } from '../support/terminal-lab.ts';
import { callsItsTool } from '../support/tool-caller.ts';
import { endServers, serve } from '../support/wire.ts';

const secrets = { get: async (name: string) => (name === 'ollama' || name === 'nokey' ? undefined : `key-of-${name}`) };

async function check(options: Partial<WireOptions>, change: (config: Config) => void = () => undefined) {
  const servers = await serve({ answer: callsItsTool, ...options });
  const config: Config = {
    providers: {
      anthropic: { kind: 'anthropic', baseUrl: servers.urls.anthropic },
      openai: { kind: 'openai', baseUrl: servers.urls.openai },
      google: { kind: 'google', baseUrl: servers.urls.google },
      lab: {
        kind: 'openai-compatible',
        baseUrl: servers.urls['openai-compatible'],
        models: [{ id: 'deepseek-chat' }],
        free: true,
      },
      ollama: { kind: 'ollama', baseUrl: servers.urls.ollama, local: true },
    },
  };
  change(config);
  const found = await diagnose(config, secrets, () => undefined, systemClock, AbortSignal.timeout(20_000));
  return new Map<string, Diagnosis>(found.map(each => [each.provider, each]));
}

describe('The doctor', () => {
  const temp = tempFolder();
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

  it('does not say "works" of a server to which no route leads, or whose price is unknown, where a session would fail', async () => {
    const lab = (change: (entry: ProviderEntry, config: Config) => void) =>
      check({}, config => {
        const entry = config.providers?.lab as ProviderEntry;
        delete entry.models;
        delete entry.free;
        change(entry, config);
      }).then(found => found.get('lab') as Diagnosis);
    const unrouted = await lab(() => undefined);
    assert.deepEqual([unrouted.ok, unrouted.step, unrouted.error], [false, 'route', 'no-route']);
    assert.match(unrouted.advice ?? '', /orchestrate\.providers.*"models"/);
    for (const name of [
      (entry: ProviderEntry) => {
        entry.models = [{ id: 'own-model' }];
      },
      (_: ProviderEntry, config: Config) => {
        config.routes = { reviewer: ['lab/own-model'] };
      },
    ]) {
      const unpriced = await lab(name);
      assert.deepEqual([unpriced.ok, unpriced.step, unpriced.error], [false, 'price', 'no-price']);
      assert.match(unpriced.advice ?? '', /orchestrate\.prices.*lab\/own-model/);
    }
    const priced = await lab((entry, config) => {
      entry.models = [{ id: 'deepseek-chat' }];
      config.prices = [{ model: 'lab/deepseek-chat', input: 1, output: 2 }];
    });
    assert.equal(priced.ok, true);
  });

  it('does not say "works" of a model that answers and calls no tool', async () => {
    const found = await check({ answer: () => ({ text: 'OK, I am ready.' }) });
    const { ok, error, message } = found.get('lab') as Diagnosis;
    assert.deepEqual([ok, error], [false, 'no-tool-call']);
    assert.match(message ?? '', /called no tool: "OK, I am ready\."/);
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

  it('says in which browser agents look at pages, or that there is none, and what to do', async () => {
    const lab = await terminalLab(temp.path, callsItsTool);
    const browser = join(temp.path, 'browser');
    await writeFile(browser, '#!/bin/sh\necho Chromium 147.0\n');
    await chmod(browser, 0o755);
    const doctor = async (ORCHESTRATE_BROWSER: string) => {
      const env = { ...lab.env, ORCHESTRATE_BROWSER };
      const child = spawn(process.execPath, [program, 'doctor'], { cwd: lab.workspace, env });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', part => {
          said += part;
        });
      await codeOf(child);
      return said;
    };
    const found = await doctor(browser);
    assert.ok(found.includes(`✔ Browser: Chromium 147.0 (${browser}), in which agents look at pages.`), found);
    assert.doesNotMatch(found, /is not known/);
    const none = await doctor(join(temp.path, 'nowhere'));
    assert.match(
      none,
      /– Browser: no Chrome, Chromium or Edge found, .*Install one, or name it in ORCHESTRATE_BROWSER/,
    );
  }).timeout(120_000);
});
