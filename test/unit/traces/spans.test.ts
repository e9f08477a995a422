import assert from 'node:assert/strict';
import type { JournalEvent } from '../../../src/protocol/events.ts';
import type { Span } from '../../../src/runtime/traces/otlp.ts';
import { Spans } from '../../../src/runtime/traces/spans.ts';

let seq = 0;
const event = (type: JournalEvent['type'], more: object): JournalEvent =>
  ({ v: 1, seq: ++seq, at: seq * 1000, type, ...more }) as JournalEvent;

const begun = () => event('session-started', { session: 's1', goal: 'Paint it', rehearsal: false });
const agent = () => event('agent-started', { agent: 'painter-1', role: 'painter', attempt: 1, route: ['openai/gpt'] });
const call = (id: string) =>
  event('call-intent', { call: id, agent: 'painter-1', model: 'google/gemini', turn: 1, reserved: 0, attempt: 1 });
const tool = () =>
  event('tool-intent', {
    agent: 'painter-1',
    call: 'c',
    tool: 'read_file',
    effect: 'read',
    args: { path: 'secret.txt' },
  });

const all = (spans: Spans, events: JournalEvent[]) => events.flatMap(each => spans.take(each));
const named = (found: readonly Span[], name: string) => found.find(span => span.name === name);

describe('The spans of a session', () => {
  beforeEach(() => {
    seq = 0;
  });

  it('hold what was said only where the user asks for it', () => {
    const events = [
      begun(),
      agent(),
      tool(),
      event('tool-outcome', {
        agent: 'painter-1',
        call: 'c',
        ok: true,
        output: { text: 'of nobody’s business' },
        ms: 1,
      }),
      event('agent-ended', { agent: 'painter-1', outcome: 'completed', summary: 'Painted' }),
      event('session-ended', { outcome: 'completed', reason: '' }),
    ];
    const told = (contents: boolean) => all(new Spans('s1', contents, () => undefined), events);
    assert.doesNotMatch(JSON.stringify(told(false)), /secret|business|Paint/);
    const [read, painter, session] = told(true);
    assert.deepEqual(read?.attributes['gen_ai.tool.call.arguments'], '{"path":"secret.txt"}');
    assert.deepEqual(read?.attributes['gen_ai.tool.call.result'], 'of nobody’s business');
    assert.deepEqual(JSON.parse(String(painter?.attributes['gen_ai.output.messages'])), [
      { role: 'assistant', parts: [{ type: 'text', content: 'Painted' }] },
    ]);
    assert.match(String(session?.attributes['gen_ai.input.messages']), /Paint it/);
    assert.deepEqual([session?.failed, session?.begun, session?.ended], [false, 1000, 6000]);
  });

  it('say what a call cost and why it failed, with what came from the cache as input, and nothing that is unknown', () => {
    const spans = new Spans('s1', false, () => undefined);
    const usage = { input: 10, cacheRead: 90, output: 5 };
    const found = all(spans, [
      begun(),
      agent(),
      call('a'),
      event('call-outcome', { call: 'a', result: { ok: true, stop: 'tool-calls' }, usage, cost: 2_500_000, ms: 9 }),
      call('b'),
      event('call-outcome', {
        call: 'b',
        result: { ok: false, error: 'rate-limit', message: 'said', status: 429 },
        ms: 9,
      }),
    ]);
    const [well, wrong] = found.map(({ attributes }) => attributes);
    assert.equal(well?.['gen_ai.provider.name'], 'gcp.gemini');
    assert.equal(well?.['gen_ai.usage.input_tokens'], 100);
    assert.equal(well?.['gen_ai.usage.cache_read.input_tokens'], 90);
    assert.equal(well?.['orchestrate.cost_usd'], 0.0025);
    assert.deepEqual(well?.['gen_ai.response.finish_reasons'], ['tool_calls']);
    assert.equal(wrong?.['error.type'], 'rate-limit');
    assert.equal(wrong?.['http.response.status_code'], 429);
    assert.equal(wrong?.['gen_ai.usage.input_tokens'], undefined);
    assert.deepEqual(
      found.map(({ failed }) => failed),
      [false, true],
    );
  });

  it('of a session that is cut off and gone on with are one trace, in which nothing hangs in the air', () => {
    const first = new Spans('s1', false, () => undefined);
    const cut = [...all(first, [begun(), agent(), call('a')]), ...first.rest()];
    assert.deepEqual(
      cut.map(({ name, failed }) => [name, failed]),
      [
        ['invoke_agent painter', true],
        ['chat gemini', true],
        ['invoke_workflow orchestrate', true],
      ],
    );
    assert.deepEqual(first.rest(), []);
    const second = new Spans('s1', false, of => (of === 'painter-1' ? 'painter' : undefined));
    const more = all(second, [
      event('session-resumed', { pid: 1, host: 'terminal', version: '1' }),
      call('b'),
      event('call-outcome', { call: 'b', result: { ok: true, stop: 'end' }, ms: 9 }),
      event('session-ended', { outcome: 'aborted', reason: '' }),
    ]);
    const spans = [...cut, ...more];
    assert.equal(new Set(spans.map(({ trace }) => trace)).size, 1);
    assert.equal(new Set(spans.map(({ id }) => id)).size, spans.length);
    for (const { parent, name } of spans)
      assert.ok(
        parent === undefined ? name.startsWith('invoke_workflow') : spans.some(({ id }) => id === parent),
        name,
      );
    assert.equal(named(more, 'invoke_agent painter')?.attributes['gen_ai.agent.name'], 'painter');
    assert.equal(named(more, 'invoke_workflow orchestrate')?.attributes['error.type'], 'aborted');
  });
});
