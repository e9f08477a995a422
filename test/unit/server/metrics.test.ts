import assert from 'node:assert/strict';
import { initialState } from '../../../src/core/session/initial.ts';
import { reduce } from '../../../src/core/session/reduce.ts';
import type { Served } from '../../../src/server/api/served.ts';
import { metrics } from '../../../src/server/metrics.ts';
import { openMetrics } from '../../support/open-metrics.ts';

describe('Metrics', () => {
  const served = (workspace: string, runs: boolean) => {
    const state = initialState();
    const events = [
      {
        type: 'session-started',
        session: 's1',
        goal: 'a secret goal',
        version: '0',
        workspace: '/w',
        rehearsal: false,
        budget: { alertAt: 0.8 },
      },
      { type: 'agent-started', agent: 'a1', role: 'implementer', attempt: 1, route: ['openai/gpt'] },
      { type: 'call-intent', call: 'c1', agent: 'a1', model: 'openai/gpt', turn: 1, reserved: 0, attempt: 1 },
      {
        type: 'call-outcome',
        call: 'c1',
        agent: 'a1',
        model: 'openai/gpt',
        result: { ok: true, stop: 'end' },
        usage: { input: 10, output: 5 },
        cost: 2_000_000_000,
        ms: 1500,
      },
    ];
    for (const [i, event] of events.entries()) reduce(state, { v: 1, seq: i + 1, at: i, ...event } as never);
    const station = {
      items: new Map([
        ['q1', { status: 'waiting' }],
        ['q2', { status: 'waiting' }],
        ['q3', { status: 'done' }],
      ]),
      members: new Map([['ada', {}]]),
    };
    return {
      workspaces: [
        {
          name: workspace,
          host: {
            sessions: { sessions: [{ state, runs }] },
            runtime: { station: { read: async () => ({ state: station, owner: {} }) } },
          },
        },
      ],
    } as unknown as Served;
  };

  it('are OpenMetrics: sessions, agents, tokens, dollars, calls by provider and result, the queue, and how long calls took', async () => {
    const samples = openMetrics(await metrics(served('shop', true)));
    const at = 'workspace="shop",session="s1"';
    const model = `${at},provider="openai",model="gpt"`;
    assert.equal(samples.get('orchestrate_sessions{workspace="shop",runs="true"}'), '1');
    assert.equal(samples.get('orchestrate_queue_items{workspace="shop",status="waiting"}'), '2');
    assert.equal(samples.get('orchestrate_team_members{workspace="shop"}'), '1');
    assert.equal(samples.get(`orchestrate_cost_dollars_total{${model}}`), '2');
    assert.equal(samples.get(`orchestrate_tokens_total{${model},bucket="input"}`), '10');
    assert.equal(samples.get(`orchestrate_calls_total{${model},result="succeeded"}`), '1');
    assert.equal(samples.get(`orchestrate_call_duration_seconds_sum{${model}}`), '1.5');
    assert.ok([...samples.keys()].every(key => !key.includes('secret goal')));
  });

  it('stay whole whatever a workspace is called, and count only what runs', async () => {
    const samples = openMetrics(await metrics(served('a"b\\c\nd{}, 1', false)));
    assert.equal(samples.get('orchestrate_sessions{workspace="a\\"b\\\\c\\nd{}, 1",runs="false"}'), '1');
    assert.ok(![...samples.keys()].some(key => key.startsWith('orchestrate_calls')));
  });
});
