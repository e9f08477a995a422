import assert from 'node:assert/strict';
import fc from 'fast-check';
import { settle } from '../../support/fake-clock.ts';
import { plainPrice, stage } from '../../support/router-stage.ts';
import type { ScriptedOptions, Step } from '../../support/scripted-provider.ts';

const hangs: [what: string, script: Step[]][] = [
  ['never answers', [{ hang: true }]],
  ['sends only headers', [{ open: {} }, { hang: true }]],
  ['falls silent in mid-answer', ['half', { hang: true }]],
  ['cannot be connected to', [{ wait: 10_000 }, { fail: 'retryable', code: 'UND_ERR_CONNECT_TIMEOUT' }]],
];
const unhappy = { models: () => 'hang' as const };

describe('a model that hangs', () => {
  for (const [what, script] of hangs)
    it(`and ${what} is left after 12 s for the next, and not asked again in the turns that follow`, async () => {
      const s = stage({ a: script, b: ['hi'] });
      const started = s.clock.monotonic();
      for (let turn = 1; turn <= 5; turn++) assert.equal((await s.turn()).text, 'hi');
      assert.equal(s.asked('a'), 1);
      assert.ok(s.clock.monotonic() - started <= 12_000, 'one wait for all turns');
      const [rests] = s.journal.of('route-parked');
      assert.deepEqual([rests?.model, rests?.error], ['a/m', 'retryable']);
    });

  it('alone is asked twice, with a probe in between, and given up within a minute, with the cause', async () => {
    const s = stage({ a: [{ hang: true }] });
    const started = s.clock.monotonic();
    const { last } = await s.turn();
    assert.ok(last?.type === 'failed' && last.failure.reason === 'exhausted');
    assert.equal(last.failure.last.message, 'no answer for 22 s');
    assert.deepEqual([s.asked('a'), s.provider('a').probes], [2, 1]);
    assert.ok(s.clock.monotonic() - started <= 55_000);
    const again = s.clock.monotonic();
    assert.equal((await s.turn()).last?.type, 'failed', 'the next turn fails at once');
    assert.equal(s.clock.monotonic(), again);
  });

  it('alone, whose provider does not answer a probe either, is asked once', async () => {
    const s = stage({ a: [[{ hang: true }], unhappy] });
    const started = s.clock.monotonic();
    assert.equal((await s.turn()).last?.type, 'failed');
    assert.deepEqual([s.asked('a'), s.provider('a').probes], [1, 1]);
    assert.ok(s.clock.monotonic() - started <= 30_000);
  });

  it('alone is asked again once its provider answers a probe, and what it answers then counts', async () => {
    const s = stage({ a: (_, call) => (call === 1 ? [{ hang: true }] : ['back']) });
    assert.equal((await s.turn()).text, 'back');
    assert.equal((await s.turn()).text, 'back');
    assert.equal(s.provider('a').probes, 1, 'it is well again');
  });

  it('comes back after its rest, by a probe beside the turn and one call that decides', async () => {
    const s = stage({ a: (_, call) => (call === 1 ? [{ hang: true }] : ['well']), b: ['hi'] });
    await s.turn();
    await s.clock.advance(59_000);
    await s.turn();
    assert.equal(s.provider('a').probes, 0, 'not before its time');
    await s.clock.advance(1000);
    assert.equal((await s.turn()).text, 'hi', 'nobody waits for the probe');
    await settle();
    assert.equal(s.provider('a').probes, 1);
    assert.equal((await s.turn()).text, 'well');
  });

  it('that hangs again after a probe has passed costs little, and rests longer', async () => {
    const s = stage({ a: [{ hang: true }], b: ['hi'] });
    await s.turn();
    await s.clock.advance(60_000);
    await s.turn();
    await settle();
    const started = s.clock.monotonic();
    assert.equal((await s.turn()).text, 'hi');
    assert.equal(s.clock.monotonic() - started, 4000);
    await s.clock.advance(250_000);
    await s.turn();
    assert.equal(s.asked('a'), 2);
  });

  it('is tried by one call at a time: the others take the next model', async () => {
    const s = stage({ a: (_, call) => (call === 1 ? [{ hang: true }] : [{ wait: 2000 }, 'well']), b: ['hi'] });
    await s.turn();
    await s.clock.advance(60_000);
    await s.turn();
    await settle();
    const turns = [s.collect({ agent: 'x' }), s.collect({ agent: 'y' }), s.collect({ agent: 'z' })];
    const texts = (await s.clock.until(Promise.all(turns))).map(({ text }) => text);
    assert.deepEqual(texts.toSorted(), ['hi', 'hi', 'well']);
  });

  it('alone, with several agents at once, is one hang and one trial', async () => {
    const s = stage({ a: (_, call) => (call <= 3 ? [{ hang: true }] : ['back']) });
    const turns = ['x', 'y', 'z'].map(agent => s.collect({ agent }));
    const texts = (await s.clock.until(Promise.all(turns))).map(({ text }) => text);
    assert.deepEqual(texts, ['back', 'back', 'back']);
    assert.equal(s.provider('a').probes, 1);
  });

  it('makes its siblings at the same provider suspect: they are waited for 4 s, then asked last', async () => {
    const prices = { 'a/n': plainPrice, 'a/o': plainPrice };
    const s = stage({ a: [{ hang: true }], b: ['hi'] }, { prices });
    const route = ['a/m', 'a/n', 'a/o', 'b/m'];
    const started = s.clock.monotonic();
    const { text } = await s.clock.until(s.collect({ route }));
    assert.equal(text, 'hi');
    assert.ok(s.clock.monotonic() - started <= 16_000, `${s.clock.monotonic() - started} ms`);
    assert.equal(s.asked('a'), 2);
  });

  it('is asked again at once when the user says that it is fine now', async () => {
    const s = stage({ a: (_, call) => (call === 1 ? [{ hang: true }] : ['well']), b: ['hi'] });
    await s.turn();
    s.pool.release('a');
    assert.equal((await s.turn()).text, 'well');
  });

  it('is waited for as long as the settings say where they say it', async () => {
    const watchdogs = { connectMs: 40_000, firstByteMs: 40_000, silenceMs: 40_000, patienceMs: 40_000 };
    const s = stage({ a: [{ wait: 39_000 }, 'slow'], b: ['hi'] }, { settings: { watchdogs } });
    assert.equal((await s.turn()).text, 'slow');
  });

  it('is waited for longer with a long prompt', async () => {
    const s = stage({ a: [{ wait: 15_000 }, 'read'], b: ['hi'] });
    const messages = [{ role: 'user' as const, parts: [{ type: 'text' as const, text: 'x'.repeat(400_000) }] }];
    assert.equal((await s.clock.until(s.collect({ messages }))).text, 'read');
  });
});

describe('an answer that trickles', () => {
  const everySecond = (step: Step, times: number) => Array.from({ length: times }, () => [{ wait: 1000 }, step]).flat();

  for (const [what, step] of [
    ['a byte', { part: 1 }],
    ['a letter', 'a'],
    ['a bit of the arguments', { args: '1' }],
  ] as [string, Step][])
    it(`with ${what} a second is silence in the end`, async () => {
      const s = stage({ a: [{ open: {} }, ...everySecond(step, 600)], b: ['hi'] });
      const started = s.clock.monotonic();
      assert.equal((await s.turn()).text, 'hi');
      assert.ok(s.clock.monotonic() - started <= 20_000, `${s.clock.monotonic() - started} ms`);
      const [outcome] = s.journal.of('call-outcome');
      assert.match(outcome?.result.ok === false ? outcome.result.message : '', /less than 60 tokens a minute/);
    });

  it('at the least rate is listened to', async () => {
    const s = stage({ a: everySecond('word ', 100), b: ['hi'] });
    assert.equal((await s.turn()).text, 'word '.repeat(100));
  });

  it('is listened to where the settings say that any speed will do', async () => {
    const watchdogs = { connectMs: 12_000, firstByteMs: 12_000, silenceMs: 12_000, leastTokensPerMinute: 0 };
    const s = stage({ a: everySecond('a', 100), b: ['hi'] }, { settings: { watchdogs } });
    assert.equal((await s.turn()).text, 'a'.repeat(100));
  });

  it('may pause in between', async () => {
    const s = stage({ a: ['x'.repeat(400), { wait: 11_000 }, 'y'.repeat(400), { wait: 11_000 }, 'z'], b: ['hi'] });
    assert.match((await s.turn()).text, /z$/);
  });

  it('of a model that says that it thinks is waited for three minutes, and no longer', async () => {
    const s = stage({ a: [{ thinks: true }, { wait: 170_000 }, 'so'], b: ['hi'] });
    assert.equal((await s.turn()).text, 'so');
    const t = stage({ a: [{ thinks: true }, { hang: true }], b: ['hi'] });
    const started = t.clock.monotonic();
    assert.equal((await t.turn()).text, 'hi');
    assert.equal(t.clock.monotonic() - started, 180_000);
  });
});

describe('a model whose connection lives and who says nothing', () => {
  const alive = (seconds: number): Step[] =>
    Array.from({ length: seconds }, (): Step[] => [{ wait: 1000 }, { alive: true }]).flat();
  const thinking = (seconds: number): Step[] =>
    Array.from({ length: seconds }, (): Step[] => [{ wait: 1000 }, { thinks: true }]).flat();

  it('has the next one asked beside it after 12 s, and is not asked again in the turns that follow', async () => {
    const s = stage({ a: alive(600), b: ['hi'] });
    const started = s.clock.monotonic();
    for (let turn = 1; turn <= 5; turn++) assert.equal((await s.turn()).text, 'hi');
    assert.equal(s.asked('a'), 1);
    assert.ok(s.clock.monotonic() - started <= 13_000, `${s.clock.monotonic() - started} ms for all turns`);
    const [rests] = s.journal.of('route-parked');
    assert.deepEqual([rests?.model, rests?.error], ['a/m', 'retryable']);
    assert.match(rests?.reason ?? '', /nothing but signs of life for 12 s/);
    await settle();
    assert.equal(s.provider('a').open, 0, 'it is cut when the other one has answered');
    for (const { reserved } of s.budget.standing()) assert.equal(reserved, 0);
  });

  it('is taken all the same where it answers before the other, and next time is given the time that it took', async () => {
    const s = stage({ a: [...alive(20), 'slow'], b: [{ wait: 30_000 }, 'late'] });
    assert.equal((await s.turn()).text, 'slow');
    assert.deepEqual([s.asked('a'), s.asked('b')], [1, 1]);
    assert.equal((await s.turn()).text, 'slow');
    assert.deepEqual([s.asked('a'), s.asked('b')], [2, 1]);
    assert.deepEqual(s.journal.of('route-parked'), []);
  });

  it('alone is believed for longer, asked once, and named with its cause', async () => {
    const s = stage({ a: alive(600) });
    const started = s.clock.monotonic();
    const { last } = await s.turn();
    assert.ok(last?.type === 'failed' && last.failure.reason === 'exhausted');
    assert.match(last.failure.last.message, /nothing but signs of life for 45 s/);
    assert.ok(s.clock.monotonic() - started <= 50_000, `${s.clock.monotonic() - started} ms`);
    assert.equal((await s.turn()).last?.type, 'failed');
    assert.equal(s.asked('a'), 1);
    const t = stage({ a: [...alive(40), 'well'] });
    assert.equal((await t.turn()).text, 'well');
  });

  it('is left alone with its work where it says that it thinks', async () => {
    const s = stage({ a: [...thinking(170), 'thought out'], b: ['hi'] });
    assert.equal((await s.turn()).text, 'thought out');
    assert.equal(s.asked('b'), 0);
  });

  it('is left alone with its work while it writes a call, which may come in one piece', async () => {
    const s = stage({ a: [{ args: '{"content":' }, ...alive(100), { tool: 'write', args: {} }], b: ['hi'] });
    assert.equal((await s.turn()).last?.type, 'answer');
    assert.equal(s.asked('b'), 0);
  });

  it('is left alone with its work on a machine of its owner, which reads a prompt for minutes', async () => {
    const s = stage({ a: [[...alive(250), 'read'], { kind: 'ollama', free: true }], b: ['hi'] });
    assert.equal((await s.turn()).text, 'read');
    assert.equal(s.asked('b'), 0);
  });

  it('in the middle of an answer is overtaken by a whole answer only', async () => {
    const s = stage({ a: ['half', ...alive(15), ' and the rest'], b: [{ wait: 1000 }, 'be', { wait: 9000 }, 'tween'] });
    assert.equal((await s.turn()).text, 'half and the rest');
    assert.deepEqual([s.asked('a'), s.asked('b')], [1, 1]);
    const t = stage({ a: ['half', ...alive(600)], b: [{ wait: 1000 }, 'who', { wait: 1000 }, 'le'] });
    const started = t.clock.monotonic();
    const { events, text } = await t.turn();
    assert.equal(text, 'whole');
    assert.ok(t.clock.monotonic() - started <= 16_000, `${t.clock.monotonic() - started} ms`);
    assert.deepEqual(
      events.map(event => (event.type === 'attempt' ? event.model : event.type)),
      ['a/m', 'text', 'discard', 'b/m', 'text', 'text', 'answer'],
    );
    assert.equal(t.journal.state.openCalls.size, 0);
  });

  it('beside another one of its kind leads on to the third', async () => {
    const s = stage({ a: alive(600), b: alive(600), c: ['hi'] });
    const started = s.clock.monotonic();
    assert.equal((await s.turn()).text, 'hi');
    assert.ok(s.clock.monotonic() - started <= 26_000, `${s.clock.monotonic() - started} ms`);
    assert.equal((await s.turn()).text, 'hi');
    assert.deepEqual([s.asked('a'), s.asked('b')], [1, 1]);
  });

  const useless: [what: string, script: Step[]][] = [
    ['is empty', []],
    ['is nothing but empty lines', ['\n', { wait: 500 }, '\n']],
    ['is cut before its first word', [{ finish: { stop: 'max-tokens' } }]],
    ['is a refusal', [{ finish: { stop: 'refusal' } }]],
  ];
  for (const [what, script] of useless) {
    it(`is not cut for an answer that ${what}: its own is taken, and the other is asked once`, async () => {
      const s = stage({ a: [...alive(20), 'good'], b: script });
      const { events, text } = await s.turn();
      assert.equal(text, 'good');
      assert.deepEqual(
        events.flatMap(event => (event.type === 'attempt' ? event.model : [])),
        ['a/m'],
      );
      assert.deepEqual([s.asked('a'), s.asked('b')], [1, 1]);
      assert.deepEqual(s.journal.of('route-parked'), [], 'and it does not rest');
      const costs = s.journal.of('call-outcome').map(({ costIsReservation }) => costIsReservation);
      assert.deepEqual(costs, [undefined, undefined], 'what both have cost is known');
      assert.equal(s.journal.state.openCalls.size, 0);
    });

    it(`in the middle of an answer is not cut for one that ${what} either`, async () => {
      const s = stage({ a: ['half', ...alive(15), ' and the rest'], b: script });
      assert.equal((await s.turn()).text, 'half and the rest');
      assert.deepEqual([s.asked('a'), s.asked('b')], [1, 1]);
    });

    it(`loses its place to the next one where the second answer ${what}`, async () => {
      const s = stage({ a: alive(600), b: script, c: ['hi'] });
      assert.equal((await s.turn()).text, 'hi');
      assert.deepEqual([s.asked('a'), s.asked('b'), s.asked('c')], [1, 1, 1]);
    });
  }

  it('and another beside it are never both cut: whoever answers well is heard in the end, whatever the others do', async () => {
    const piece = fc.oneof(
      fc.constantFrom<Step>('word', '\n', { thinks: true }, { args: '{' }),
      fc.integer({ min: 1, max: 30 }).map(alive),
      fc.integer({ min: 1, max: 15_000 }).map((wait): Step => ({ wait })),
    );
    const end = fc.constantFrom<Step>({ hang: true }, { fail: 'retryable' }, { vanish: true }, { finish: {} });
    const script = fc.tuple(fc.array(piece, { maxLength: 4 }), end).map(([pieces, last]) => [...pieces.flat(), last]);
    const good = fc.integer({ min: 1, max: 40 }).map(seconds => [...alive(seconds), 'good']);
    const routes = fc.tuple(script, good, script, fc.constantFrom(undefined, 3000));
    await fc.assert(
      fc.asyncProperty(routes, async ([a, b, c, hedgeMs]) => {
        const s = stage({ a, b, c }, { settings: hedgeMs === undefined ? {} : { hedgeMs } });
        const { last } = await s.turn();
        assert.equal(last?.type, 'answer');
        await settle();
        assert.equal(s.journal.state.openCalls.size, 0);
        for (const { reserved } of s.budget.standing()) assert.equal(reserved, 0);
        const good = s.journal.of('call-outcome').filter(({ result }) => result.ok);
        assert.equal(good.length, 1);
      }),
      { numRuns: 100 },
    );
  });

  it('does not rest, and is asked again, where the one that was faster fails after its first word', async () => {
    const s = stage(
      { a: [...alive(15), 'word', { hang: true }], b: [...alive(12), 'good'] },
      { settings: { hedgeMs: 3000 } },
    );
    assert.equal((await s.turn()).text, 'good');
    assert.deepEqual(
      s.journal.of('route-parked').map(({ model }) => model),
      ['a/m'],
    );
  });

  it('is left with its refusal or nothing where every other one has ended before it', async () => {
    const s = stage({ a: [...alive(20), { finish: { stop: 'refusal' } }], b: [{ finish: { stop: 'refusal' } }] });
    const { last } = await s.turn();
    assert.ok(last?.type === 'answer' && last.stop === 'refusal');
    assert.equal(last.model, 'a/m');
  });

  it('once, and answers quickly then, is left after 12 s again when it hangs', async () => {
    const slowly = [...alive(40), 'slow'];
    const s = stage({ a: (_, call) => (call === 1 ? slowly : call <= 4 ? ['quick'] : alive(600)), b: ['hi'] });
    assert.equal((await s.clock.until(s.collect({ route: ['a/m'] }))).text, 'slow');
    for (let turn = 2; turn <= 4; turn++) assert.equal((await s.turn()).text, 'quick');
    const started = s.clock.monotonic();
    assert.equal((await s.turn()).text, 'hi');
    assert.ok(s.clock.monotonic() - started <= 13_000, `${s.clock.monotonic() - started} ms`);
  });

  it('after a slow answer is waited for 30 s beside others at most', async () => {
    const s = stage({ a: (_, call) => (call === 1 ? [...alive(40), 'slow'] : alive(600)), b: ['hi'] });
    await s.clock.until(s.collect({ route: ['a/m'] }));
    const started = s.clock.monotonic();
    assert.equal((await s.turn()).text, 'hi');
    assert.ok(s.clock.monotonic() - started <= 31_000, `${s.clock.monotonic() - started} ms`);
  });

  it('alone is given half as long again as its last answer took, and three minutes at most', async () => {
    const took = [40, 58, 85, 125, 170];
    const s = stage({ a: (_, call) => (call <= 5 ? [...alive(took[call - 1] ?? 0), 'slow'] : alive(600)) });
    for (const _ of took) assert.equal((await s.turn()).text, 'slow');
    const started = s.clock.monotonic();
    assert.equal((await s.turn()).last?.type, 'failed');
    assert.ok(s.clock.monotonic() - started <= 181_000, `${s.clock.monotonic() - started} ms`);
    assert.equal(s.asked('a'), 6);
  });

  it("has none of the editor's own models asked beside it, whose requests count, unless the person set hedging", async () => {
    const models = [{ id: 'm', tools: true }];
    const editors: ScriptedOptions['kind'] = 'vscode-lm';
    const s = stage({ a: [...alive(40), 'slow'], b: [['hi'], { kind: editors, free: true, models }] });
    assert.equal((await s.turn()).text, 'slow');
    assert.equal(s.asked('b'), 0);
    const t = stage(
      { a: [...alive(40), 'slow'], b: [['hi'], { kind: editors, free: true, models }] },
      { settings: { hedgeMs: 3000 } },
    );
    assert.equal((await t.turn()).text, 'hi');
  });

  it('is the only one asked where the person has set hedging off, or there is no money for two', async () => {
    const s = stage({ a: [...alive(40), 'slow'], b: ['hi'] }, { settings: { hedgeMs: 0 } });
    assert.equal((await s.turn()).text, 'slow');
    assert.equal(s.asked('b'), 0);
    const t = stage({ a: [...alive(40), 'slow'], b: ['hi'] }, { budget: { limits: { session: 2_600_000 } } });
    assert.equal((await t.turn()).text, 'slow');
    assert.equal(t.asked('b'), 0);
  });
});

describe('hedging', () => {
  const settings = { hedgeMs: 3000 };

  it('is off unless it is set, where not even the connection lives', async () => {
    const s = stage({ a: [{ wait: 10_000 }, 'slow'], b: ['hi'] });
    assert.equal((await s.turn()).text, 'slow');
    assert.equal(s.asked('b'), 0);
  });

  it('asks the next model beside a silent one, takes who answers first, and settles both', async () => {
    const s = stage({ a: [{ wait: 10_000 }, 'slow'], b: [{ wait: 1000 }, 'fast'] }, { settings });
    const started = s.clock.monotonic();
    const { events, text } = await s.turn();
    assert.equal(text, 'fast');
    assert.equal(s.clock.monotonic() - started, 4000);
    assert.deepEqual(
      events.map(event => (event.type === 'attempt' ? event.model : event.type)),
      ['a/m', 'b/m', 'text', 'answer'],
    );
    await settle();
    assert.deepEqual([s.provider('a').open, s.provider('b').open], [0, 0]);
    const [first, second] = s.journal.of('call-intent');
    const outcomes = new Map(s.journal.of('call-outcome').map(outcome => [outcome.call, outcome]));
    const lost = outcomes.get(first?.call ?? '');
    assert.equal(lost?.result.ok === false && lost.result.error, 'aborted');
    assert.deepEqual([lost?.cost, lost?.costIsReservation], [first?.reserved, true], 'nobody knows what it has cost');
    assert.equal(outcomes.get(second?.call ?? '')?.result.ok, true);
    for (const { scope, spent, reserved } of s.budget.standing()) {
      assert.equal(reserved, 0);
      if (scope === 'session') assert.equal(spent, (lost?.cost ?? 0) + (outcomes.get(second?.call ?? '')?.cost ?? 0));
    }
  });

  it('stays with the first where that speaks before the second', async () => {
    const s = stage({ a: [{ wait: 4000 }, 'first'], b: [{ wait: 5000 }, 'second'] }, { settings });
    const { text, events } = await s.turn();
    assert.equal(text, 'first');
    assert.deepEqual(
      events.flatMap(event => (event.type === 'attempt' ? event.model : [])),
      ['a/m'],
    );
    await settle();
    assert.equal(s.provider('b').open, 0);
  });

  it('has both reserved before either is sent, and asks nobody for whom there is no money', async () => {
    const s = stage(
      { a: [{ wait: 5000 }, 'first'], b: ['never'] },
      { settings, budget: { limits: { session: 2_600_000 } } },
    );
    assert.equal((await s.turn()).text, 'first');
    assert.equal(s.asked('b'), 0);
  });

  it('goes on with the other when one of them fails', async () => {
    const s = stage({ a: [{ wait: 4000 }, { fail: 'retryable' }], b: [{ wait: 8000 }, 'hi'] }, { settings });
    assert.equal((await s.turn()).text, 'hi');
    assert.equal(s.asked('a'), 1);
    const t = stage({ a: [{ wait: 8000 }, 'hi'], b: [{ fail: 'auth' }] }, { settings });
    assert.equal((await t.turn()).text, 'hi');
    assert.equal(t.journal.of('notice').length, 1, 'and what the other has said is known');
  });

  it('ends with both when it is aborted', async () => {
    const s = stage({ a: [{ hang: true }], b: [{ hang: true }] }, { settings });
    const abort = new AbortController();
    const turn = s.collect({}, abort.signal);
    await s.clock.advance(5000);
    assert.equal(s.asked('b'), 1);
    abort.abort();
    assert.deepEqual((await s.clock.until(turn)).last, { type: 'failed', failure: { reason: 'aborted' } });
    await settle();
    assert.equal(s.journal.state.openCalls.size, 0);
    for (const { reserved } of s.budget.standing()) assert.equal(reserved, 0);
  });
});
