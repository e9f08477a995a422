import assert from 'node:assert/strict';
import type { Account } from '../../../src/core/config/accounts.ts';
import type { Diagnosis } from '../../../src/core/doctor/doctor.ts';
import { initialState, reduce } from '../../../src/core/session/reduce.ts';
import { type Checked, type Known, providerLines } from '../../../src/editor/providers/lines.ts';
import type { Event } from '../../../src/protocol/events.ts';

const NOW = 1_000_000;
const model = 'anthropic/claude-large';
const small = 'anthropic/claude-small';

const account = (name: string, more: Partial<Account> = {}): Account => ({
  name,
  label: name[0]?.toUpperCase() + name.slice(1),
  local: false,
  keyless: false,
  explicit: false,
  ...more,
});
const accounts = [
  account('anthropic', { keyFrom: 'this editor' }),
  account('openai'),
  account('proxy', { explicit: true }),
  account('ollama', { local: true, keyless: true }),
];

const call = (id: string, of: string): Event => ({
  type: 'call-intent',
  call: id,
  agent: 'a',
  turn: 1,
  attempt: 1,
  model: of,
});
const answered = (id: string, ms: number): Event => ({
  type: 'call-outcome',
  call: id,
  result: { ok: true, stop: 'end' },
  usage: { input: 100, output: 20 },
  cost: 5_000_000,
  ms,
});
const broke = (id: string, ms: number): Event => ({
  type: 'call-outcome',
  call: id,
  result: { ok: false, error: 'retryable', message: 'reset' },
  ms,
});

function session(events: Event[], rehearsal = false): NonNullable<Known['session']> {
  const state = initialState();
  state.rehearsal = rehearsal;
  for (const [index, event] of events.entries()) reduce(state, { v: 1, seq: index + 1, at: NOW - 1000, ...event });
  return { state, runs: true };
}

const lines = (known: Partial<Known> = {}) => providerLines({ accounts, checks: new Map(), now: NOW, ...known });
const find = (known: Partial<Known>, name: string) => lines(known).find(line => line.name === name);
const kind = (known: Partial<Known>, name = 'anthropic') => find(known, name)?.condition.kind;

const checked = (provider: string, found: Partial<Diagnosis>, at = NOW): ReadonlyMap<string, Checked> =>
  new Map([[provider, { at, diagnosis: { provider, label: provider, ok: false, step: 'models', ...found } }]]);

describe('the rows of the Providers view', () => {
  it('are the providers that have a key or are written down, not all that are known', () => {
    assert.deepEqual(
      lines().map(({ name }) => name),
      ['anthropic', 'proxy'],
    );
    assert.deepEqual(providerLines({ accounts: [account('openai')], checks: new Map(), now: NOW }), []);
  });

  it('show one that was found by a check or used by the session, too', () => {
    assert.equal(kind({ checks: checked('ollama', { ok: true }) }, 'ollama'), 'ready');
    assert.equal(find({ checks: checked('ollama', { ok: true }) }, 'ollama')?.local, true);
    assert.equal(kind({ session: session([call('1', 'openai/gpt'), answered('1', 900)]) }, 'openai'), 'no-key');
    const editor = find({ session: session([call('1', 'vscode/gpt'), answered('1', 900)]) }, 'vscode');
    assert.equal(editor?.condition.kind, 'ready');
    assert.equal(editor?.account, undefined);
  });

  it('say that a key is missing, and that nobody has asked yet', () => {
    assert.equal(kind({}, 'proxy'), 'no-key');
    assert.equal(kind({}), 'unasked');
  });

  it('measure nothing where nothing was called, and count a call only when it has ended', () => {
    const none = find({}, 'anthropic');
    assert.deepEqual([none?.tally, none?.meanMs, none?.success], [undefined, undefined, undefined]);
    const [open] = find({ session: session([call('1', model)]) }, 'anthropic')?.models ?? [];
    assert.deepEqual([open?.meanMs, open?.success], [undefined, undefined]);
    assert.equal(kind({ session: session([call('1', model)]) }), 'unasked');
  });

  it('measure latency, success, tokens, cost and switches of each model, and of the provider over them', () => {
    const switched: Event = {
      type: 'failover',
      agent: 'a',
      from: small,
      to: model,
      error: 'retryable',
      reason: 'reset',
    };
    const calls = [call('1', model), answered('1', 2000), call('2', small), broke('2', 1000), switched];
    const line = find({ session: session(calls) }, 'anthropic');
    assert.deepEqual([line?.meanMs, line?.success, line?.switchesAway, line?.condition.kind], [1500, 0.5, 1, 'ready']);
    const [large, little] = line?.models ?? [];
    assert.deepEqual([large?.model, large?.meanMs, large?.success, large?.switchesAway], [model, 2000, 1, 0]);
    assert.deepEqual([little?.model, little?.meanMs, little?.success, little?.switchesAway], [small, 1000, 0, 1]);
    assert.equal(large?.tally?.cost, 5_000_000);
    assert.equal(little?.tally?.unknownCost, 1);
  });

  it('say until when a model is parked, on its own row and on the provider’s, and forget it when the time has come', () => {
    const parked: Event = {
      type: 'route-parked',
      provider: 'anthropic',
      model: small,
      until: NOW + 60_000,
      error: 'rate-limit',
      reason: 'slow down',
    };
    const events = [call('1', model), answered('1', 10), call('2', small), answered('2', 10), parked];
    const line = find({ session: session(events) }, 'anthropic');
    assert.deepEqual(line?.condition, {
      kind: 'parked',
      model: small,
      until: NOW + 60_000,
      error: 'rate-limit',
      reason: 'slow down',
    });
    assert.deepEqual(
      line?.models.map(({ condition }) => condition?.kind),
      [undefined, 'parked'],
    );
    assert.equal(kind({ session: session(events), now: NOW + 60_001 }), 'ready');
  });

  it('show breakers while the session runs, and afterwards that it did not answer any more', () => {
    const events: Event[] = [
      call('1', model),
      answered('1', 10),
      { type: 'breaker', provider: 'anthropic', model, state: 'open' },
    ];
    const running = session(events);
    assert.equal(kind({ session: running }), 'open');
    assert.equal(kind({ session: { ...running, runs: false } }), 'failing');
    const trying = session([...events, { type: 'breaker', provider: 'anthropic', model, state: 'half-open' }]);
    assert.equal(kind({ session: trying }), 'half-open');
  });

  it('believe the later of a probe and a check', () => {
    const down: Event = { type: 'provider-health', provider: 'anthropic', ok: false, message: 'nobody there' };
    const events = [call('1', model), answered('1', 10), down];
    assert.equal(kind({ session: session(events) }), 'unreachable');
    assert.equal(kind({ session: session(events), checks: checked('anthropic', { ok: true }) }), 'ready');
    assert.equal(kind({ session: session(events), checks: checked('anthropic', { ok: true }, 1) }), 'unreachable');
  });

  it('tell what a check found', () => {
    const refused = find({ checks: checked('anthropic', { error: 'auth', advice: 'Make a new one.' }) }, 'anthropic');
    assert.deepEqual(refused?.condition, { kind: 'fault', error: 'auth', advice: 'Make a new one.' });
  });

  it('say that no call succeeded', () => {
    assert.equal(kind({ session: session([call('1', model), broke('1', 10)]) }), 'failing');
  });

  it('keep the scripted models of the demo apart from the accounts of the person', () => {
    const known = { session: session([call('1', model), answered('1', 10)], true) };
    const found = lines(known).filter(({ name }) => name === 'anthropic');
    assert.deepEqual(
      found.map(({ demo, account, models }) => [demo, account?.name, models.length]),
      [
        [true, undefined, 1],
        [false, 'anthropic', 0],
      ],
    );
    assert.notEqual(found[0]?.id, found[1]?.id);
  });
});
