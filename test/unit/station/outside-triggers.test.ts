import assert from 'node:assert/strict';
import type { Outside, Sign } from '../../../src/core/station/contract.ts';
import { standingWorkflows } from '../../../src/core/station/standing-workflows.ts';
import { AgentTask } from '../../../src/protocol/plan.ts';
import { Workflow } from '../../../src/protocol/workflow.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Disk } from '../../support/memory-store.ts';
import { type Act, standing } from '../../support/station-world.ts';

const MINUTE = 60_000;

const workflow = (name: string, on: object[], writes: string[] = [], more: object = {}) =>
  Workflow.parse({
    name,
    goal: name,
    tasks: [AgentTask.parse({ id: 'a', title: 'a', role: 'implementer', instructions: 'a', writes })],
    on,
    ...more,
  });
const known = (...workflows: Workflow[]) => {
  const { standing: found, problems } = standingWorkflows(workflows);
  assert.deepEqual(problems, []);
  return found;
};
const checks = workflow('checks', [{ changed: { files: ['src/**'] } }]);
const release = workflow('release', [{ commit: { branch: 'main' } }]);

/** What is outside, as a test has it. */
class Scene implements Outside {
  wanted: Parameters<Outside['watch']>[0] = [];
  #told: Parameters<Outside['watch']>[1] | undefined;

  watch(wanted: Scene['wanted'], told: Parameters<Outside['watch']>[1]) {
    this.wanted = wanted;
    this.#told = told;
    return { dispose: () => (this.#told = undefined) };
  }

  /** It stands so, and whoever looks hears of it. */
  is(mark: string, news?: string[], more: Partial<Sign> = {}): void {
    const sign: Sign = { trigger: this.wanted[0]?.trigger ?? '', mark, missed: false, ...(news && { news }), ...more };
    this.#told?.seen(sign);
  }
}

async function world(act: () => Act, ...workflows: Workflow[]) {
  const clock = new FakeClock();
  const disk = new Disk();
  const begin = async (...others: Workflow[]) => {
    const outside = new Scene();
    const now = others.length > 0 ? others : workflows;
    const team = await standing(clock, act, { workflows: known(...now), outside, disk });
    return { ...team, outside, goals: () => team.runs.opened.map(({ request }) => request.goal) };
  };
  return { clock, begin };
}

const said = (events: { type: string }[]) =>
  events.flatMap(event => {
    const { type, note, text } = event as { type: string; note?: string; text?: string };
    return type === 'cause-admitted' ? (note ?? []) : type === 'notice' ? (text ?? []) : [];
  });

describe('a workflow that begins by what is different outside', () => {
  it('begins once for each time, and not for what stood there before it was heard of', async () => {
    const { clock, begin } = await world(() => ({ ms: MINUTE }), checks);
    const { outside, goals } = await begin();
    assert.deepEqual(outside.wanted, [
      { trigger: 'checks#changed ["src/**"]', workflow: 'checks', watched: { kind: 'files', globs: ['src/**'] } },
    ]);
    outside.is('one');
    await clock.advance(MINUTE);
    assert.deepEqual(goals(), []);
    outside.is('two', ['src/a.ts']);
    outside.is('two', []);
    await clock.advance(2 * MINUTE);
    assert.deepEqual(goals(), ['checks']);
    // What is as it was once is different all the same.
    outside.is('one', ['src/a.ts']);
    await clock.advance(2 * MINUTE);
    assert.deepEqual(goals(), ['checks', 'checks']);
  });

  it('begins once more for all that came while it was under way', async () => {
    const { clock, begin } = await world(() => ({ ms: 10 * MINUTE }), release);
    const { outside, goals } = await begin();
    outside.is('a');
    for (const commit of ['b', 'c', 'd', 'e']) {
      outside.is(commit, ['']);
      await clock.advance(MINUTE);
    }
    assert.deepEqual(goals(), ['release']);
    await clock.advance(30 * MINUTE);
    assert.deepEqual(goals(), ['release', 'release']);
  });

  it('begins once, whenever the team is killed, and says what it has missed', async () => {
    const { clock, begin } = await world(() => ({ ms: MINUTE }), release);
    let { outside, goals, kill, journal } = await begin();
    outside.is('a');
    await journal.flush();
    kill();
    const next = await begin();
    ({ outside, goals, journal } = next);
    assert.equal(outside.wanted[0]?.mark, 'a');
    outside.is('b', ['', ''], { missed: true });
    await journal.flush();
    await clock.advance(1);
    assert.deepEqual(goals(), ['release']);
    assert.deepEqual(said(next.events), [
      'release: 2 commits came to main while nobody was there; it begins once for all of that',
    ]);
    next.kill();
    const last = await begin();
    last.outside.is('b', [], { missed: true });
    await clock.advance(5 * MINUTE);
    assert.equal(last.state.counts.items, 1);
    assert.equal([...last.state.items.values()][0]?.status, 'done');
  });

  it('is not begun by its own changes, nor by those of what it has begun, and says so', async () => {
    const act = (): Act => ({ ms: MINUTE, changed: () => new Map([['src/made.ts', ['first', 'made']]]) });
    const made = { holds: new Map([['src/made.ts', 'made']]) };
    const after = workflow('after', [{ ended: { workflow: 'checks' } }]);
    const { clock, begin } = await world(act, checks, after);
    const { outside, goals, events } = await begin();
    outside.is('one');
    outside.is('two', ['src/a.ts']);
    await clock.advance(1);
    outside.is('three', ['src/made.ts'], made);
    await clock.advance(MINUTE / 2);
    await clock.advance(3 * MINUTE);
    assert.deepEqual(goals(), ['checks', 'after']);
    outside.is('four', ['src/made.ts'], made);
    await clock.advance(3 * MINUTE);
    assert.deepEqual(goals(), ['checks', 'after']);
    assert.deepEqual(said(events), Array(2).fill('not begun: src/made.ts is its own doing'));
    outside.is('five', ['src/made.ts', 'src/b.ts']);
    await clock.advance(3 * MINUTE);
    assert.deepEqual(goals(), ['checks', 'after', 'checks', 'after'], 'somebody else was at it, too');
  });

  it('is begun by what a person makes of a file that it has written, deletes or puts back', async () => {
    let written = ['one'];
    const { clock, begin } = await world(() => {
      const mine = written;
      return { ms: MINUTE, changed: () => new Map([['src/made.ts', mine]]) };
    }, checks);
    const { outside, goals, events } = await begin();
    outside.is('0');
    const stands = async (content: string | null) => {
      const before = goals().length;
      outside.is(`${content} ${before}`, ['src/made.ts'], { holds: new Map([['src/made.ts', content]]) });
      await clock.advance(3 * MINUTE);
      return goals().length - before;
    };
    assert.equal(await stands('somebody'), 1);
    assert.equal(await stands('one'), 0);
    written = ['two', 'three'];
    assert.equal(await stands('by a person'), 1);
    assert.equal(await stands('three'), 0);
    assert.equal(await stands('two'), 1, 'what it wrote on the way is not what it left');
    assert.equal(await stands('one'), 1, 'what a later run wrote over is put back by a person');
    assert.equal(await stands(null), 1);
    assert.deepEqual(said(events), Array(2).fill('not begun: src/made.ts is its own doing'));
  });

  it('knows what it wrote on its way for its own while it is under way', async () => {
    const act = (): Act => ({ ms: MINUTE, changed: () => new Map([['src/made.ts', ['first', 'last']]]) });
    const { clock, begin } = await world(act, checks);
    const { outside, goals } = await begin();
    outside.is('0');
    outside.is('1', ['src/a.ts']);
    await clock.advance(MINUTE / 2);
    outside.is('2', ['src/made.ts'], { holds: new Map([['src/made.ts', 'first']]) });
    await clock.advance(3 * MINUTE);
    assert.deepEqual(goals(), ['checks']);
  });

  it('begins by what nobody saw, also where its own changes come after that', async () => {
    const act = (): Act => ({ ms: 10 * MINUTE, changed: () => new Map([['src/made.ts', ['made']]]) });
    const { clock, begin } = await world(act, checks);
    const { outside, kill, journal } = await begin();
    outside.is('0');
    outside.is('1', ['src/a.ts']);
    await clock.advance(MINUTE);
    await journal.flush();
    kill();
    const next = await begin();
    await clock.advance(MINUTE);
    next.outside.is('2', undefined, { missed: true });
    next.outside.is('3', ['src/made.ts'], { holds: new Map([['src/made.ts', 'made']]) });
    await clock.advance(30 * MINUTE);
    assert.equal(next.state.counts.items, 2);
    assert.match(said(next.events).join(), /changed while nobody was there; it begins once/);
  });

  it('makes up for nothing where it waits for something else than before', async () => {
    const { clock, begin } = await world(() => ({ ms: MINUTE }), checks);
    const { outside, kill, journal } = await begin();
    outside.is('0');
    await journal.flush();
    kill();
    const other = workflow('checks', [{ changed: { files: ['docs/**'] } }]);
    const next = await begin(other);
    assert.equal(next.outside.wanted[0]?.mark, undefined);
    next.outside.is('1', undefined);
    await clock.advance(3 * MINUTE);
    assert.deepEqual([next.goals(), said(next.events)], [[], []]);
    next.outside.is('2', ['docs/a.md']);
    await clock.advance(3 * MINUTE);
    assert.deepEqual(next.goals(), ['checks']);
    await next.journal.flush();
    next.kill();
    // It was not there to be waited for in between.
    const back = await begin();
    assert.equal(back.outside.wanted[0]?.mark, undefined);
    back.outside.is('0');
    back.outside.is('1', ['src/a.ts']);
    await clock.advance(3 * MINUTE);
    assert.deepEqual(back.goals(), ['checks']);
  });

  it('begins with files that do not stand still, and says so', async () => {
    const { clock, begin } = await world(() => ({ ms: MINUTE }), checks);
    const { outside, goals, events } = await begin();
    outside.is('0');
    outside.is('1', ['src/a.log'], { restless: true });
    await clock.advance(3 * MINUTE);
    assert.deepEqual(goals(), ['checks']);
    assert.deepEqual(said(events), [
      'checks: src/** did not stand still for a minute; it begins with what was there, and not again before it does',
    ]);
  });

  it('is not begun by a commit that its own session has made', async () => {
    const { clock, begin } = await world(() => ({ ms: MINUTE }), release);
    const { outside, goals, events, runs } = await begin();
    outside.is('a');
    outside.is('b', ['']);
    await clock.advance(2 * MINUTE);
    outside.is('c', [runs.opened[0]?.request.session ?? '']);
    await clock.advance(2 * MINUTE);
    assert.deepEqual(goals(), ['release']);
    assert.deepEqual(said(events), ['not begun: the new commits on main are its own doing']);
  });

  it('begins itself three times in a row at most where nobody knows who did it', async () => {
    const { clock, begin } = await world(() => ({ ms: MINUTE }), checks);
    const { outside, goals, events, runs } = await begin();
    outside.is('0');
    outside.is('1', ['src/a.ts']);
    for (let i = 2; i <= 20; i++) {
      await clock.advance(MINUTE / 2);
      // As a command of it does that writes a file each time.
      if (runs.atWork.size > 0) outside.is(String(i), ['src/formatted.ts']);
    }
    assert.equal(goals().length, 3);
    assert.deepEqual(said(events), ['not begun again, since it has begun itself 3 times in a row']);
    outside.is('later', ['src/a.ts']);
    await clock.advance(5 * MINUTE);
    assert.equal(goals().length, 4, 'what comes while nothing of it is under way begins it as ever');
  });

  it('is refused with a sentence where it writes what it waits for, itself or by way of others', () => {
    const problems = (...workflows: Workflow[]) => standingWorkflows(workflows).problems;
    const files = (...globs: string[]) => [{ changed: { files: globs } }];
    assert.deepEqual(problems(workflow('w', files('src/**'), ['src/made/**'])), [
      'The workflow "w" does not begin by itself: it would start itself again and again: "a" of "w" writes src/made/**.',
    ]);
    assert.deepEqual(problems(workflow('w', files('src/**', '!src/made/**'), ['src/made/**'])), []);
    assert.deepEqual(problems(workflow('w', files('src/**'), ['src/**'], { deliver: true })), []);
    const [one = '', two = ''] = problems(
      workflow('code', files('docs/**'), ['src/**']),
      workflow('docs', files('src/**'), ['docs/**']),
    );
    assert.match(one, /"code" does not .* again: "a" of "code" writes src\/\*\*, and "a" of "docs" writes docs\/\*\*/);
    assert.match(two, /"docs" does not/);
    assert.match(problems(workflow('w', [{ commit: { branch: 'a..b' } }]))[0] ?? '', /"a\.\.b" is no name of a branch/);
    assert.match(problems(workflow('w', files('../x')))[0] ?? '', /"\.\.\/x" leads out of the workspace/);
    assert.match(problems(workflow('w', [{}]))[0] ?? '', /name a schedule, ended, commit or changed/);
  });
});
