import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Disposable } from '../../../src/core/ports.ts';
import type { Sign, Watched } from '../../../src/core/station/contract.ts';
import { systemClock } from '../../../src/node/clock.ts';
import { hashOf } from '../../../src/node/hash.ts';
import { NodeOutside } from '../../../src/node/outside.ts';
import { ada, type DeliveryLab, deliveryLab, refusal } from '../../support/delivery/workspace.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { until } from '../../support/until.ts';

describe('what is outside of a standing team', () => {
  const folder = tempFolder();
  const watching: Disposable[] = [];
  let lab: DeliveryLab;
  afterEach(() => {
    for (const one of watching.splice(0)) one.dispose();
  });

  const watch = (watched: Watched, mark?: string) => {
    const seen: Sign[] = [];
    const problems: string[] = [];
    const place = {
      workspace: lab.workspace,
      environment: lab.environment,
      clock: systemClock,
      log: { write() {} },
    };
    const wanted = [{ trigger: 'w#0', workflow: 'w', watched, ...(mark !== undefined && { mark }) }];
    const told = { seen: (sign: Sign) => seen.push(sign), problem: (text: string) => problems.push(text) };
    watching.push(new NodeOutside(place, 20).watch(wanted, told));
    return { seen, problems };
  };
  const write = async (path: string, text: string) => {
    await mkdir(join(lab.workspace, path, '..'), { recursive: true });
    await writeFile(join(lab.workspace, path), text);
  };
  const commit = (message: string) => {
    lab.git('commit', '-q', '--allow-empty', '-m', message);
    return lab.git('rev-parse', 'HEAD').trim();
  };

  it('is the commits of a branch, told together, with the sessions that made them', async () => {
    lab = await deliveryLab(folder.path);
    const first = lab.git('rev-parse', 'HEAD').trim();
    const { seen } = watch({ kind: 'branch', branch: 'main' });
    await until(() => seen.length === 1);
    assert.equal(seen[0]?.mark, first);
    commit('by hand');
    await until(() => seen.at(-1)?.news?.length === 1);
    assert.deepEqual(seen.at(-1)?.news, ['']);
    const last = commit('by a session\n\nTask: a\nSession: s-1');
    await until(() => seen.at(-1)?.mark === last);
    assert.deepEqual([seen.at(-1)?.news, seen.at(-1)?.missed], [['s-1'], false]);
    // Set back there is nothing new, and neither is what another branch gets.
    lab.git('reset', '-q', '--hard', first);
    await until(() => seen.at(-1)?.mark === first);
    assert.deepEqual(seen.at(-1)?.news, []);
  });

  it('is the session that made what was delivered, also where landing it took a merge', async () => {
    lab = await deliveryLab(folder.path);
    const { seen } = watch({ kind: 'branch', branch: 'main' });
    lab.git('checkout', '-q', '-b', 'elsewhere');
    const session = await lab.session('Mend it', write => write(ada, 'new.ts', 'export const a = 1;\n'));
    const done = await lab.deliveries().deliver({ session, target: 'main' });
    assert.ok(done.ok, refusal(done));
    // The target moves meanwhile, and that is seen before.
    const moved = lab.git('commit-tree', 'main^{tree}', '-p', 'main', '-m', 'by hand');
    lab.git('branch', '-f', 'main', moved);
    await until(() => seen.at(-1)?.mark === moved);
    const report = await lab.deliveries().land('main', { unheld: true }, new AbortController().signal);
    assert.equal(report.landed.length, 1, report.stopped);
    const landed = lab.git('rev-parse', 'main');
    assert.equal(lab.git('rev-list', '--parents', '-n', '1', landed).split(' ').length, 3, 'it is a merge');
    await until(() => seen.at(-1)?.mark === landed);
    assert.deepEqual([...new Set(seen.at(-1)?.news)], [session]);
    assert.match(lab.git('log', '-1', '--format=%(trailers:key=Session)', landed), new RegExp(session));
    // As people merge it, or their host does for them.
    const merged = lab.git('commit-tree', `${landed}^{tree}`, '-p', moved, '-p', `${landed}^2`, '-m', 'Merge #1');
    const host = watch({ kind: 'branch', branch: 'main' }, moved);
    lab.git('branch', '-f', 'main', merged);
    await until(() => host.seen.at(-1)?.mark === merged);
    assert.deepEqual([...new Set(host.seen.at(-1)?.news)], [session]);
    // Made again it brings no other commit, but is a new one all the same.
    const again = lab.git('commit-tree', 'elsewhere^{tree}', '-p', moved, '-p', `${landed}^2`, '-m', 'Merge again');
    lab.git('branch', '-f', 'main', again);
    await until(() => host.seen.at(-1)?.mark === again);
    assert.deepEqual(host.seen.at(-1)?.news, ['']);
  });

  it('is the commits that came while nobody looked', async () => {
    lab = await deliveryLab(folder.path);
    const mark = lab.git('rev-parse', 'HEAD').trim();
    commit('second');
    commit('third');
    const { seen } = watch({ kind: 'branch', branch: 'main' }, mark);
    await until(() => seen.length === 1);
    assert.deepEqual([seen[0]?.news, seen[0]?.missed], [['', ''], true]);
    // Its history is another one by now.
    const other = watch({ kind: 'branch', branch: 'main' }, '0123456789012345678901234567890123456789');
    await until(() => other.seen.length === 1);
    assert.deepEqual(other.seen[0]?.news, ['']);
  });

  it('says what cannot be: a branch that is not there, a folder without a repository', async () => {
    lab = await deliveryLab(folder.path);
    const { problems, seen } = watch({ kind: 'branch', branch: 'mian' });
    await until(() => seen.length === 1);
    assert.match(problems.join(), /There is no branch "mian" here; did you mean "main"\?/);
    lab.git('branch', 'mian');
    await until(() => seen.length === 2);
    assert.equal(seen[1]?.missed, false);
    await rm(join(lab.workspace, '.git'), { recursive: true });
    const without = watch({ kind: 'branch', branch: 'main' });
    await until(() => without.problems.length === 1);
    assert.match(without.problems[0] ?? '', /^w does not begin by itself: .*git repository/);
  });

  it('is what files hold, told with their paths once they stand still', async () => {
    lab = await deliveryLab(folder.path);
    await write('src/a.ts', 'one');
    await write('src/made/b.ts', 'one');
    await write('.gitignore', 'out\n');
    const watched: Watched = { kind: 'files', globs: ['src/**', 'out/**', '!src/made/**'] };
    const { seen } = watch(watched);
    await until(() => seen.length === 1);
    await write('src/made/b.ts', 'two');
    await write('out/c.ts', 'two');
    await write('other.ts', 'two');
    // The same again is nothing new.
    await write('src/a.ts', 'one');
    await write('src/d.ts', 'new');
    await until(() => seen.length === 2);
    assert.deepEqual([seen[1]?.news, seen[1]?.missed], [['src/d.ts'], false]);
    assert.deepEqual([...(seen[1]?.holds ?? [])], [['src/d.ts', hashOf(Buffer.from('new'))]]);
    await rm(join(lab.workspace, 'src/d.ts'));
    await until(() => seen.length === 3);
    assert.deepEqual([seen[2]?.news, seen[2]?.mark], [['src/d.ts'], seen[0]?.mark]);
    assert.deepEqual([...(seen[2]?.holds ?? [])], [['src/d.ts', null]]);
    // Who looks later hears of no more than that it is different.
    const same = watch(watched, seen[0]?.mark);
    await write('src/a.ts', 'two');
    await until(() => same.seen.length > 0 && seen.length === 4);
    const later = watch(watched, seen[0]?.mark);
    await until(() => later.seen.length === 1);
    assert.deepEqual([later.seen[0]?.news, later.seen[0]?.missed], [undefined, true]);
  });

  it('is taken once as it stands where files do not stand still, and looking at them is rested for', async () => {
    lab = await deliveryLab(folder.path);
    await write('src/a.log', '0');
    let now = 0;
    let pauses = 0;
    const seen: (Sign & { at: number })[] = [];
    const over = Promise.withResolvers<void>();
    const clock = {
      now: () => now,
      // Each look takes 100 ms: it asks when it begins and when it has ended.
      monotonic: () => (now += 100),
      after(ms: number, run: () => void) {
        now += ms;
        pauses++;
        if (seen.length > 0 && now < 180_000) writeFileSync(join(lab.workspace, 'src/a.log'), 'x'.repeat(pauses));
        if (seen.length === 3) over.resolve();
        const timer = setImmediate(run);
        return { dispose: () => clearImmediate(timer) };
      },
    };
    const place = { workspace: lab.workspace, environment: lab.environment, clock, log: { write() {} } };
    const told = { seen: (sign: Sign) => seen.push({ ...sign, at: now }), problem: assert.fail };
    const watched: Watched = { kind: 'files', globs: ['src/**'] };
    watching.push(new NodeOutside(place).watch([{ trigger: 'w#0', workflow: 'w', watched }], told));
    await over.promise;
    const [, taken, still] = seen;
    assert.deepEqual([taken?.news, taken?.restless], [['src/a.log'], true]);
    assert.ok(taken && taken.at >= 60_000 && taken.at < 75_000, `taken after ${taken?.at} ms`);
    assert.deepEqual([still?.news, still?.restless], [['src/a.log'], undefined]);
    assert.ok(still && still.at > 180_000, 'only once as long as it changes');
    assert.ok((pauses * 200) / now < 0.07, `${pauses} looks in ${now} ms`);
  });
});
