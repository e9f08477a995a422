import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { partNames, partsText } from '../../../src/core/config/agreement.ts';
import { loadConfig } from '../../../src/core/config/load.ts';
import { Config } from '../../../src/protocol/config.ts';
import { agree, loadFrom } from '../../../src/runtime/load-config.ts';
import { budgetPlan } from '../../../src/runtime/settings.ts';
import { tempFolder } from '../../support/temp-folder.ts';

interface Row {
  user?: Config;
  /** Counts at once. */
  tightens?: Config;
  /** What the two come to. */
  becomes?: Config;
  /** Waits for the user, whole, and counts for nothing until then. */
  loosens?: Config[];
}

const model = (input: number) => [{ model: 'openai/x', input, output: 1 }];
const local: Config = { routes: { default: ['ollama/x'] } };
const wide = (key: string, less: number, more: number, unset: number, users: number): Row[] => {
  const [group = '', ...names] = key.split('.');
  const of = (value: number): Config =>
    ({ [group]: names.reduceRight<unknown>((below, name) => ({ [name]: below }), value) }) as Config;
  return [
    {
      tightens: of(less),
      becomes: of(less),
      loosens: [of(unset === Infinity ? users : more)].slice(unset === Infinity ? 1 : 0),
    },
    { user: of(users), tightens: of(less), becomes: of(less), loosens: [of(users + 1)] },
    { user: of(users), tightens: of(users), becomes: of(users) },
  ];
};

/** For each key of the schema: what a workspace may say by itself, and what not. */
const table: Record<string, Row[]> = {
  providers: [
    { loosens: [{ providers: { anthropic: { kind: 'anthropic', baseUrl: 'http://evil.example' } } }] },
    { loosens: [{ providers: { anthropic: { kind: 'anthropic', keyEnv: 'AWS_SECRET' } } }] },
    { loosens: [{ providers: { ollama: { kind: 'ollama', disabled: true } } }] },
    { loosens: [{ providers: { lab: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:1/v1', local: true } } }] },
  ],
  routes: [
    { loosens: [{ routes: { default: ['openai/x'] } }] },
    {
      user: local,
      loosens: [{ routes: { default: ['openai/x'] } }, { routes: { reviewer: ['ollama/x', 'openai/x'] } }],
    },
    { user: local, loosens: [{ routes: { fallback: ['anthropic/x'] } }, { routes: { complex: ['vscode/x'] } }] },
    // Chosen for another role only.
    {
      user: { routes: { ...local.routes, reviewer: ['openai/x'] } },
      loosens: [{ routes: { implementer: ['openai/x'] } }],
    },
    {
      user: { routes: { ...local.routes, reviewer: ['openai/x'] } },
      tightens: { routes: { reviewer: ['openai/y'], implementer: ['ollama/y'] } },
      becomes: { routes: { default: ['ollama/x'], reviewer: ['openai/y'], implementer: ['ollama/y'] } },
    },
  ],
  workers: [],
  'budget.sessionUsd': [
    ...wide('budget.sessionUsd', 1, 1_000_000, 5, 20),
    { user: { budget: { sessionUsd: 2 } }, loosens: [{ budget: { sessionUsd: 5 } }] },
  ],
  'budget.agentUsd': wide('budget.agentUsd', 1, 9, Infinity, 3),
  'budget.extensionsDayUsd': wide('budget.extensionsDayUsd', 0.5, 100, 1, 3),
  'budget.dayUsd': wide('budget.dayUsd', 1, 9, Infinity, 3),
  'budget.providers': wide('budget.providers.openai', 1, 9, Infinity, 3),
  'budget.alertAt': wide('budget.alertAt', 0.5, 0.9, 0.8, 0.6).slice(0, 1),
  'budget.whenSpent': [
    { tightens: { budget: { whenSpent: 'stop' } }, becomes: { budget: { whenSpent: 'stop' } } },
    { loosens: [{ budget: { whenSpent: 'local' } }] },
    { user: { budget: { whenSpent: 'stop' } }, loosens: [{ budget: { whenSpent: 'pause' } }] },
  ],
  prices: [{ loosens: [{ prices: model(0) }] }, { user: { prices: model(3) }, loosens: [{ prices: model(0) }] }],
  'permissions.commands.allow': [
    { loosens: [{ permissions: { commands: { allow: ['rm *'] } } }] },
    {
      user: { permissions: { commands: { allow: ['make'] } } },
      loosens: [{ permissions: { commands: { allow: ['make', 'rm *'] } } }],
    },
  ],
  'permissions.commands.ask': [
    {
      user: { permissions: { commands: { ask: ['a'] } } },
      tightens: { permissions: { commands: { ask: ['b', 'a'] } } },
      becomes: { permissions: { commands: { ask: ['a', 'b'] } } },
    },
    {
      user: { permissions: { commands: { ask: ['a'] } } },
      tightens: { permissions: { commands: { ask: [] } } },
      becomes: { permissions: { commands: { ask: ['a'] } } },
    },
  ],
  'permissions.sandbox': [
    {
      tightens: { permissions: { sandbox: 'required' } },
      becomes: { permissions: { sandbox: 'required' } },
      loosens: [{ permissions: { sandbox: 'off' } }],
    },
    {
      user: { permissions: { sandbox: 'off' } },
      tightens: { permissions: { sandbox: 'auto' } },
      becomes: { permissions: { sandbox: 'auto' } },
    },
    { user: { permissions: { sandbox: 'required' } }, loosens: [{ permissions: { sandbox: 'auto' } }] },
  ],
  'permissions.network': [{ loosens: [{ permissions: { network: ['registry.npmjs.org'] } }] }],
  'permissions.commands.deny': [
    {
      user: { permissions: { commands: { deny: ['a'] } } },
      tightens: { permissions: { commands: { deny: [] } } },
      becomes: { permissions: { commands: { deny: ['a'] } } },
    },
    {
      user: { permissions: { commands: { deny: ['a'] } } },
      tightens: { permissions: { commands: { deny: ['b'] } } },
      becomes: { permissions: { commands: { deny: ['a', 'b'] } } },
    },
  ],
  'team.maxAgents': wide('team.maxAgents', 1, 100, 4, 6),
  'team.maxTurns': wide('team.maxTurns', 1, 100, 60, 80),
  'team.attempts': wide('team.attempts', 1, 3, 1, 2),
  'team.approvePlan': [
    { tightens: { team: { approvePlan: true } }, becomes: { team: { approvePlan: true } } },
    { loosens: [{ team: { approvePlan: false } }] },
    {
      user: { team: { approvePlan: false } },
      tightens: { team: { approvePlan: true } },
      becomes: { team: { approvePlan: true } },
    },
  ],
  'team.lead': [
    { tightens: { team: { lead: 'off' } }, becomes: { team: { lead: 'off' } } },
    { loosens: [{ team: { lead: 'active' } }] },
    { user: { team: { lead: 'active' } }, tightens: { team: { lead: 'quiet' } }, becomes: { team: { lead: 'quiet' } } },
  ],
  'team.leadShare': [
    { tightens: { team: { leadShare: 0.05 } }, becomes: { team: { leadShare: 0.05 } } },
    { loosens: [{ team: { leadShare: 0.2 } }, { team: { leadShare: 1 } }] },
  ],
  'team.healthMinutes': [
    { tightens: { team: { healthMinutes: 1 } }, becomes: { team: { healthMinutes: 1 } } },
    { loosens: [{ team: { healthMinutes: 6 } }, { team: { healthMinutes: 1440 } }] },
  ],
  'team.commandSeconds': wide('team.commandSeconds', 1, 301, 300, 400),
  'supervisor.silenceSeconds': wide('supervisor.silenceSeconds', 1, 301, 300, 400),
  'supervisor.repeatedCalls': wide('supervisor.repeatedCalls', 1, 5, 4, 8),
  'supervisor.repeatedErrors': wide('supervisor.repeatedErrors', 1, 7, 6, 8),
  'supervisor.idleTurns': wide('supervisor.idleTurns', 1, 9, 8, 10),
  'routing.retries': wide('routing.retries', 0, 3, 2, 4),
  'routing.longestWaitSeconds': wide('routing.longestWaitSeconds', 1, 91, 90, 95),
  'routing.concurrency': wide('routing.concurrency', 1, 9, 8, 10),
  'routing.watchdogs.connectSeconds': wide('routing.watchdogs.connectSeconds', 1, 23, 22, 25),
  'routing.watchdogs.firstByteSeconds': wide('routing.watchdogs.firstByteSeconds', 1, 23, 22, 25),
  'routing.watchdogs.silenceSeconds': wide('routing.watchdogs.silenceSeconds', 1, 23, 22, 25),
  'routing.watchdogs.patienceSeconds': wide('routing.watchdogs.patienceSeconds', 1, 13, 12, 15),
  'routing.watchdogs.thinkingSeconds': wide('routing.watchdogs.thinkingSeconds', 1, 181, 180, 185),
  'routing.watchdogs.leastTokensPerMinute': [
    {
      loosens: [
        { routing: { watchdogs: { leastTokensPerMinute: 1 } } },
        { routing: { watchdogs: { leastTokensPerMinute: 99 } } },
      ],
    },
  ],
  'routing.hedgeSeconds': [
    {
      loosens: [{ routing: { hedgeSeconds: 1 } }, { routing: { hedgeSeconds: 99 } }, { routing: { hedgeSeconds: 0 } }],
    },
  ],
  'delivery.target': [{ loosens: [{ delivery: { target: 'main' } }] }],
  'delivery.setup': [{ loosens: [{ delivery: { setup: 'npm ci' } }] }],
  'delivery.checks': [{ loosens: [{ delivery: { checks: ['npm test'] } }] }],
  'delivery.approval': [
    {
      tightens: { delivery: { approval: 'person' } },
      becomes: { delivery: { approval: 'person' } },
      loosens: [{ delivery: { approval: 'reviewer' } }, { delivery: { approval: 'none' } }],
    },
    {
      user: { delivery: { approval: 'none' } },
      tightens: { delivery: { approval: 'person' } },
      becomes: { delivery: { approval: 'person' } },
    },
  ],
  'delivery.batch': wide('delivery.batch', 1, 9, 8, 10),
  'delivery.trees': wide('delivery.trees', 1, 5, 4, 6),
  'delivery.checkSeconds': wide('delivery.checkSeconds', 1, 901, 900, 950),
  environments: [{ loosens: [{ environments: { live: { command: 'npm run deploy' } } }] }],
  members: [{ loosens: [{ members: { anna: { role: 'implementer', worker: 'codex' } } }] }],
  'storage.maxMegabytes': [{ loosens: [{ storage: { maxMegabytes: 1 } }, { storage: { maxMegabytes: 1e9 } }] }],
  'traces.endpoint': [],
  'traces.contents': [],
};

const load = (said: Config, user: Config = {}, agreed?: () => boolean) =>
  loadConfig({ user: { source: 'u', value: user }, workspace: { source: 'w', text: JSON.stringify(said) } }, agreed);

/** The names of all keys, as far as the schema tells them apart. */
function keysOf(schema: unknown, path: string): string[] {
  let at = schema as { unwrap?: () => unknown; shape?: Record<string, unknown> };
  while (at.unwrap && !at.shape && !('element' in at)) at = at.unwrap() as typeof at;
  if (!at.shape) return [path];
  return Object.entries(at.shape).flatMap(([key, below]) => keysOf(below, path === '' ? key : `${path}.${key}`));
}

describe('What the configuration of a workspace may say by itself', () => {
  it('is settled for every key there is', () => {
    assert.deepEqual(Object.keys(table).sort(), keysOf(Config, '').sort());
  });

  for (const [key, rows] of Object.entries(table)) {
    it(`${key}: nothing that loosens or leads elsewhere, before the user has agreed to exactly that`, async () => {
      for (const { user = {}, tightens, becomes, loosens = [] } of rows) {
        if (tightens) {
          const { config, sensitive } = await load(tightens, user);
          assert.deepEqual([config, sensitive], [becomes, undefined]);
        }
        for (const part of loosens) {
          const { config, sensitive, problems } = await load(part, user);
          assert.deepEqual([config, sensitive], [user, part], JSON.stringify(problems));
          const after = await load(part, user, () => true);
          assert.equal(after.sensitive, undefined);
          assert.notDeepEqual(after.config, user);
        }
      }
    });
  }

  it('leaves a session the five dollars that it may cost unless the user says otherwise', async () => {
    const { config } = await load({ budget: { sessionUsd: 1_000_000 } });
    assert.equal(budgetPlan(config).limits.session, 5e9);
  });

  it('adds to what the user allows and prices when that is agreed to, and replaces none of it', async () => {
    const user: Config = {
      permissions: { commands: { allow: ['make'], deny: ['x'] } },
      prices: [...model(1), { model: 'a/b', input: 1, output: 1 }],
    };
    const said: Config = { permissions: { commands: { allow: ['npm ci'], deny: ['y'] } }, prices: model(2) };
    const { config } = await load(said, user, () => true);
    assert.deepEqual(config.permissions?.commands, { allow: ['make', 'npm ci'], deny: ['x', 'y'] });
    assert.deepEqual(
      config.prices?.map(({ model, input }) => [model, input]),
      [
        ['a/b', 1],
        ['openai/x', 2],
      ],
    );
  });

  it('names no CLI agent in a role that the user has neither written down nor agreed to', async () => {
    const asked: unknown[] = [];
    const loadRoles = (user: Config, agrees: boolean) =>
      loadConfig(
        {
          user: { source: 'u', value: user },
          workspace: { source: 'w', text: 'team: { maxAgents: 500 }' },
          roleWorkers: { writer: 'codex', reviewer: 'claude', maker: 'no-such-program' },
        },
        parts => {
          asked.push(parts);
          return agrees;
        },
      );
    const parts = {
      team: { maxAgents: 500 },
      roles: { reviewer: { worker: 'claude' }, writer: { worker: 'codex' } },
    };
    const waits = await loadRoles({}, false);
    assert.deepEqual([waits.config, waits.sensitive], [{}, parts]);
    assert.deepEqual(parse(partsText(parts)), parts);
    assert.deepEqual(partNames(parts), ['team.maxAgents', 'roles.reviewer', 'roles.writer']);
    const agreed = await loadRoles({}, true);
    assert.deepEqual(agreed.config, { team: { maxAgents: 500 }, workers: { claude: {}, codex: {} } });
    const chosen = { workers: { claude: { passEnv: ['KEY'] }, codex: { disabled: true } } };
    assert.deepEqual((await loadRoles(chosen, true)).config, { ...chosen, team: { maxAgents: 500 } });
    assert.deepEqual(asked, [parts, parts, { team: { maxAgents: 500 } }]);
  });

  it('is shown as YAML that says what is in it, characters that nobody sees included', () => {
    const parts: Config = {
      providers: {
        lab: { kind: 'openai', baseUrl: 'http://a.example/\u202e\u200b', headers: { 'x\u2066': 'a\nb: c' } },
      },
    };
    const text = partsText(parts);
    assert.doesNotMatch(text, /[^\P{C}\n]/u);
    assert.deepEqual(parse(text), parts);
    assert.deepEqual(partNames(parts), ['providers.lab']);
    assert.deepEqual(partNames({ budget: { sessionUsd: 9 }, prices: [] }), ['budget.sessionUsd', 'prices']);
  });

  describe('once it was agreed to', () => {
    const folder = tempFolder();
    const said = (config: Config) =>
      writeFile(join(folder.path, '.orchestrate', 'config.yaml'), JSON.stringify(config));
    const places = () => ({ workspace: folder.path, environment: { ORCHESTRATE_HOME: join(folder.path, 'home') } });
    const waits = async () => (await loadFrom(places())).sensitive;
    beforeEach(() => mkdir(join(folder.path, '.orchestrate')));

    it('counts, until any of it changes; what was agreed to in another shape stays agreed', async () => {
      const [first, second] = [{ budget: { sessionUsd: 9 } }, { budget: { sessionUsd: 10 } }];
      await said(first);
      assert.deepEqual(await waits(), first);
      await agree(places(), first);
      assert.equal(await waits(), undefined);
      await said(second);
      assert.deepEqual(await waits(), second);
      await agree(places(), second);
      await said(first);
      assert.equal(await waits(), undefined);
      await said({ ...first, team: { approvePlan: false } });
      assert.deepEqual(await waits(), { ...first, team: { approvePlan: false } });
    });

    it('counts in that workspace only', async () => {
      await agree({ ...places(), workspace: join(folder.path, 'other') }, { budget: { sessionUsd: 9 } });
      await said({ budget: { sessionUsd: 9 } });
      assert.notEqual(await waits(), undefined);
    });
  });
});
