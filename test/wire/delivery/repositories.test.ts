import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError } from '../../../src/core/delivery/git.ts';
import { systemClock } from '../../../src/node/clock.ts';
import { gitSync, snapshot } from '../../support/delivery/sample-repository.ts';
import { ada, beside, type DeliveryLab, deliveryLab, refusal } from '../../support/delivery/workspace.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const never = new AbortController().signal;

describe('Delivery in a repository that is not like others', () => {
  const folder = tempFolder();
  let lab: DeliveryLab;
  const page = () => lab.session('Add a page', write => write(ada, 'page.txt', 'page\n'));
  const said = async (target?: string) =>
    refusal(await lab.deliveries().deliver({ session: await page(), ...(target !== undefined && { target }) }));
  /** Delivers and lands a page; how it ended. */
  const lands = async (target?: string) => {
    const deliveries = lab.deliveries();
    const done = await deliveries.deliver({ session: await page(), ...(target !== undefined && { target }) });
    assert.ok(done.ok, refusal(done));
    const report = await deliveries.land(target, { unheld: true }, never);
    assert.equal(report.landed.length, 1, report.stopped);
    return lab.git('show', `${report.landed[0]?.commit}:page.txt`);
  };

  it('that is none, says so', async () => {
    lab = await deliveryLab(folder.path, { repository: false });
    assert.match(await said(), /is in no git repository.*git init/);
  });

  it('that is bare, says so', async () => {
    lab = await deliveryLab(folder.path, { repository: false });
    lab.git('init', '-q', '--bare');
    assert.match(await said(), /is a bare repository: deliver from a clone/);
  });

  it('without a first commit, says so', async () => {
    lab = await deliveryLab(folder.path, { repository: false });
    lab.git('init', '-q');
    assert.match(await said(), /There is no commit on main yet.*make its first commit/);
  });

  it('with a detached HEAD asks for a target, and lands on that', async () => {
    lab = await deliveryLab(folder.path);
    lab.git('checkout', '-q', '--detach');
    assert.match(await said(), /HEAD is detached.*--target/);
    await rm(join(lab.workspace, 'page.txt'));
    assert.equal(await lands('main'), 'page');
  });

  it('whose user git does not know, says how to tell it', async () => {
    lab = await deliveryLab(folder.path);
    await writeFile(join(lab.home, '.gitconfig'), '');
    assert.match(await said(), /does not know your name.*git config --global user\.name/);
  });

  it('that is another name for a branch, or none, says so', async () => {
    lab = await deliveryLab(folder.path);
    lab.git('symbolic-ref', 'refs/heads/alias', 'refs/heads/main');
    assert.match(await said('alias'), /another name for refs\/heads\/main/);
    assert.match(await said('no/such'), /There is no commit on no\/such/);
    assert.match(await said('-x'), /cannot be the name of a branch/);
  });

  it('with submodules lands what is beside them, and not what is in them', async () => {
    lab = await deliveryLab(folder.path);
    const other = beside(lab.workspace, 'other');
    await mkdir(other);
    gitSync(other, lab.home, ['init', '-q']);
    gitSync(other, lab.home, ['commit', '-qm', 'other', '--allow-empty']);
    lab.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other, 'sub');
    lab.git('commit', '-qm', 'with a submodule');
    const session = await lab.session('Both', write => write(ada, 'sub/in.txt', 'x\n'));
    assert.match(refusal(await lab.deliveries().deliver({ session })), /lies in the submodule sub/);
    assert.equal(await lands(), 'page');
  });

  it('with a repository of its own in a folder, says so', async () => {
    lab = await deliveryLab(folder.path);
    await mkdir(join(lab.workspace, 'inner'));
    gitSync(join(lab.workspace, 'inner'), lab.home, ['init', '-q']);
    const session = await lab.session('Inner', write => write(ada, 'inner/in.txt', 'x\n'));
    assert.match(refusal(await lab.deliveries().deliver({ session })), /inner, a repository of its own/);
  });

  it('with Git LFS that is not set up, says so; with it, its pointers are committed', async () => {
    lab = await deliveryLab(folder.path);
    await writeFile(join(lab.workspace, '.gitattributes'), '*.bin filter=lfs -text\n');
    lab.git('add', '.');
    lab.git('commit', '-qm', 'attributes');
    const session = await lab.session('Large', write => write(ada, 'large.bin', 'large\n'));
    assert.match(refusal(await lab.deliveries().deliver({ session })), /filter "lfs".*git lfs install/);
    // What LFS does in principle: a short text in the place of a long one.
    gitSync(lab.home, lab.home, ['config', '--global', 'filter.lfs.clean', "sed 's/.*/pointer/'"]);
    const done = await lab.deliveries().deliver({ session });
    assert.ok(done.ok, refusal(done));
    assert.equal(lab.git('show', `${done.branch}:large.bin`), 'pointer');
  });

  it('whose own settings name a program, runs none', async () => {
    lab = await deliveryLab(folder.path);
    lab.git('config', 'filter.own.clean', `touch ${join(lab.home, 'ran')}; cat`);
    lab.git('config', 'merge.own.driver', `touch ${join(lab.home, 'ran')}`);
    await writeFile(join(lab.workspace, '.git', 'info', 'attributes'), '* filter=own merge=own\n');
    assert.match(await said(), /settings name programs.*filter\.own\.clean.*git config --global/);
    await assert.rejects(readFile(join(lab.home, 'ran')), { code: 'ENOENT' });
  });

  it('that is shallow lands; where history is missing it says so', async () => {
    lab = await deliveryLab(folder.path);
    for (const name of ['2', '3']) lab.git('commit', '-qm', name, '--allow-empty');
    const origin = lab.workspace;
    const shallow = await mkdir(join(folder.path, 'in'), { recursive: true }).then(() => join(folder.path, 'in'));
    lab = await deliveryLab(shallow, { repository: false });
    await rm(lab.workspace, { recursive: true });
    gitSync(shallow, lab.home, ['clone', '-q', '--depth', '1', `file://${origin}`, lab.workspace]);
    assert.equal(await lands(), 'page');
    lab.git('fetch', '-q', '--depth', '1', 'origin', 'main:old');
    lab.git('branch', '-f', 'old', lab.git('commit-tree', '-m', 'root', lab.git('rev-parse', 'main^{tree}')));
    const deliveries = lab.deliveries();
    const repository = await deliveries.workTree('old');
    await repository.release();
    lab.git('branch', '-f', 'orchestrate/main', 'old');
    const session = await lab.session('More', write => write(ada, 'more.txt', 'more\n'));
    assert.match(refusal(await deliveries.deliver({ session })), /no common ancestor.*--unshallow/);
  });

  it('that is sparse lands, and its checks see all files', async () => {
    lab = await deliveryLab(folder.path);
    await mkdir(join(lab.workspace, 'rest'));
    await writeFile(join(lab.workspace, 'rest', 'r.txt'), 'r\n');
    lab.git('add', '.');
    lab.git('commit', '-qm', 'rest');
    await lab.configure({ delivery: { approval: 'none', checks: ['test -e rest/r.txt'] } });
    // They are in the repository; that they stand in the user's folder would only take its time.
    lab.git('sparse-checkout', 'set', '--cone', 'other');
    const config = await readFile(join(lab.workspace, '.git', 'config'), 'utf8');
    assert.equal(await lands(), 'page');
    assert.equal(await readFile(join(lab.workspace, '.git', 'config'), 'utf8'), config);
    await assert.rejects(readFile(join(lab.workspace, 'rest', 'r.txt')), { code: 'ENOENT' });
  });

  it('that keeps other line ends than the files have, commits its own', async () => {
    lab = await deliveryLab(folder.path);
    await writeFile(join(lab.workspace, '.gitattributes'), '*.txt text eol=crlf\n');
    lab.git('add', '.');
    lab.git('commit', '-qm', 'attributes');
    const session = await lab.session('Ends', write => write(ada, 'ends.txt', 'one\r\ntwo\r\n'));
    const done = await lab.deliveries().deliver({ session });
    assert.ok(done.ok, refusal(done));
    assert.equal(lab.git('cat-file', '-s', `${done.branch}:ends.txt`), '8');
  });

  it('with hooks that fail runs none of them, and names them', async () => {
    lab = await deliveryLab(folder.path);
    for (const name of ['pre-commit', 'reference-transaction', 'post-checkout']) {
      const path = join(lab.workspace, '.git', 'hooks', name);
      await writeFile(path, '#!/bin/sh\nexit 1\n');
      await chmod(path, 0o755);
    }
    const done = await lab.deliveries().deliver({ session: await page() });
    assert.ok(done.ok, refusal(done));
    assert.deepEqual(done.hooks, ['pre-commit']);
  });

  it('whose user signs, signs; and says why where that fails', async () => {
    lab = await deliveryLab(folder.path);
    const signer = join(lab.home, 'signer');
    await writeFile(signer, '#!/bin/sh\ncat >/dev/null\necho "[GNUPG:] SIG_CREATED " >&2\necho signed-by-a-test\n');
    await chmod(signer, 0o755);
    const set = (...args: string[]) => gitSync(lab.home, lab.home, ['config', '--global', ...args]);
    set('commit.gpgSign', 'true');
    set('gpg.program', signer);
    const done = await lab.deliveries().deliver({ session: await page() });
    assert.ok(done.ok, refusal(done));
    assert.match(lab.git('cat-file', 'commit', done.branch), /^gpgsig signed-by-a-test$/m);
    set('gpg.program', join(lab.home, 'none'));
    const session = await lab.session('More', write => write(ada, 'more.txt', 'more\n'));
    assert.match(refusal(await lab.deliveries().deliver({ session })), /Git failed making a commit/);
  });

  it('in which the workspace is a folder, lands the paths as the repository has them', async () => {
    lab = await deliveryLab(folder.path, { repository: false });
    gitSync(folder.path, lab.home, ['init', '-q']);
    await writeFile(join(folder.path, 'top.txt'), 'top\n');
    gitSync(folder.path, lab.home, ['add', 'top.txt']);
    gitSync(folder.path, lab.home, ['commit', '-qm', 'first']);
    const done = await lab.deliveries().deliver({ session: await page() });
    assert.ok(done.ok, refusal(done));
    assert.equal(lab.git('show', `${done.branch}:workspace/page.txt`), 'page');
    assert.deepEqual(done.files, ['page.txt']);
  });

  it('leaves out what git ignores, and says so', async () => {
    lab = await deliveryLab(folder.path);
    await writeFile(join(lab.workspace, '.gitignore'), 'out/\n');
    const session = await lab.session('Built', async write => {
      await write(ada, 'out/built.js', 'x\n');
      await write(ada, 'kept.js', 'x\n');
    });
    const done = await lab.deliveries().deliver({ session });
    assert.ok(done.ok, refusal(done));
    assert.deepEqual([done.files, done.ignored], [['kept.js'], ['out/built.js']]);
  });

  it('in which a rebase of the target is under way, lands beside it', async () => {
    lab = await deliveryLab(folder.path);
    lab.git('checkout', '-q', '-b', 'mine');
    await writeFile(join(lab.workspace, 'a.txt'), 'mine\n');
    lab.git('commit', '-qam', 'mine');
    lab.git('checkout', '-q', 'main');
    await writeFile(join(lab.workspace, 'a.txt'), 'theirs\n');
    lab.git('commit', '-qam', 'theirs');
    assert.throws(() => lab.git('rebase', '-q', 'mine'));
    const done = await lab.deliveries().deliver({ session: await page(), target: 'main' });
    assert.ok(done.ok, refusal(done));
    const report = await lab.deliveries().land('main', { unheld: true }, never);
    assert.equal(report.landed[0]?.ref, 'refs/heads/orchestrate/main');
  });

  it('whose files lie where "A" and "a" are one name, keeps the names that git knows', async () => {
    lab = await deliveryLab(folder.path);
    await mkdir(join(lab.workspace, 'src'));
    await writeFile(join(lab.workspace, 'src', 'Main.ts'), 'one\n');
    lab.git('add', '.');
    lab.git('commit', '-qm', 'names');
    lab.git('config', 'core.ignoreCase', 'true');
    // As such a file system would have it.
    await rm(join(lab.workspace, 'src', 'Main.ts'));
    await writeFile(join(lab.workspace, 'src', 'main.ts'), 'one\n');
    const session = await lab.session('Names', async write => {
      await write(ada, 'src/main.ts', 'two\n');
      await write(ada, 'SRC/New.ts', 'new\n');
    });
    const done = await lab.deliveries().deliver({ session });
    assert.ok(done.ok, refusal(done));
    assert.deepEqual(lab.git('ls-tree', '-r', '--name-only', done.branch).split('\n'), [
      'a.txt',
      'src/Main.ts',
      'src/New.ts',
    ]);
    assert.equal(lab.git('show', `${done.branch}:src/Main.ts`), 'two');
  });

  it('on a full disk changes nothing, says to make room, and lands when there is some', async () => {
    lab = await deliveryLab(folder.path);
    const [bin, full] = [join(lab.home, 'bin'), join(lab.home, 'full')];
    const path = lab.environment.PATH ?? '';
    const real = path
      .split(':')
      .map(each => join(each, 'git'))
      .find(existsSync);
    await mkdir(bin);
    const script = `#!/bin/sh\ncase " $* " in *" $(cat '${full}' 2>/dev/null || echo none) "*) echo "fatal: write error: No space left on device" >&2; exit 128;; esac\nexec ${real} "$@"\n`;
    await writeFile(join(bin, 'git'), script, { mode: 0o755 });
    lab.environment.PATH = `${bin}:${path}`;
    const session = await page();
    const refs = () => lab.git('for-each-ref');
    const before = [await snapshot(lab.workspace), refs()];
    for (const step of ['hash-object', 'read-tree', 'commit-tree', 'update-ref']) {
      await writeFile(full, step);
      assert.match(refusal(await lab.deliveries().deliver({ session })), /No space left/, step);
      assert.deepEqual([await snapshot(lab.workspace), refs()], before, step);
    }
    await rm(full);
    const done = await lab.deliveries().deliver({ session });
    assert.ok(done.ok, refusal(done));
    await writeFile(full, 'update-ref');
    assert.match((await lab.deliveries().land('main', { unheld: true }, never)).stopped ?? '', /No space left/);
    await rm(full);
    assert.equal((await lab.deliveries().land('main', { unheld: true }, never)).landed.length, 1);
  });

  it('on a machine whose clock is wrong, and set right between the steps, lands all the same', async () => {
    lab = await deliveryLab(folder.path);
    const at = (now: number) => lab.deliveries(undefined, { ...systemClock, now: () => now });
    const done = await at(Date.UTC(2099, 0)).deliver({ session: await page() });
    assert.ok(done.ok, refusal(done));
    const report = await at(0).land('main', { unheld: true }, never);
    assert.equal(report.landed.length, 1, report.stopped);
    const again = await at(Date.now()).fastForward('main');
    assert.equal(refusal(again), '');
    assert.equal(lab.git('show', 'main:page.txt'), 'page');
  });

  it('of 100,000 files lands what is new, and changes nothing else', async function () {
    this.timeout(180_000);
    lab = await deliveryLab(folder.path);
    const all = Array.from({ length: 100_000 }, (_, i) => `M 644 inline src/${i % 500}/${i}.ts\ndata 2\n${i % 10}\n\n`);
    const commit =
      'commit refs/heads/main\ncommitter Ada <ada@example.org> 1 +0000\ndata 4\nmany\nfrom refs/heads/main^0\n';
    gitSync(lab.workspace, lab.home, ['fast-import', '--quiet'], commit + all.join(''));
    lab.git('sparse-checkout', 'set', '--cone', 'other');
    lab.git('reset', '-q', '--hard');
    const began = performance.now();
    assert.equal(await lands('main'), 'page');
    assert.equal(lab.git('diff', '--name-only', 'main', 'orchestrate/main'), 'page.txt');
    console.log(`      delivered and landed in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  });

  it('with two working trees, each a workspace of its own, lands what both deliver at the same time', async () => {
    lab = await deliveryLab(folder.path);
    lab.git('checkout', '-q', '-b', 'mine');
    const second = beside(lab.workspace, 'second');
    lab.git('worktree', 'add', '-q', '-b', 'theirs', second);
    const other = await lab.session('Other', write => write(ada, 'other.txt', 'other\n'), undefined, second);
    const session = await page();
    const both = [
      [lab.deliveries(), session],
      [lab.deliveries(second), other],
    ] as const;
    await Promise.all(
      both.map(async ([deliveries, session]) => {
        const done = await deliveries.deliver({ session, target: 'main' });
        assert.ok(done.ok, refusal(done));
        const report = await deliveries.land('main', { unheld: true }, never);
        assert.equal(report.landed.length, 1, report.stopped);
      }),
    );
    assert.deepEqual(lab.git('ls-tree', '--name-only', 'main').split('\n'), ['a.txt', 'other.txt', 'page.txt']);
  });

  it('is told from one whose git is too old or missing', async () => {
    lab = await deliveryLab(folder.path);
    const bin = join(lab.home, 'bin');
    await mkdir(bin);
    lab.environment.PATH = bin;
    await assert.rejects(
      lab.deliveries().state(),
      (error: Error) => error instanceof GitError && /no git on the PATH/.test(error.message),
    );
    await writeFile(join(bin, 'git'), '#!/bin/sh\necho "git version 2.37.9"\n');
    await chmod(join(bin, 'git'), 0o755);
    await assert.rejects(lab.deliveries().state(), /needs git 2\.38 or newer; this is 2\.37\.9/);
  });
});
