import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Publisher } from '../../../src/dashboard/publisher.ts';
import { overviewView, sessionRow, sessionView } from '../../../src/dashboard/rows/session.ts';
import { sessionTables, sources } from '../../../src/dashboard/rows/tables.ts';
import { ToDashboard, type Update } from '../../../src/protocol/dashboard.ts';
import { Model } from '../../../webview-ui/model/model.ts';
import { anyEvent } from '../../support/arbitrary-events.ts';
import { type MemorySession, memorySession } from '../../support/dashboard/memory-session.ts';
import { standingTeam } from '../../support/dashboard/standing.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { longSession } from '../../support/long-session.ts';
import { type MemoryJournal, memoryJournal } from '../../support/memory-journal.ts';

const checklist = () => [{ id: 'x', label: 'X', ok: true }];
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const byId = (rows: readonly { id: string }[]) => [...rows].sort((a, b) => (a.id < b.id ? -1 : 1)).map(plain);

/** A page that draws at once, or only when told to. */
class Stage {
  readonly clock = new FakeClock();
  readonly journal: MemoryJournal = memoryJournal(() => this.clock.now());
  readonly session: MemorySession = memorySession(this.journal);
  readonly updates: Update[] = [];
  readonly model = new Model();
  draws = true;
  readonly publisher = new Publisher({
    clock: this.clock,
    checklist,
    onFailure: error => assert.fail(String(error)),
    post: raw => {
      const message = ToDashboard.parse(plain(raw));
      assert.equal(message.type, 'update');
      this.updates.push(message);
      this.model.take(message, this.clock.now());
      if (this.draws) this.publisher.drawn(message.revision);
    },
  });

  show(): void {
    this.publisher.show({ workspace: 'ready', sessions: [this.session], session: this.session });
  }

  /** Long enough for everything that has a pace of its own. */
  async quiet(): Promise<void> {
    await this.clock.advance(5000);
  }

  /** What the page has, against what a page would be told that opened now. */
  assertSame(): void {
    const { state } = this.session;
    for (const table of sessionTables) {
      const fresh = [...new Set(sources[table].ids(state))].map(id => sources[table].row(state, id));
      assert.deepEqual(byId(this.model.tables[table].peek()), byId(fresh as { id: string }[]), table);
    }
    assert.deepEqual(plain(this.model.tables.sessions.peek()), [plain(sessionRow(this.session))]);
    assert.deepEqual(plain(this.model.session.peek()), plain(sessionView(this.session)));
    assert.deepEqual(plain(this.model.overview.peek()), plain(overviewView(state, checklist)));
    for (const [agent, { spans }] of state.history.lanes)
      assert.deepEqual(
        this.model.lane(agent).map(({ id }) => id),
        spans.map(({ n }) => `${agent}#${n}`),
      );
  }
}

/** Events after which agents, calls and asks are others than before. */
const aboutAgents = anyEvent.filter(({ type }) => /^(agent-|call-|permission-|question-|session-res)/.test(type));

/** Those of the session itself; the picker's come beside them. */
const rowsOf = ({ upsert, remove }: Update) =>
  sessionTables.reduce((sum, table) => sum + (upsert?.[table]?.length ?? 0) + (remove?.[table]?.length ?? 0), 0);

describe('the publisher of the dashboard', () => {
  it('tells by deltas exactly what a fresh snapshot would tell, after any events, seen and unseen', async function () {
    this.timeout(60_000);
    const step = fc.oneof(
      { weight: 6, arbitrary: anyEvent },
      { weight: 6, arbitrary: aboutAgents },
      { weight: 3, arbitrary: fc.constant('frame' as const) },
      { weight: 1, arbitrary: fc.constantFrom('hide' as const, 'show' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async steps => {
        const stage = new Stage();
        stage.show();
        let visible = true;
        for (const next of steps) {
          if (next === 'frame') await stage.clock.advance(20);
          else if (next === 'hide') {
            stage.publisher.hide();
            visible = false;
          } else if (next === 'show') {
            stage.show();
            visible = true;
          } else stage.journal.append(next);
        }
        if (!visible) stage.show();
        await stage.quiet();
        stage.assertSame();
        stage.publisher.dispose();
        assert.equal(stage.clock.pending, 0);
        assert.equal(stage.session.listeners, 0);
      }),
      { numRuns: 500 },
    );
  });

  it('tells that nothing holds the commands, and what to install, until the session is resumed where something does', async () => {
    const stage = new Stage();
    stage.show();
    await stage.quiet();
    const text = 'bubblewrap is not installed. Install bubblewrap: apt install bubblewrap.';
    stage.journal.append({ type: 'notice', level: 'warning', code: 'not-held', text });
    await stage.quiet();
    assert.equal(stage.model.session.peek()?.unheld, text);
    stage.assertSame();
    stage.journal.append({ type: 'session-resumed', pid: 1, host: 'terminal', version: '0', by: 'user' });
    await stage.quiet();
    assert.equal(stage.model.session.peek()?.unheld, undefined);
    stage.assertSame();
    stage.publisher.dispose();
  });

  it('tells who stands in the team, a shower of changes once, and that none stands any more', async () => {
    const clock = new FakeClock();
    const told: Update[] = [];
    let changed = () => {};
    const team = { state: standingTeam(clock.now()).state, runs: true };
    const publisher = new Publisher({
      clock,
      checklist,
      onFailure: error => assert.fail(String(error)),
      post: raw => {
        const update = ToDashboard.parse(plain(raw));
        assert.equal(update.type, 'update');
        told.push(update);
        publisher.drawn(update.revision);
      },
      team: {
        get state() {
          return team.state;
        },
        get runs() {
          return team.runs;
        },
        onChange(listener) {
          changed = listener;
          return { dispose: () => undefined };
        },
      },
    });
    const teams = () => told.flatMap(({ team }) => (team === undefined ? [] : [team]));
    publisher.show({ workspace: 'ready', sessions: [], session: undefined });
    await clock.advance(2000);
    assert.equal(teams().length, 1);
    assert.deepEqual(
      teams()[0]?.members.map(({ name, standing, asks }) => [name, asks ? 'asks' : standing]),
      [
        ['codex', 'at-work'],
        ['codex2', 'stuck'],
        ['codex3', 'paused'],
        ['comet', 'asks'],
        ['edu_dev_with_a_name_that_is_rather_long', 'idle'],
        ['arch_qa', 'out-of-money'],
        ['arch_prod', 'parked'],
      ],
    );
    for (let i = 0; i < 5; i++) changed();
    await clock.advance(5000);
    assert.equal(teams().length, 2, 'a shower of changes is told once, with when things begin by now');
    team.runs = false;
    changed();
    await clock.advance(2000);
    assert.equal(teams().at(-1), null);
    publisher.dispose();
    assert.equal(clock.pending, 0);
  });

  it('tells a long session in parts of bounded size, and says when it is whole', async () => {
    const stage = new Stage();
    for (const event of longSession(20_000)) stage.journal.append(event);
    stage.show();
    await stage.quiet();
    const [first, ...rest] = stage.updates;
    assert.ok(first?.reset && !first.complete);
    assert.ok(rest.every(update => !update.reset));
    assert.ok(stage.updates.every(update => rowsOf(update) <= 250));
    assert.equal(stage.model.complete.peek(), true);
    stage.assertSame();
  });

  it('makes one update of what happens within a frame, at most sixty a second', async () => {
    const stage = new Stage();
    stage.journal.append({ type: 'agent-started', agent: 'a', role: 'r', attempt: 1, route: [] });
    stage.show();
    await stage.quiet();
    stage.updates.length = 0;
    for (let ms = 0; ms < 1000; ms++) {
      for (let i = 0; i < 10; i++) stage.journal.append({ type: 'agent-doing', agent: 'a', what: `step ${ms}.${i}` });
      await stage.clock.advance(1);
    }
    assert.ok(stage.updates.length <= 60, `${stage.updates.length} updates`);
    assert.ok(stage.updates.length >= 40, `${stage.updates.length} updates`);
  });

  it('tells a page that draws nothing at most twice a second, and nothing is lost', async () => {
    const stage = new Stage();
    stage.draws = false;
    stage.journal.append({ type: 'agent-started', agent: 'a', role: 'r', attempt: 1, route: [] });
    stage.show();
    for (let i = 0; i < 300; i++) {
      stage.journal.append({ type: 'agent-doing', agent: 'a', what: `step ${i}` });
      await stage.clock.advance(10);
    }
    assert.ok(stage.updates.length <= 7, `${stage.updates.length} updates in three seconds`);
    await stage.quiet();
    stage.assertSame();
  });

  it('tells nothing while hidden, and everything anew when shown', async () => {
    const stage = new Stage();
    stage.show();
    await stage.quiet();
    stage.publisher.hide();
    stage.updates.length = 0;
    for (const event of longSession(500)) stage.journal.append(event);
    stage.session.stream('agent-0', { type: 'text', text: 'unseen' });
    await stage.quiet();
    assert.equal(stage.updates.length, 0);
    assert.equal(stage.clock.pending, 0);
    stage.show();
    await stage.quiet();
    assert.ok(stage.updates[0]?.reset);
    stage.assertSame();
  });

  it('lists agents in the order in which they started, whatever was on its way when all is told anew', async () => {
    const stage = new Stage();
    const names = ['first', 'second', 'third'];
    for (const agent of names)
      stage.journal.append({ type: 'agent-started', agent, role: 'writer', attempt: 1, route: ['a/b'] });
    stage.show();
    await stage.quiet();
    stage.journal.append({ type: 'agent-doing', agent: 'third', what: 'writes' });
    stage.show();
    await stage.quiet();
    assert.deepEqual(stage.model.tables.agents.ids.peek(), names);
  });

  it('sends of a thousand tasks only the one that changed', async () => {
    const stage = new Stage();
    const ids = Array.from({ length: 1000 }, (_, i) => `t${i}`);
    const task = {
      kind: 'agent',
      role: 'r',
      instructions: 'i',
      needs: [],
      priority: 'medium',
      optional: false,
    } as const;
    const more = { writes: [], publishes: [], consumes: [], checks: [], complexity: 'normal' } as const;
    const tasks = ids.map(id => ({ ...task, ...structuredClone(more), needs: [], id, title: id }));
    stage.journal.append({
      type: 'plan-proposed',
      revision: 1,
      source: 'planner',
      plan: { goal: 'g', phases: [], pools: {}, tasks } as never,
    });
    stage.show();
    await stage.quiet();
    stage.updates.length = 0;
    stage.journal.append({ type: 'task-started', task: 't500', attempt: 1 });
    await stage.quiet();
    assert.deepEqual(
      stage.updates.flatMap(update => update.upsert?.tasks ?? []).map(({ id }) => id),
      ['t500'],
    );
  });
});

describe('the live text', () => {
  const open = async () => {
    const stage = new Stage();
    for (const agent of ['a', 'b'])
      stage.journal.append({ type: 'agent-started', agent, role: 'r', attempt: 1, route: [] });
    stage.show();
    stage.publisher.watch('a');
    await stage.quiet();
    stage.updates.length = 0;
    return stage;
  };
  const told = (stage: Stage) => (stage.model.live.peek()?.parts ?? []).map(({ kind, text }) => ({ kind, text }));

  it('is that of the watched agent alone, several tokens to a message', async () => {
    const stage = await open();
    for (let i = 0; i < 1000; i++) {
      stage.session.stream('a', { type: 'text', text: 'x' });
      stage.session.stream('b', { type: 'text', text: 'y' });
      await stage.clock.advance(1);
    }
    await stage.quiet();
    assert.deepEqual(told(stage), [{ kind: 'text', text: 'x'.repeat(1000) }]);
    const texts = stage.updates.filter(update => update.live);
    assert.ok(texts.length <= 61, `${texts.length} messages`);
    assert.ok(!JSON.stringify(stage.updates).includes('yy'));
  });

  it('is there on a dashboard that is opened in the middle of the session, with what agents had said by then', async () => {
    const stage = new Stage();
    stage.journal.append({ type: 'agent-started', agent: 'a', role: 'r', attempt: 1, route: [] });
    stage.session.stream('a', { type: 'attempt', call: 'c', model: 'x/one' });
    stage.session.stream('a', { type: 'text', text: 'said before anybody looked' });
    stage.show();
    stage.publisher.watch('a');
    await stage.quiet();
    assert.deepEqual(told(stage), [
      { kind: 'model', text: 'x/one' },
      { kind: 'text', text: 'said before anybody looked' },
    ]);
    assert.equal(stage.model.streaming('a'), 7);
    stage.publisher.dispose();
    stage.session.stream('a', { type: 'text', text: ', and nobody is told any more' });
    assert.equal(stage.session.listeners, 0);
  });

  it('begins, for one who comes later, with the end of what was said before', async () => {
    const stage = await open();
    stage.session.stream('b', { type: 'attempt', call: 'c', model: 'x/one' });
    stage.session.stream('b', { type: 'text', text: 'said before ' });
    await stage.quiet();
    stage.publisher.watch('b');
    stage.session.stream('b', { type: 'text', text: 'and now' });
    await stage.quiet();
    assert.deepEqual(told(stage), [
      { kind: 'model', text: 'x/one' },
      { kind: 'text', text: 'said before and now' },
    ]);
  });

  it('never grows beyond a bound, on neither side, however much is said', async () => {
    const stage = await open();
    for (let i = 0; i < 400; i++) {
      stage.session.stream('a', { type: 'text', text: `${i} `.repeat(2000) });
      await stage.clock.advance(17);
    }
    stage.session.stream('a', { type: 'text', text: 'the end' });
    await stage.quiet();
    const longest = Math.max(...stage.updates.map(update => JSON.stringify(update).length));
    assert.ok(longest < 60_000, `${longest} characters in one message`);
    const text = told(stage)
      .map(part => part.text)
      .join('');
    assert.ok(text.length <= 60_000, `${text.length} characters`);
    assert.ok(text.endsWith('the end'));
  });

  it('is taken from the journal where nothing streams, told once where it streams, and names no rule by its id', async () => {
    const stage = await open();
    const message = { role: 'assistant' as const, parts: [{ type: 'text' as const, text: 'hello' }] };
    stage.journal.append({ type: 'agent-message', agent: 'a', segment: 0, message });
    stage.session.stream('a', { type: 'text', text: 'streamed' });
    stage.journal.append({
      type: 'agent-message',
      agent: 'a',
      segment: 0,
      message: { role: 'assistant', parts: [{ type: 'text', text: 'streamed' }] },
    });
    stage.journal.append({
      type: 'tool-outcome',
      agent: 'a',
      call: 't',
      ok: false,
      refusal: 'denied',
      output: { text: 'no' },
      ms: 1,
    });
    await stage.quiet();
    assert.deepEqual(told(stage), [
      { kind: 'text', text: 'hellostreamed' },
      { kind: 'failure', text: 'no' },
    ]);
  });

  it('counts what streams as an estimate, for every agent, and ends with the call', async () => {
    const stage = await open();
    stage.journal.append({ type: 'call-intent', call: 'c', agent: 'b', turn: 1, attempt: 1, model: 'x/one' });
    stage.session.stream('b', { type: 'attempt', call: 'c', model: 'x/one' });
    for (let i = 0; i < 100; i++) stage.session.stream('b', { type: 'text', text: 'four' });
    await stage.quiet();
    assert.equal(stage.model.streaming('b'), 100);
    const usage = { input: 10, output: 90 };
    stage.journal.append({
      type: 'call-outcome',
      call: 'c',
      result: { ok: true, stop: 'end' },
      usage,
      cost: 5,
      ms: 10,
    });
    await stage.quiet();
    assert.equal(stage.model.streaming('b'), 0);
    assert.equal(stage.model.tables.agents.get('b')?.tally.output, 90);
  });

  it('tells counters five times a second at most, whatever streams', async () => {
    const stage = await open();
    stage.publisher.watch(undefined);
    await stage.quiet();
    stage.updates.length = 0;
    for (let ms = 0; ms < 1000; ms++) {
      for (let i = 0; i < 10; i++) stage.session.stream(i % 2 ? 'a' : 'b', { type: 'text', text: 'word' });
      await stage.clock.advance(1);
    }
    assert.ok(stage.updates.length <= 6, `${stage.updates.length} updates`);
  });
});
