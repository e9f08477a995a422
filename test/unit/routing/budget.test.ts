import assert from 'node:assert/strict';
import { Budget, type BudgetOptions, type Reservation } from '../../../src/core/routing/budget.ts';
import type { DayLedger } from '../../../src/core/routing/day-ledger.ts';
import { settle } from '../../support/fake-clock.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { stage } from '../../support/router-stage.ts';

const never = new AbortController().signal;

function budgetOf(options: Partial<BudgetOptions> = {}) {
  const journal = memoryJournal();
  const budget = new Budget({ session: 's', limits: {}, alertAt: 0.8, whenSpent: 'stop', journal, ...options });
  const reserve = (amount: number, agent = 'a', provider = 'p') => budget.reserve({ agent, provider, amount });
  const held = (amount: number, agent?: string, provider?: string): Reservation => {
    const got = reserve(amount, agent, provider);
    assert.ok(got.ok);
    return got;
  };
  return { journal, budget, reserve, held };
}

describe('the budget', () => {
  it('reserves in every scope or in none, and says which one is in the way', () => {
    const { budget, reserve } = budgetOf({ limits: { session: 100, agent: 60, providers: { p: 80 } } });
    assert.ok(reserve(60).ok);
    const byAgent = reserve(1);
    assert.deepEqual([byAgent.ok, !byAgent.ok && byAgent.scope, !byAgent.ok && byAgent.final], [false, 'agent', false]);
    const byProvider = reserve(21, 'b');
    assert.equal(!byProvider.ok && byProvider.scope, 'provider');
    const bySession = reserve(41, 'b', 'q');
    assert.equal(!bySession.ok && bySession.scope, 'session');
    assert.ok(reserve(40, 'b', 'q').ok);
    assert.deepEqual(
      budget.standing().map(({ scope, key, reserved }) => [scope, key, reserved]),
      [
        ['session', 's', 100],
        ['agent', 'a', 60],
        ['provider', 'p', 60],
        ['agent', 'b', 40],
        ['provider', 'q', 40],
      ],
    );
  });

  it('books what a call cost, or its whole reservation where that is unknown, exactly once', () => {
    const { budget, held } = budgetOf({ limits: { session: 100 } });
    assert.equal(held(50).settle(20), 20);
    const lost = held(30);
    assert.equal(lost.settle(undefined), 30);
    assert.throws(() => lost.settle(0));
    assert.deepEqual(budget.standing()[0], { scope: 'session', key: 's', limit: 100, spent: 50, reserved: 0 });
  });

  it('waits where only calls under way are in the way, and refuses for good where money is', async () => {
    const { budget, held } = budgetOf({ limits: { session: 100 } });
    const open = held(80);
    const waiting = budget.hold({ agent: 'b', provider: 'p', amount: 50 }, never);
    await settle();
    open.settle(10);
    const got = await waiting;
    assert.ok(got.ok);
    got.settle(50);
    const refused = await budget.hold({ agent: 'b', provider: 'p', amount: 41 }, never);
    const { ok, ...why } = refused;
    assert.equal(ok, false);
    assert.deepEqual(why, { scope: 'session', key: 's', limit: 100, spent: 60, amount: 41, final: true });
  });

  it('stops waiting when it is told to, and when the limit is raised', async () => {
    const { budget, held } = budgetOf({ limits: { session: 100 } });
    held(80);
    const abort = new AbortController();
    const gone = budget.hold({ agent: 'b', provider: 'p', amount: 50 }, abort.signal);
    const patient = budget.hold({ agent: 'b', provider: 'p', amount: 50 }, never);
    abort.abort();
    assert.equal((await gone).ok, false);
    budget.setLimit('session', 's', 200);
    assert.equal((await patient).ok, true);
  });

  it('tells once for each scope that 80 % are spent, and again after a raise', () => {
    const { budget, journal, held } = budgetOf({ limits: { session: 1000, agent: 100 } });
    held(79).settle(79);
    assert.equal(journal.of('budget-alert').length, 0);
    held(1).settle(1);
    held(5).settle(5);
    assert.deepEqual(
      journal.of('budget-alert').map(({ scope, key, spent }) => [scope, key, spent]),
      [['agent', 'a', 80]],
    );
    budget.setLimit('agent', 'a', 200);
    held(80).settle(80);
    assert.equal(journal.of('budget-alert').length, 2);
  });

  it('goes on from the journal: what was spent, and calls without an outcome in full', async () => {
    const s = stage({ a: ['one', { hang: true }] }, { budget: { limits: { session: 10_000_000 } } });
    const abort = new AbortController();
    const turn = s.collect({}, abort.signal);
    await settle();
    const { reserved } = s.budget.standing()[0] ?? {};
    assert.ok(reserved);
    const { budget } = budgetOf({ limits: { session: 10_000_000 }, earlier: s.journal.state });
    assert.deepEqual(
      budget.standing().map(({ scope, key, spent }) => [scope, key, spent]),
      [
        ['session', 's', reserved],
        ['agent', 'agent', reserved],
        ['provider', 'a', reserved],
      ],
    );
    abort.abort();
    await turn;
    const later = budgetOf({ limits: { session: 10_000_000 }, earlier: s.journal.state }).budget;
    assert.equal(later.standing()[0]?.spent, s.journal.state.tally.cost);
  });

  it('takes from the day as well, and asks it for room first', async () => {
    const asked: number[] = [];
    let room = 0;
    const day: DayLedger = {
      take: amount =>
        amount <= room
          ? {
              settle: cost => {
                room -= cost;
              },
            }
          : undefined,
      room: async amount => {
        asked.push(amount);
        if (amount > 100) return 'spent';
        room = 100;
        return 'granted';
      },
      today: () => ({ day: '2026-11-21', spent: 90, limit: 100 }),
      setLimit: () => {},
      whenOver: () => ({ dispose: () => {} }),
    };
    const { budget, journal } = budgetOf({ day });
    const got = await budget.hold({ agent: 'a', provider: 'p', amount: 30 }, never);
    assert.ok(got.ok);
    got.settle(30);
    assert.equal(room, 70);
    assert.deepEqual(
      journal.of('budget-alert').map(({ scope, key }) => [scope, key]),
      [['day', '2026-11-21']],
    );
    const refused = await budget.hold({ agent: 'a', provider: 'p', amount: 101 }, never);
    assert.ok(!refused.ok && refused.final && refused.scope === 'day');
    assert.deepEqual(asked, [30, 101]);
  });
});

describe('a limit that changes', () => {
  const changed = (limit: number | undefined, by: 'user' | 'system' = 'user') =>
    ({ type: 'budget-changed', scope: 'session', key: 's', ...(limit !== undefined && { limit }), by }) as const;
  const limitOf = (budget: Budget) => budget.standing().find(({ scope }) => scope === 'session')?.limit;

  it('holds from the moment it is in the journal', async () => {
    const { budget, journal } = budgetOf({ limits: { session: 100 } });
    const waiting = budget.hold({ agent: 'a', provider: 'p', amount: 80 }, never);
    const patient = budget.hold({ agent: 'a', provider: 'p', amount: 80 }, never);
    await settle();
    journal.append(changed(200));
    assert.ok((await waiting).ok && (await patient).ok);
    journal.append(changed(undefined));
    assert.equal(limitOf(budget), undefined);
    budget.dispose();
    journal.append(changed(1));
    assert.equal(limitOf(budget), undefined);
  });

  it('is told again to whoever lets the session go on without money', () => {
    const { budget, journal, reserve } = budgetOf({ limits: { session: 10 } });
    const refused = reserve(20);
    assert.ok(!refused.ok);
    for (let i = 0; i < 3; i++) budget.saySpent(refused);
    journal.append({ type: 'session-unpaused', by: 'user' });
    for (let i = 0; i < 3; i++) budget.saySpent(refused);
    assert.equal(journal.of('budget-spent').length, 2);
  });

  const resumed = (before: number, decided: number | undefined, configured: number | undefined) => {
    const journal = memoryJournal();
    const base = { session: 's', goal: 'g', version: '1', workspace: '/w', rehearsal: false };
    journal.append({ type: 'session-started', ...base, budget: { sessionUsd: before, alertAt: 0.8 } });
    if (decided !== undefined) journal.append(changed(decided));
    journal.append({ type: 'budget-spent', scope: 'session', key: 's', action: 'pause' });
    const limits = configured === undefined ? {} : { session: configured };
    const { budget } = budgetOf({ journal, limits, earlier: journal.state });
    return { limit: limitOf(budget), spent: journal.state.budget.spent, told: journal.state.budget.limits[0]?.limit };
  };

  it('that the session began with holds after a resume, whatever is configured now', () => {
    for (const configured of [200, 50, undefined]) {
      const { limit, spent, told } = resumed(100, undefined, configured);
      assert.deepEqual([limit, told, spent?.action], [100, 100, 'pause'], `with ${configured} configured`);
    }
  });

  it('that was decided in the session is not taken back by the configuration', () => {
    assert.equal(resumed(100, 300, 100).limit, 300);
    assert.equal(resumed(100, 300, 400).limit, 300);
  });

  it('of the day is no longer spent when another day has begun', async () => {
    let over: (() => void) | undefined;
    let day = '2026-11-21';
    const ledger: DayLedger = {
      take: () => undefined,
      room: async () => 'spent',
      today: () => ({ day, spent: 100, limit: 100 }),
      setLimit: () => {},
      whenOver: run => {
        over = run;
        return { dispose: () => {} };
      },
    };
    const { budget, journal } = budgetOf({ day: ledger, whenSpent: 'pause' });
    const refused = await budget.hold({ agent: 'a', provider: 'p', amount: 1 }, never);
    assert.ok(!refused.ok);
    budget.saySpent(refused);
    const { state } = journal;
    assert.equal(state.budget.spent?.scope, 'day');
    day = '2026-11-22';
    over?.();
    assert.equal(state.budget.spent, undefined);

    journal.append({ type: 'budget-spent', scope: 'day', key: '2026-11-21', action: 'pause' });
    budgetOf({ journal, day: ledger, earlier: state });
    assert.equal(state.budget.spent, undefined, 'nor after a resume on another day');
  });
});

describe('a turn with little money left', () => {
  // At a dollar per million tokens: about 1,100 tokens of prompt at most, and 1,000 of answer.
  const tight = { limits: { session: 1_500_000 } };

  it('is not sent when the most it can cost does not fit', async () => {
    const s = stage({ a: ['never'] }, { budget: tight });
    const { last } = await s.collect();
    assert.ok(last?.type === 'failed' && last.failure.reason === 'budget');
    assert.equal(last.failure.scope, 'session');
    assert.equal(s.asked('a'), 0);
    assert.equal(s.journal.of('call-intent').length, 0);
    await s.collect();
    const spent = s.journal.of('budget-spent');
    assert.deepEqual(
      spent.map(({ scope, key, action }) => [scope, key, action]),
      [['session', 's', 'stop']],
    );
  });

  it('says what is left, what the call could have cost, and whether there are free models', async () => {
    const { budget, journal, held } = budgetOf({ limits: { session: 100 }, free: () => true });
    held(60).settle(60);
    const refused = await budget.hold({ agent: 'b', provider: 'p', amount: 41 }, never);
    assert.ok(!refused.ok);
    budget.saySpent(refused);
    const [{ spent, limit, next, free } = {}] = journal.of('budget-spent');
    assert.deepEqual({ spent, limit, next, free }, { spent: 60, limit: 100, next: 41, free: true });
  });

  it('waits for what a call under way leaves over, and cuts nothing off meanwhile', async () => {
    // Room for two calls at most, and for one of a long prompt; each costs next to nothing in the end.
    const session = 10_000_000;
    const cheap = { finish: { usage: { input: 100, output: 10 } } };
    const s = stage({ a: ['one', { wait: 1000 }, cheap] }, { budget: { limits: { session } } });
    const long = [{ role: 'user' as const, parts: [{ type: 'text' as const, text: 'x'.repeat(2000) }] }];
    const first = s.collect({ agent: 'first', maxOutputTokens: 3000 });
    await settle();
    const second = s.collect({ agent: 'second', maxOutputTokens: 3000 });
    const third = s.collect({ agent: 'third', messages: long, maxOutputTokens: 1_000_000 });
    const huge = s.collect({
      agent: 'huge',
      messages: [...long, ...long, ...long, ...long, ...long],
      maxOutputTokens: 1000,
    });
    await settle();
    assert.deepEqual(s.journal.of('budget-spent'), [], 'money that is only reserved is not spent');
    await s.clock.until(Promise.all([first, second, third, huge]));
    const ends = await Promise.all([first, second, third, huge]);
    assert.deepEqual(
      ends.map(({ last }) => (last?.type === 'failed' ? last.failure.reason : last?.type)),
      ['answer', 'answer', 'answer', 'budget'],
    );
    const told = s.journal.of('budget-spent');
    assert.equal(told.length, 1, 'what cannot fit even with nothing under way is spent');
    assert.ok(s.journal.of('call-outcome').every(({ seq, result }) => result.ok && seq < (told[0]?.seq ?? 0)));
  });

  it('asks for a shorter answer where there is no money for the longest', async () => {
    const s = stage({ a: ['short'] }, { budget: { limits: { session: 10_000_000 } } });
    const { last } = await s.collect({ maxOutputTokens: 64_000 });
    assert.equal(last?.type, 'answer');
    const asked = s.provider('a').requests[0]?.maxOutputTokens ?? 0;
    assert.ok(asked >= 4096 && asked < 10_000, `${asked} tokens were asked for`);
    assert.ok((s.journal.of('call-intent')[0]?.reserved ?? 0) <= 10_000_000);
  });

  it('never reserves for all that the model could say', async () => {
    const s = stage({ a: ['short'] });
    s.models.listed('a', [{ id: 'm', maxOutputTokens: 128_000 }]);
    const { maxOutputTokens: _, ...request } = s.request();
    for await (const _ of s.router.complete(request, never));
    assert.equal(s.provider('a').requests[0]?.maxOutputTokens, 16_000);
  });

  it('that comes back while others finish lets whoever waited go on', async () => {
    const s = stage(
      { a: ['one', { wait: 1000 }, { finish: { usage: { input: 1, output: 1 } } }] },
      { budget: { limits: { session: 3_000_000 } } },
    );
    const first = s.collect({ agent: 'first' });
    const second = s.collect({ agent: 'second', maxOutputTokens: 4000 });
    await settle();
    s.journal.append({ type: 'budget-changed', scope: 'session', key: 's', limit: 9_000_000, by: 'user' });
    await s.clock.until(Promise.all([first, second]));
    assert.equal((await second).last?.type, 'answer');
    assert.deepEqual(s.journal.of('budget-spent'), []);
  });

  it('goes to a free model from when a person has chosen so, after a resume, too', async () => {
    const s = stage(
      { a: ['dear'], home: [['at home'], { kind: 'ollama', free: true }] },
      { budget: { ...tight, whenSpent: 'pause' } },
    );
    assert.equal((await s.collect()).last?.type, 'failed');
    s.journal.append({ type: 'budget-spent', scope: 'session', key: 's', action: 'local' });
    assert.equal((await s.collect()).last?.type, 'answer');
    const { budget } = budgetOf({ whenSpent: 'pause', earlier: s.journal.state });
    assert.equal(budget.whenSpent, 'local');
  });

  it('goes to a cheaper model that still fits', async () => {
    const s = stage({ a: ['dear'], b: ['cheap'] }, { budget: tight, prices: { 'b/m': { input: 0.1, output: 0.1 } } });
    assert.equal((await s.collect()).text, 'cheap');
    assert.equal(s.journal.of('budget-spent').length, 0);
  });

  for (const [whenSpent, free] of [
    ['local', 'answer'],
    ['pause', 'failed'],
    ['stop', 'failed'],
  ] as const) {
    it(`${free === 'answer' ? 'goes' : 'does not go'} to a free model when the user wants "${whenSpent}"`, async () => {
      const local = ['at home'];
      const s = stage(
        { a: ['dear'], home: [local, { kind: 'ollama', free: true }] },
        { budget: { ...tight, whenSpent } },
      );
      const { last } = await s.collect();
      assert.equal(last?.type, free);
      assert.equal(s.journal.of('budget-spent')[0]?.action, whenSpent);
    });
  }

  it('never uses a model whose price is unknown, unless it is free', async () => {
    const s = stage({ a: ['never'], home: [['free'], { kind: 'ollama', free: true }] });
    const { last } = await s.collect({ route: ['a/unpriced', 'home/unpriced'] });
    assert.ok(last?.type === 'answer' && last.model === 'home/unpriced');
    assert.equal(last.cost, 0);
    await s.collect({ route: ['a/unpriced', 'home/unpriced'] });
    assert.deepEqual(
      s.journal.of('notice').map(({ code }) => code),
      ['price-unknown'],
    );
    const alone = await s.collect({ route: ['a/unpriced'] });
    assert.ok(alone.last?.type === 'failed' && alone.last.failure.reason === 'no-model');
  });
});

describe('what a call is charged', () => {
  const charges: [string, Parameters<typeof stage>[0]['a'], 'nothing' | 'the reservation' | number][] = [
    ['a refusal by status', [{ fail: 'fatal', status: 400 }], 'nothing'],
    ['a server that is not there', [{ fail: 'fatal', code: 'ECONNREFUSED' }], 'nothing'],
    ['a quota error in an open stream that has said nothing', [{ open: {} }, { fail: 'quota' }], 'nothing'],
    ['an answer cut off without usage', ['half', { fail: 'content-filter' }], 'the reservation'],
    [
      'an answer cut off with its prompt counted',
      ['half', { fail: 'content-filter', usage: { input: 100 } }],
      1_100_000,
    ],
    [
      'a filtered answer that was counted',
      ['half', { fail: 'content-filter', usage: { input: 100, output: 5 } }],
      105_000,
    ],
    ['an answer whose usage is missing', ['whole', { finish: { usage: {} } }], 'the reservation'],
    ['an answer', ['whole', { finish: { usage: { input: 100, output: 10, cacheRead: 1000 } } }], 1_110_000],
  ];
  for (const [what, script, cost] of charges) {
    it(`for ${what}: ${typeof cost === 'number' ? `${cost} nano-dollars` : cost}`, async () => {
      const s = stage({ a: script ?? [] });
      await s.collect();
      const [outcome] = s.journal.of('call-outcome');
      const expected =
        cost === 'nothing' ? 0 : cost === 'the reservation' ? s.journal.of('call-intent')[0]?.reserved : cost;
      assert.equal(outcome?.cost, expected);
      assert.equal(outcome?.costIsReservation === true, cost === 'the reservation' || cost === 1_100_000);
      assert.equal(s.budget.standing()[0]?.spent, expected);
    });
  }
});
