import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { asideOf, branchRef } from '../../../src/core/delivery/git.ts';
import { Train, type TrainParts } from '../../../src/core/delivery/train.ts';
import { Repository } from '../../../src/node/git/repository.ts';
import { BookDisk, MemoryBook } from '../../support/delivery/memory-book.ts';
import { Killed, Mortal } from '../../support/delivery/mortal.ts';
import {
  copyTemplate,
  FILES,
  git,
  gitSync,
  LINES,
  linesOf,
  makeTemplate,
  snapshot,
  userEnvironment,
} from '../../support/delivery/sample-repository.ts';

/** Of four repositories each; more of them take minutes: `TRAINS=75`. */
const RUNS = Number(process.env.TRAINS ?? 25);

/** What one agent's branch does: edits lines, and may leave something that the checks do not like. */
const feature = fc.record({
  file: fc.constantFrom(...FILES),
  line: fc.nat(LINES - 1),
  /** `half`: red only together with another half. */
  checks: fc.constantFrom('green', 'green', 'green', 'red', 'half'),
  /** On top of the branch before it. */
  stacked: fc.boolean(),
});

const userAct = fc.record({ process: fc.nat(3), step: fc.nat(25), file: fc.nat(3) });

const scenario = fc.record({
  features: fc.array(feature, { minLength: 1, maxLength: 4 }),
  /** Where the user is: on the target, elsewhere, or elsewhere with the target in a second working tree. */
  stands: fc.constantFrom('target', 'elsewhere', 'second'),
  dirty: fc.record({ unstaged: fc.boolean(), staged: fc.boolean(), untracked: fc.boolean() }),
  /** After how many steps each process is killed. */
  kills: fc.array(fc.nat(45), { maxLength: 2 }),
  acts: fc.array(userAct, { maxLength: 3 }),
  most: fc.integer({ min: 1, max: 4 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

describe('A landing train', () => {
  let folder = '';
  let made: { home: string; template: string };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orchestrate-train-'));
    made = await makeTemplate(folder);
  });
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  let runs = 0;

  async function play(played: Scenario): Promise<void> {
    const { home } = made;
    const run = ++runs;
    const top = join(folder, `run-${run}`);
    await copyTemplate(made.template, top);
    if (played.stands !== 'target') gitSync(top, home, ['symbolic-ref', 'HEAD', 'refs/heads/elsewhere']);
    const second = join(folder, `second-${run}`);
    if (played.stands === 'second') gitSync(top, home, ['worktree', 'add', '-q', second, 'main']);
    if (played.dirty.unstaged) await writeFile(join(top, 'b.txt'), 'mine, not staged\n');
    if (played.dirty.staged) {
      await writeFile(join(top, 'staged.txt'), 'mine\n');
      gitSync(top, home, ['add', 'staged.txt']);
    }
    if (played.dirty.untracked) await writeFile(join(top, 'new-0.txt'), 'mine, untracked\n');

    const disk = new BookDisk();
    await openDeliveries(top, home, disk, played.features);
    const repository = await Repository.open(top, userEnvironment(home));
    const where = played.stands === 'second' ? second : top;
    const trees = async () => [
      await snapshot(top),
      played.stands === 'second' ? await snapshot(second, join(top, '.git', 'worktrees', `second-${run}`)) : new Map(),
    ];
    let untouched = await trees();

    const kept = new Set<string>([gitSync(top, home, ['rev-parse', 'main'])]);
    const act = async (name: string) => {
      // The user commits where the target is checked out; elsewhere somebody pushes to it.
      const file = `user-${name}.txt`;
      if (played.stands === 'elsewhere') {
        const input = `commit refs/heads/main\ncommitter Eve <eve@example.org> 1 +0000\ndata 2\nu\nfrom refs/heads/main^0\nM 644 inline ${file}\ndata 1\nu\n`;
        gitSync(top, home, ['fast-import', '--quiet'], input);
      } else {
        await writeFile(join(where, file), 'u\n');
        await git(where, home, '-c', 'core.hooksPath=/dev/null', 'add', file);
        await git(where, home, '-c', 'core.hooksPath=/dev/null', 'commit', '-qm', 'u', '--', file);
      }
      kept.add(await git(top, home, 'rev-parse', 'main'));
      untouched = await trees();
    };

    const parts = (mortal: Mortal): TrainParts => {
      let ids = 0;
      return {
        git: mortal.git(repository),
        book: new MemoryBook(disk, mortal.alive),
        newId: prefix => `${prefix}-${disk.records.length}-${ids++}`,
        rule: 'none',
        most: played.most,
        async check(commit, told) {
          const ok = await isGreen(top, home, commit);
          await told({ command: 'check', ok, ms: 1, output: '' });
          return { ok };
        },
      };
    };
    const never = new AbortController().signal;
    const processes = [...played.kills, Number.POSITIVE_INFINITY];
    for (const [number, steps] of processes.entries()) {
      const acts = played.acts.filter(each => each.process % processes.length === number);
      const meanwhile = new Map(acts.map(({ step, file }) => [step, () => act(`${number}-${step}-${file}`)]));
      const mortal = new Mortal(steps, meanwhile);
      try {
        const report = await new Train(parts(mortal), 'main').run(never);
        assert.equal(report.stopped, undefined);
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
      assert.deepEqual(await trees(), untouched, 'what is the user’s is as it was');
      await landingsHold(top, home, disk, kept);
    }

    const { deliveries, candidates, openSteps } = disk.state();
    assert.equal(openSteps.size, 0);
    for (const { status, note, landed, commit = '' } of deliveries.values()) {
      assert.ok(['landed', 'conflicted', 'red'].includes(status), `${status} ${note}`);
      if (status !== 'landed')
        assert.equal(gitSync(top, home, ['branch', '--contains', commit, '--list', 'feature/*']) === '', false);
      else assert.ok(landed);
    }
    for (const { landed, commit } of candidates.values())
      if (landed) assert.equal(await isGreen(top, home, commit), true, 'only what is green has landed');
    await rm(top, { recursive: true, force: true, maxRetries: 5 });
    await rm(second, { recursive: true, force: true, maxRetries: 5 });
  }

  it('keeps its target green, loses no commit and touches no checkout, whatever is red, conflicts, moves or is killed', async function () {
    this.timeout(900_000);
    // Four at a time: most of it is waiting for git.
    const four = fc.array(scenario, { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(four, async scenarios => {
        await Promise.all(scenarios.map(play));
      }),
      { numRuns: RUNS },
    );
  });
});

/** Branches from the first commit, or from each other, in one go; the deliveries of them are ready. */
async function openDeliveries(
  top: string,
  home: string,
  disk: BookDisk,
  features: Scenario['features'],
): Promise<void> {
  const commands = features.map(({ file, line, checks, stacked }, i) => {
    const text = `${linesOf(file)
      .map((each, at) => (at === line ? `${each} by ${i}` : each))
      .join('\n')}\n`;
    const from = stacked && i > 0 ? `refs/heads/feature/${i - 1}` : 'refs/heads/main';
    const mark = checks === 'green' ? '' : `M 644 inline ${checks}-${i}\ndata 1\nx\n`;
    return `commit refs/heads/feature/${i}\nmark :${i + 1}\ncommitter Ada <ada@example.org> ${i + 1} +0000\ndata 2\nf\nfrom ${i === 0 || !stacked ? `${from}^0` : `:${i}`}\nM 644 inline ${file}\ndata ${Buffer.byteLength(text)}\n${text}\n${mark}\n`;
  });
  gitSync(top, home, ['fast-import', '--quiet'], commands.join(''));
  const tips = gitSync(top, home, ['for-each-ref', '--format=%(refname:lstrip=3) %(objectname)', 'refs/heads/feature']);
  const book = new MemoryBook(disk);
  const base = gitSync(top, home, ['rev-parse', 'main']);
  await book.change(async (_, put) => {
    for (const tip of tips.split('\n')) {
      const [i = '', commit = ''] = tip.split(' ');
      const [delivery, branch] = [`d${i}`, `feature/${i}`];
      await put({
        type: 'delivery-opened',
        delivery,
        title: delivery,
        session: 's',
        target: 'main',
        branch,
        base,
        authors: [],
        files: [],
      });
      await put({ type: 'ref-intent', step: `s${i}`, kind: 'branch', ref: branchRef(branch), to: commit, delivery });
      await put({ type: 'ref-outcome', step: `s${i}`, outcome: 'done' });
    }
  });
}

const green = new Map<string, Promise<boolean>>();
/** A commit never changes. */
function isGreen(top: string, home: string, commit: string): Promise<boolean> {
  const known = green.get(commit);
  if (known) return known;
  const found = git(top, home, 'ls-tree', '--name-only', commit).then(out => {
    const names = out.split('\n');
    return !names.some(name => name.startsWith('red')) && names.filter(name => name.startsWith('half')).length < 2;
  });
  green.set(commit, found);
  return found;
}

/** What landed and what users committed is still there: on the target or on what waits beside it. */
async function landingsHold(top: string, home: string, disk: BookDisk, kept: ReadonlySet<string>): Promise<void> {
  const refs = ['main', asideOf('main')].map(branchRef);
  const there = (await git(top, home, 'for-each-ref', '--format=%(objectname)', ...refs)).split('\n');
  for (const tip of there) assert.equal(await isGreen(top, home, tip), true, 'the target is green');
  const all = new Set((await git(top, home, 'rev-list', ...there)).split('\n'));
  for (const commit of kept) assert.ok(all.has(commit), 'a commit of the user’s is there');
  for (const { landed, commit = '' } of disk.state().deliveries.values())
    if (landed) assert.ok(all.has(commit), 'what landed is there');
}
