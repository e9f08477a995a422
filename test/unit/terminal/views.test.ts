import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { oneLine } from '../../../src/core/plain.ts';
import { openCost } from '../../../src/core/session/figures.ts';
import { Plan } from '../../../src/protocol/plan.ts';
import { showCosts, showCount, showDuration, showMoney } from '../../../src/protocol/show.ts';
import { liveLines } from '../../../src/terminal/live-view.ts';
import { Screen } from '../../../src/terminal/screen.ts';
import { cut, styleFor, table, widthOf } from '../../../src/terminal/style.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { type MemoryJournal, memoryJournal } from '../../support/memory-journal.ts';

const plain = styleFor({}, {});

function session(tasks: number): MemoryJournal {
  const journal = memoryJournal();
  const plan = Plan.parse({
    goal: 'Build it',
    phases: ['development'],
    tasks: Array.from({ length: tasks }, (_, i) => ({
      id: `task-${i}`,
      title: `Task ${i}`,
      role: 'implementer',
      instructions: 'Do it.',
      phase: 'development',
    })),
  });
  journal.append({
    type: 'session-started',
    session: 's',
    goal: 'Build \u001b[2Jit\nall',
    version: '1',
    workspace: '/w',
    rehearsal: true,
    budget: { sessionUsd: 5e9, alertAt: 0.8 },
  });
  journal.append({ type: 'plan-proposed', plan, revision: 1, source: 'planner' });
  journal.append({ type: 'plan-approved', revision: 1, by: 'user' });
  return journal;
}

describe('figures', () => {
  it('never show as zero what is not', () => {
    assert.equal(showMoney(0), '$0.00');
    assert.equal(showMoney(1), '$0.000000001');
    assert.equal(showMoney(4_200_000), '$0.0042');
    assert.equal(showMoney(1_254_000_000), '$1.25');
    assert.equal(showMoney(undefined), 'unknown');
  });

  it('say what a sum of costs lacks', () => {
    const sum = (boundCost: number, unknownCost: number) => showCosts({ cost: 2e9, boundCost, unknownCost });
    assert.deepEqual([sum(0, 0), sum(1, 0), sum(0, 1), sum(1, 1)], ['$2.00', '≤$2.00', '$2.00+', '~$2.00']);
  });

  it('stay short', () => {
    assert.deepEqual([0, 999, 1000, 12_345, 999_499, 1_200_000].map(showCount), [
      '0',
      '999',
      '1.0k',
      '12.3k',
      '999k',
      '1.2M',
    ]);
    assert.deepEqual([400, 12_000, 185_000, 8_040_000].map(showDuration), [
      '0.4 s',
      '12 s',
      '3 min 05 s',
      '2 h 14 min',
    ]);
  });
});

describe('a duration', () => {
  it('is never negative, whatever was done to the clock', () => {
    assert.equal(showDuration(-5000), '0.0 s');
    const { append, state } = session(1);
    append({ type: 'task-started', task: 'task-0', attempt: 1 });
    const lines = liveLines(state, { now: -3_600_000, columns: 80, rows: 20, style: plain });
    assert.doesNotMatch(lines.join('\n'), /\s-\d/);
  });
});

describe('what calls without an outcome may cost', () => {
  it('is what was reserved for them, until they are settled', () => {
    const { append, state } = memoryJournal();
    for (const call of ['one', 'two'])
      append({ type: 'call-intent', call, agent: 'a', turn: 1, attempt: 1, model: 'p/m', reserved: 50 });
    append({ type: 'call-intent', call: 'free', agent: 'a', turn: 1, attempt: 1, model: 'local/m' });
    assert.equal(openCost(state), 100);
    append({ type: 'call-outcome', call: 'one', result: { ok: true, stop: 'end' }, cost: 20, ms: 1 });
    assert.equal(openCost(state), 50);
  });
});

describe('text for the terminal', () => {
  it('lets no control sequence of a model through', () => {
    assert.equal(oneLine('a\u001b[31mb\u001b]0;title\u0007c\r\nd\u0000e'), 'abc d e');
  });

  it('is measured and cut by columns, not by code units', () => {
    assert.equal(widthOf('日本'), 4);
    assert.equal(widthOf('👩‍👩‍👧'), 2);
    assert.equal(cut('日本語です', 5), '日本…');
    assert.equal(cut('short', 5), 'short');
  });

  it('stands in aligned columns', () => {
    assert.equal(
      table(
        [
          ['日本', '1'],
          ['a', '22'],
        ],
        [1],
      ),
      '日本   1\na     22',
    );
  });
});

describe('the live view', () => {
  it('fits every line into the terminal and every task into its height', () => {
    const { append, state } = session(50);
    for (const task of ['task-0', 'task-1']) {
      const agent = `implementer-of-${task}`;
      append({ type: 'task-started', task, attempt: 1 });
      append({ type: 'agent-started', agent, role: 'implementer', task, attempt: 1, route: [] });
      append({
        type: 'call-intent',
        call: task,
        agent,
        task,
        turn: 1,
        attempt: 1,
        model: 'anthropic/claude-sonnet-5-5',
      });
      append({ type: 'call-outcome', call: task, result: { ok: true, stop: 'end' }, cost: 5, ms: 1 });
    }
    for (const columns of [20, 40, 80, 200]) {
      const lines = liveLines(state, { now: 5000, columns, rows: 20, style: plain });
      assert.ok(lines.length <= 20, `${lines.length} lines`);
      for (const line of lines) assert.ok(widthOf(line) <= columns, `${columns}: ${line}`);
    }
  });

  it('says that tasks are left out, and shows those that matter', () => {
    const journal = session(50);
    journal.append({ type: 'task-started', task: 'task-49', attempt: 1 });
    const text = liveLines(journal.state, { now: 1, columns: 80, rows: 12, style: plain }).join('\n');
    assert.match(text, /● task-49/);
    assert.match(text, /… and 4\d more/);
  });

  it('calls a cost that is an upper bound what it is', () => {
    const { append, state } = session(1);
    append({ type: 'call-intent', call: 'c', agent: 'a', task: 'task-0', turn: 1, attempt: 1, model: 'anthropic/m' });
    const cut = { ok: false, error: 'aborted', message: 'cut' } as const;
    append({ type: 'call-outcome', call: 'c', result: cut, cost: 170_000_000, costIsReservation: true, ms: 1 });
    const lines = liveLines(state, { now: 0, columns: 120, rows: 20, style: plain });
    assert.match(lines[1] ?? '', /at most \$0\.17 of \$5\.00/);
    assert.match(lines[3] ?? '', /at most \$0\.17/);
  });

  it('calls nothing running that was killed or interrupted, and paused what is paused', () => {
    const journal = session(1);
    journal.append({ type: 'task-started', task: 'task-0', attempt: 1 });
    journal.append({ type: 'agent-started', agent: 'a', role: 'r', task: 'task-0', attempt: 1, route: [] });
    const shown = (runs: boolean) =>
      liveLines(journal.state, { now: 0, columns: 80, rows: 24, style: plain, runs }).join('\n');
    assert.match(shown(true), /^running · 0\/1 task · 1 agent [\s\S]*^● task-0/m);
    assert.match(shown(false), /^interrupted · 0\/1 task · 0 agents [\s\S]*^◌ task-0/m);
    journal.append({ type: 'session-paused', by: 'user', reason: 'r' });
    assert.match(shown(true), /^paused [\s\S]*^‖ task-0/m);
    journal.append({ type: 'session-ended', outcome: 'interrupted', reason: 'r' });
    assert.match(shown(true), /^interrupted [\s\S]*^◌ task-0/m);
  });

  it('shows what waits for the user, with the count', () => {
    const journal = session(2);
    for (const ask of ['a1', 'a2']) {
      journal.append({
        type: 'permission-asked',
        ask,
        agent: 'qa-1',
        kind: 'command',
        what: 'curl x',
        rule: 'network',
      });
    }
    const text = liveLines(journal.state, { now: 1, columns: 80, rows: 24, style: plain }).join('\n');
    assert.match(text, /\? qa-1 \(1 of 2\) wants: curl x/);
  });
});

describe('the screen', () => {
  it('repaints in place at most ten times a second, with lasting lines above', async () => {
    const clock = new FakeClock();
    let out = '';
    let lines = ['one', 'two'];
    const screen = new Screen({ write: text => (out += text), columns: 80, rows: 24 }, clock, plain, () => ({ lines }));
    for (let i = 0; i < 100; i++) screen.touch();
    await clock.advance(100);
    assert.equal(stripVTControlCharacters(out), 'one\ntwo\n');
    screen.print('stays');
    lines = ['three'];
    screen.dispose();
    assert.equal(stripVTControlCharacters(out), 'one\ntwo\n\rstays\none\ntwo\n\rthree\n');
    screen.touch();
    await clock.advance(1000);
    assert.ok(stripVTControlCharacters(out).endsWith('three\n'), 'nothing after the end');
  });
});
