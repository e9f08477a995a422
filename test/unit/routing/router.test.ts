import assert from 'node:assert/strict';
import { stage } from '../../support/router-stage.ts';

describe('the router walks the route', () => {
  it('hands on what the first model says and ends with its answer', async () => {
    const s = stage({ a: ['Hel', 'lo'], b: ['never'] });
    const { events, text, last } = await s.turn();
    assert.deepEqual(
      events.map(event => event.type),
      ['attempt', 'text', 'text', 'answer'],
    );
    assert.equal(text, 'Hello');
    assert.equal(last?.type === 'answer' && last.model, 'a/m');
    assert.equal(s.asked('b'), 0);
    assert.deepEqual(
      s.journal.events.map(event => event.type),
      ['call-intent', 'call-outcome'],
    );
  });

  it('goes on with the next model at once when a rate limit comes, and parks key and model until their time', async () => {
    const s = stage({ a: [{ fail: 'rate-limit', afterMs: 40_000 }], b: ['hi'] });
    const { last } = await s.collect();
    assert.equal(last?.type === 'answer' && last.model, 'b/m');
    const [parked] = s.journal.of('route-parked');
    assert.deepEqual(
      { model: parked?.model, until: parked?.until, error: parked?.error },
      { model: 'a/m', until: s.clock.now() + 40_000, error: 'rate-limit' },
    );
    await s.collect();
    assert.equal(s.asked('a'), 1, 'a parked model is not asked again');
    await s.clock.advance(40_000);
    await s.collect();
    assert.equal(s.asked('a'), 2, 'after its time it is');
  });

  it('waits only when everything is parked, and only as long as is acceptable', async () => {
    const s = stage({
      a: (_, call) => (call === 1 ? [{ fail: 'rate-limit', afterMs: 30_000 }] : ['back']),
      b: [{ fail: 'rate-limit', afterMs: 60_000 }],
    });
    const started = s.clock.monotonic();
    const { text } = await s.turn();
    assert.equal(text, 'back');
    assert.equal(s.clock.monotonic() - started, 30_000);

    const t = stage({ a: [{ fail: 'rate-limit', afterMs: 3_600_000 }] });
    const { last } = await t.collect();
    assert.ok(last?.type === 'failed' && last.failure.reason === 'exhausted');
    assert.equal(last.failure.retryAt, t.clock.now() + 3_600_000);
    assert.equal(last.failure.last.class, 'rate-limit');
    assert.equal(last.failure.last.message, 'scripted rate-limit');
  });

  it('throws away what a broken answer had shown and starts the turn again on the next model', async () => {
    const s = stage({ a: ['half an ', { fail: 'quota' }], b: ['whole'] });
    const { events, text } = await s.collect();
    assert.deepEqual(
      events.map(event => event.type),
      ['attempt', 'text', 'discard', 'attempt', 'text', 'answer'],
    );
    assert.equal(text, 'whole');
    assert.deepEqual(s.provider('a').requests[0]?.messages, s.provider('b').requests[0]?.messages);
    assert.equal(s.journal.of('attempt-discarded')[0]?.characters, 8);
    const [failover] = s.journal.of('failover');
    assert.deepEqual([failover?.from, failover?.to, failover?.error], ['a/m', 'b/m', 'quota']);
  });

  for (const kind of ['retryable', 'truncated'] as const) {
    it(`asks the same model twice more after a ${kind} answer, with jittered pauses, then the next`, async () => {
      const s = stage({ a: ['x', { fail: kind }], b: ['hi'] }, { random: () => 0.5 });
      const started = s.clock.monotonic();
      const { last } = await s.turn();
      assert.equal(last?.type === 'answer' && last.model, 'b/m');
      assert.equal(s.asked('a'), 3);
      assert.equal(s.clock.monotonic() - started, 375 + 750);
    });
  }

  it('tells the user once when a key is refused, and leaves its other models alone too', async () => {
    const s = stage({ a: [{ fail: 'auth', status: 401 }], b: ['hi'] });
    await s.collect();
    await s.collect({ route: ['a/other', 'b/m'] });
    assert.equal(s.asked('a'), 1);
    assert.equal(s.journal.of('notice').length, 1);
    assert.equal(s.journal.of('route-parked')[0]?.model, undefined);
    s.pool.release('a');
    await s.collect();
    assert.equal(s.asked('a'), 2);
  });

  it('takes the next model when a busy one names a time, and comes back after it', async () => {
    const s = stage({ a: [{ fail: 'retryable', status: 503, afterMs: 30_000 }], b: ['hi'] });
    assert.equal((await s.collect()).text, 'hi');
    s.provider('a').script = ['back'];
    assert.equal((await s.collect()).text, 'hi');
    await s.clock.advance(30_000);
    assert.equal((await s.collect()).text, 'back');
  });

  it('does not come back at once to a provider that says "now" again and again', async () => {
    const s = stage({ a: [{ fail: 'rate-limit', afterMs: 0 }] });
    const { last } = await s.turn();
    assert.equal(last?.type, 'failed');
    assert.ok(s.asked('a') < 12, `${s.asked('a')} calls`);
  });

  it('goes on when a provider does not know the model', async () => {
    const s = stage({ a: [{ fail: 'model-missing', status: 404 }], b: ['hi'] });
    const { last } = await s.collect();
    assert.equal(last?.type === 'answer' && last.model, 'b/m');
    await s.collect();
    assert.equal(s.asked('a'), 1);
  });

  it('asks once more after a malformed or empty answer, then the next', async () => {
    const s = stage({ a: [{ fail: 'malformed' }], b: [{ finish: {} }], c: ['hi'] });
    const { last } = await s.collect();
    assert.equal(last?.type === 'answer' && last.model, 'c/m');
    assert.equal(s.asked('a'), 2);
    assert.equal(s.asked('b'), 2);
    assert.equal(s.journal.of('call-outcome')[2]?.cost, 110_000, 'an empty answer is paid for all the same');
  });

  it('replays without native blocks once when a vendor refuses them', async () => {
    const s = stage({
      a: request =>
        request.messages.some(message => message.role === 'assistant' && message.native)
          ? [{ fail: 'replay-invalid', status: 400 }]
          : ['fine'],
    });
    const provenance = { provider: 'a', kind: 'anthropic', model: 'm', account: 'a' };
    const { text } = await s.collect({
      messages: [
        { role: 'user', parts: [{ type: 'text', text: 'x' }] },
        { role: 'assistant', parts: [{ type: 'text', text: 'y' }], native: { provenance, blocks: [1] } },
        { role: 'user', parts: [{ type: 'text', text: 'z' }] },
      ],
    });
    assert.equal(text, 'fine');
    assert.equal(s.asked('a'), 2);
  });

  it('surfaces a content filter and stops at a fatal error without asking anyone else', async () => {
    for (const kind of ['content-filter', 'fatal'] as const) {
      const s = stage({ a: [{ fail: kind }], b: ['never'] });
      const { last } = await s.collect();
      assert.equal(last?.type === 'failed' && last.failure.reason, kind === 'fatal' ? 'exhausted' : kind);
      assert.equal(s.asked('b'), 0);
    }
  });

  it('looks for a larger window when the prompt is too long', async () => {
    const s = stage({ a: [{ fail: 'context-overflow' }], b: ['small'], c: ['large'] });
    s.models.listed('a', [{ id: 'm', contextTokens: 1000 }]);
    s.models.listed('b', [{ id: 'm', contextTokens: 1000 }]);
    s.models.listed('c', [{ id: 'm', contextTokens: 9000 }]);
    const { text } = await s.collect();
    assert.equal(text, 'large');
    assert.equal(s.asked('b'), 0);
    const { last } = await s.collect({ route: ['a/m', 'b/m'] });
    assert.equal(last?.type === 'failed' && last.failure.reason, 'context-overflow');
    assert.equal(s.router.contextTokens(['a/m', 'c/m', 'nobody/m']), 9000);
  });

  it('asks a model without tools last, and describes the tools to it', async () => {
    const s = stage({ a: [['never'], { kind: 'ollama', free: true, models: [{ id: 'm', tools: false }] }], b: ['hi'] });
    const tools = [{ name: 'read_file', description: 'Reads', parameters: { type: 'object' } }];
    const { last } = await s.collect({ tools });
    assert.equal(last?.type === 'answer' && last.model, 'b/m');
    assert.equal(s.asked('a'), 0);
    const alone = await s.collect({ tools, route: ['a/m', 'nobody/x'] });
    assert.equal(alone.last?.type === 'answer' && alone.last.model, 'a/m');
    const [request] = s.requests('a');
    assert.deepEqual(request?.tools, []);
    assert.match(request?.system ?? '', /<tool_call>[\s\S]*- read_file \{\}\n {2}Reads$/);
  });

  it('goes on with a model that sees nothing, and tells it in words what tools have shown', async () => {
    const s = stage({
      a: [[{ fail: 'quota' }], { kind: 'anthropic' }],
      b: [['hi'], { kind: 'ollama', free: true, models: [{ id: 'm', images: false, tools: true }] }],
    });
    const image = { type: 'image' as const, mediaType: 'image/png', data: 'AAAA' };
    const { last } = await s.collect({
      messages: [
        { role: 'user', parts: [{ type: 'text', text: 'Look' }] },
        { role: 'assistant', parts: [{ type: 'tool-call', id: 'c', name: 'read_file', args: {} }] },
        {
          role: 'tool',
          parts: [{ type: 'tool-result', id: 'c', name: 'read_file', output: 'a.png: an image.', images: [image] }],
        },
      ],
    });
    assert.equal(last?.type === 'answer' && last.model, 'b/m');
    const shown = (name: string) => s.requests(name)[0]?.messages[2]?.parts[0];
    assert.deepEqual((shown('a') as { images?: unknown }).images, [image]);
    assert.equal((shown('b') as { images?: unknown }).images, undefined);
    assert.match((shown('b') as { output: string }).output, /^a\.png: an image\.\nYou cannot see images/);
  });

  it('asks those that see first where a person has handed in an image, and tells it in words to others', async () => {
    const blind = { kind: 'ollama' as const, free: true, models: [{ id: 'm', images: false, tools: true }] };
    const s = stage({ a: [['no'], blind], b: [['hi'], { kind: 'anthropic' }] });
    const image = { type: 'image' as const, mediaType: 'image/png', data: 'AAAA' };
    const messages = [{ role: 'user' as const, parts: [{ type: 'text' as const, text: 'Like this' }, image] }];
    const both = await s.collect({ messages });
    assert.equal(both.last?.type === 'answer' && both.last.model, 'b/m');
    const alone = await s.collect({ messages, route: ['a/m'] });
    assert.equal(alone.last?.type === 'answer' && alone.last.model, 'a/m');
    const told = s.requests('a').at(-1)?.messages[0]?.parts ?? [];
    assert.ok(told.every(part => part.type === 'text'));
    assert.match(JSON.stringify(told), /You cannot see images/);
  });

  it('tells the effort to models that think, and knows where prices rise', async () => {
    const dear = { 'b/m': { input: 1, output: 1, tiers: [{ above: 200_000, input: 2, output: 2 }] } };
    const s = stage({ a: [['hi'], { kind: 'ollama', free: true }], b: ['hi'] }, { prices: dear });
    await s.collect({ route: ['a/m'], effort: 'high' });
    await s.collect({ route: ['b/m'], effort: 'high' });
    assert.equal(s.requests('a')[0]?.effort, undefined);
    assert.equal(s.requests('b')[0]?.effort, 'high');
    await s.router.learnWindows?.(['a/m', 'b/m']);
    assert.equal(s.router.cheapTokens?.('b/m'), 200_000);
  });

  it('survives a provider that throws, vanishes or hangs for ever', async () => {
    const s = stage({ a: [{ throw: 'bug' }], b: ['x', { vanish: true }], c: [{ deaf: true }], d: ['hi'] });
    const { last } = await s.turn();
    assert.equal(last?.type === 'answer' && last.model, 'd/m');
    assert.deepEqual([s.asked('a'), s.asked('b'), s.asked('c')], [2, 3, 1]);
    assert.equal(s.journal.state.openCalls.size, 0);
  });
});
