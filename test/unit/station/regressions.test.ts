import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ToldCheck } from '../../../src/core/session/told-checks.ts';
import type { Between, History } from '../../../src/core/station/contract.ts';
import { standingWorkflows } from '../../../src/core/station/standing-workflows.ts';
import { QueuedWorkflow } from '../../../src/protocol/station.ts';
import { Workflow } from '../../../src/protocol/workflow.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Disk } from '../../support/memory-store.ts';
import { type Act, member, type Standing, standing } from '../../support/station-world.ts';

const MINUTE = 60_000;
const NIGHTLY = 'nightly';
const commitOf = (letter: string) => letter.repeat(40);

const nightly = (goal: string, deliver: boolean) =>
  QueuedWorkflow.parse({
    name: NIGHTLY,
    plan: {
      goal,
      tasks: [{ kind: 'check', id: 'unit', title: 'Unit tests', checks: [{ run: 'npm test' }] }],
    },
    members: [],
    deliver,
  });

/** What `npm test` says: whether it passes, on which commit, and whether with changes beside it. */
interface Word {
  ok: boolean;
  /** Absent: nobody can tell. */
  on?: string;
  dirty?: boolean;
}
const told = ({ ok, on, dirty }: Word): ToldCheck => ({
  task: 'unit',
  check: { run: 'npm test' },
  ok,
  ...(!ok && { output: '1 failing: total of 12 is 120' }),
  ...(on !== undefined && {
    on: { commit: commitOf(on), ...(dirty && { changed: { count: 6, files: ['a.js', 'b.js'] } }) },
  }),
});

/** Commits in the order of the alphabet. */
const history: History = {
  async between(from, to): Promise<Between> {
    const letters = 'abcdefghij'.slice('abcdefghij'.indexOf(from[0] ?? '') + 1, 'abcdefghij'.indexOf(to[0] ?? '') + 1);
    const commits = [...letters]
      .reverse()
      .map(each => ({ id: commitOf(each), author: 'Ada', subject: `Change ${each}` }));
    return { commits, more: 0 };
  },
};

interface Given {
  /** How mending ends, and how long it takes. */
  mended?: Act['outcome'];
  mendMs?: number;
  /** Whether mending writes anything. */
  wrote?: boolean;
  deliver?: boolean;
  disk?: Disk;
  /** After each run, so many lines that followed its beginning are on disk, and the process is killed. */
  kills?: readonly (number | undefined)[];
}

async function world({
  mended = 'completed',
  mendMs = MINUTE,
  wrote = true,
  deliver = false,
  disk = new Disk(),
  kills = [],
}: Given = {}) {
  const clock = new FakeClock();
  const words: Word[] = [];
  const done = new Map<string, number>();
  const act = ({ goal }: { goal: string }): Act => {
    const word = goal.startsWith(NIGHTLY) ? words[Number(goal.slice(NIGHTLY.length))] : undefined;
    return word
      ? { ms: MINUTE, outcome: word.ok ? 'completed' : 'failed', checks: [told(word)] }
      : { ms: mendMs, outcome: mended, wrote };
  };
  const members = [member('looks', { role: 'reviewer' }), member('codex'), member('comet')];
  const begin = () => standing(clock, act, { members, disk, history, beside: true, done, settings: { resumes: 50 } });
  let team: Standing = await begin();
  return {
    get team() {
      return team;
    },
    /** The workflow runs once more, and its check says this. */
    async run(word: Word, meanwhile?: () => void) {
      const number = words.push(word) - 1;
      const goal = `${NIGHTLY}${number}`;
      team.ask({ kind: 'queue-add', text: goal, priority: 9, workflow: nightly(goal, deliver) });
      await clock.advance(MINUTE / 2);
      meanwhile?.();
      for (let minutes = 0; minutes < 4; minutes++) await clock.advance(MINUTE);
      const kept = kills[number];
      if (kept === undefined) return;
      team.kill();
      const item = [...team.state.items.values()].find(({ text }) => text === goal)?.id;
      const lines = disk.lines();
      const began = lines.findIndex(line => line.includes('"run-started"') && line.includes(`"item":"${item}"`));
      disk.journal = new TextEncoder().encode(`${lines.slice(0, began + 1 + kept).join('\n')}\n`);
      team = await begin();
      for (let minutes = 0; minutes < 4; minutes++) await clock.advance(MINUTE);
    },
    mends: () =>
      [...team.state.items.values()].flatMap(({ id, bug, status, text, workflow, deliver: branch, priority }) =>
        bug?.regression ? [{ id, status, text, tasks: workflow?.plan.tasks ?? [], branch, priority }] : [],
      ),
    notes: () => team.state.notices.map(({ text }) => text.replace(/^nightly: "npm test" \(unit\) /, '')),
  };
}

const pass = (on: string, dirty = false): Word => ({ ok: true, on, dirty });
const fail = (on: string, dirty = false): Word => ({ ok: false, on, dirty });
const HOURS = 600 * MINUTE;

describe('a check of a workflow that passed before and fails now', () => {
  it('is a regression: work for the queue, with the commits between, held to that very check', async () => {
    const { run, mends, notes } = await world({ deliver: true });
    await run(pass('a'));
    await run(pass('b'));
    assert.deepEqual([mends(), notes()], [[], []]);
    await run(fail('d'));
    const [mend, ...others] = mends();
    assert.deepEqual(others, []);
    assert.deepEqual(mend?.text.split('\n'), [
      'Mend: npm test passed before and fails now (nightly, unit)',
      '2 commits lie between, by Ada.',
    ]);
    const [task] = mend?.tasks ?? [];
    assert.deepEqual(task && 'checks' in task && task.checks, [{ run: 'npm test' }]);
    const said = task && 'instructions' in task ? task.instructions : '';
    assert.match(
      said,
      /<data (\w{10})>\n.*Commits between, the newest first:\n\s+dddddddddd Ada: Change d\n\s+cccccccccc Ada: Change c\n<\/data \1>$/s,
      'what programs and commits say is marked, so that it asks for nothing',
    );
    assert.equal(task && 'role' in task && task.role, 'codex');
    assert.match(said, /Expected: It passes, as it did on bbbbbbbbbb/);
    assert.match(said, /Seen: It fails on dddddddddd: 1 failing: total of 12 is 120/);
    assert.deepEqual([mend?.branch, mend?.priority], [true, 5], 'on a branch as the workflow is, and within a day');
    assert.deepEqual(notes(), [
      `passed on bbbbbbbbbb and fails on dddddddddd: ${mend?.id} is to mend it`,
      `The bug "npm test passed before and fails now (nightly, unit)" (${mend?.id}) is closed: tried again, and not seen any more`,
    ]);
  });

  it('is known while it stands, over when it passes again, and another one when it fails after that', async () => {
    const { run, mends, notes } = await world({ mendMs: HOURS });
    for (const word of [pass('a'), fail('b'), fail('b'), fail('c'), pass('d'), fail('e')]) await run(word);
    const [first, second, ...more] = mends().map(({ id }) => id);
    assert.deepEqual(more, []);
    assert.deepEqual(notes(), [
      `passed on aaaaaaaaaa and fails on bbbbbbbbbb: ${first} is to mend it`,
      `still fails: ${first} is to mend it`,
      `still fails: ${first} is to mend it`,
      `passes again on dddddddddd: the regression (${first}) is over`,
      `passed on dddddddddd and fails on eeeeeeeeee: ${second} is to mend it`,
    ]);
  });

  it('takes back the work that nobody has begun when it passes again', async () => {
    const { run, mends, team } = await world();
    await run(pass('a'));
    await run(fail('b'), () => team.ask({ kind: 'pause' }));
    for (const { id } of mends()) team.ask({ kind: 'queue-hold', item: id });
    team.ask({ kind: 'unpause' });
    await run(pass('c'));
    const [mend] = mends();
    assert.equal(mend?.status, 'removed');
    assert.equal(team.state.items.get(mend.id)?.note, 'it passes again');
  });

  it('is given to somebody three times in a row at most, then to a person; once where mending fails', async () => {
    const often = await world();
    for (const word of [pass('a'), ...'bcdefg'].map(each => (typeof each === 'string' ? fail(each) : each)))
      await often.run(word);
    assert.equal(often.mends().length, 3);
    assert.match(often.notes().at(-1) ?? '', /^still fails after q\d+ \(done\): look at it yourself$/);
    const failed = await world({ mended: 'failed' });
    for (const word of [pass('a'), fail('b'), fail('c')]) await failed.run(word);
    assert.equal(failed.mends().length, 1);
    assert.match(failed.notes().at(-1) ?? '', /^still fails after q\d+ \(failed\): look at it yourself$/);
  });

  it('is none where it has passed and failed on the same commit: it is not steady, and is believed when it goes on', async () => {
    const { run, mends, notes } = await world();
    for (const word of [pass('a'), fail('a'), fail('b')]) await run(word);
    assert.deepEqual(
      [mends(), notes().map(text => text.split(':')[0])],
      [[], ['is not steady', 'fails on bbbbbbbbbb, and was not steady before']],
    );
    await run(fail('c'));
    assert.equal(mends().length, 1, 'three times in a row');
  });

  it('is over without having been one where the same commit passes when it is tried again', async () => {
    const { run, mends, notes } = await world({ mendMs: HOURS });
    for (const word of [pass('a'), fail('b'), pass('b'), fail('c'), pass('d'), pass('e'), fail('f')]) await run(word);
    assert.match(
      notes()[1] ?? '',
      /^is not steady: it has both passed and failed on bbbbbbbbbb\. That is no regression$/,
    );
    assert.match(notes()[2] ?? '', /^fails on cccccccccc, and was not steady before/);
    assert.equal(mends().length, 1, 'the first alone');
  });

  it('is not steady where nobody had anything to write to mend it, twice in a row: it is believed when it goes on', async () => {
    const { run, mends, notes } = await world({ wrote: false });
    for (const word of [pass('a'), fail('b'), pass('c'), fail('d'), pass('e'), fail('f')]) await run(word);
    assert.equal(mends().length, 2);
    assert.match(
      notes().at(-1) ?? '',
      /^fails on ffffffffff, and is not steady: the last times nothing had to be written/,
    );
    for (const word of [pass('g'), fail('h'), pass('i'), fail('j')]) await run(word);
    assert.equal(mends().length, 2, 'as long as it comes and goes');
    for (const word of [fail('j'), fail('j')]) await run(word);
    assert.equal(mends().length, 3, 'three times in a row');
    const mended = await world();
    for (const word of [pass('a'), fail('b'), pass('c'), fail('d'), pass('e'), fail('f')]) await mended.run(word);
    assert.equal(mended.mends().length, 3, 'what is mended and broken again is a regression each time');
  });

  it('is told with what is not known: changes in no commit, no git, and nothing at all before it has passed once', async () => {
    const dirty = await world({ mendMs: HOURS });
    for (const word of [fail('a'), pass('b', true), fail('b', true)]) await dirty.run(word);
    const [mend] = dirty.mends();
    assert.match(mend?.text ?? '', /\nNo commit lies between\.$/);
    assert.equal(
      dirty.notes()[0],
      `passed on bbbbbbbbbb with changes that are in no commit (a.js, b.js and 4 more) and fails on bbbbbbbbbb with changes that are in no commit (a.js, b.js and 4 more): ${mend?.id} is to mend it`,
    );
    const bare = await world({ mendMs: HOURS });
    for (const ok of [true, false]) await bare.run({ ok });
    assert.match(
      bare.mends()[0]?.text ?? '',
      /It is not known which commits it ran on: git could not tell, or there was none yet\.$/,
    );
  });

  it('is found by a workflow on a schedule, which nobody has to start', async () => {
    const clock = new FakeClock(Date.UTC(2026, 10, 2, 0, 30));
    const says = [pass('a'), fail('c')];
    const act = ({ goal }: { goal: string }): Act => {
      const word = goal === NIGHTLY ? says.shift() : undefined;
      return { ms: MINUTE, ...(word && { checks: [told(word)] }) };
    };
    const on = [{ schedule: { cron: '0 * * * *', zone: 'UTC' } }];
    const workflow = Workflow.parse({ ...nightly(NIGHTLY, false).plan, name: NIGHTLY, on });
    const { standing: workflows } = standingWorkflows([workflow]);
    const { state } = await standing(clock, act, { members: [member('codex')], history, workflows });
    for (let hours = 0; hours < 2; hours++) for (let minutes = 0; minutes < 60; minutes++) await clock.advance(MINUTE);
    const filed = [...state.items.values()].filter(({ bug }) => bug?.regression);
    assert.deepEqual(
      filed.map(({ text, by }) => [text.split('\n')[1], by]),
      [['2 commits lie between, by Ada.', 'system']],
    );
  });

  it('is the same, and filed once for each time, whenever the team is killed meanwhile', async () => {
    const word = fc.record({
      ok: fc.boolean(),
      on: fc.constantFrom(...'abcd'),
      dirty: fc.boolean(),
    });
    const kill = fc.option(fc.nat(6), { nil: undefined });
    const story = fc.array(fc.tuple(word, kill), { minLength: 2, maxLength: 8 });
    const end = async (said: Word[], kills: (number | undefined)[], wrote: boolean) => {
      const played = await world({ kills, wrote });
      for (const one of said) await played.run(one);
      const { checks } = played.team.state;
      const known = [...checks.values()].map(({ ok, unsteady, regression, groundless, passed }) => [
        ok,
        unsteady,
        regression?.times,
        groundless,
        passed?.on,
      ]);
      return { known, mends: played.mends().length };
    };
    await fc.assert(
      fc.asyncProperty(story, fc.boolean(), async (told, wrote) => {
        const said = told.map(([one]) => one);
        const undisturbed = await end(said, [], wrote);
        assert.deepEqual(
          await end(
            said,
            told.map(([, at]) => at),
            wrote,
          ),
          undisturbed,
        );
        assert.ok(undisturbed.mends <= said.filter(({ ok }) => !ok).length);
      }),
      { numRuns: 40 },
    );
  });
});
