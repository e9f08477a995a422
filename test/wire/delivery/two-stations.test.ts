import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gitSync, snapshot } from '../../support/delivery/sample-repository.ts';
import { ada, beside, type DeliveryLab, deliveryLab, refusal } from '../../support/delivery/workspace.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const signal = new AbortController().signal;

describe('Two teams on one repository', function () {
  this.timeout(90_000);
  const temp = tempFolder();
  let lab: DeliveryLab;

  beforeEach(async () => {
    lab = await deliveryLab(temp.path);
  });

  /** What is delivered in a workspace, landed there on `main`. */
  const landed = async (workspace: string, file: string, text = `${file}\n`) => {
    const session = await lab.session('Say six', write => write(ada, file, text), undefined, workspace);
    const all = lab.deliveries(workspace);
    const done = await all.deliver({ session, target: 'main' });
    assert.ok(done.ok, refusal(done));
    const report = await all.land('main', { unheld: true }, signal);
    assert.equal(report.landed.length, 1, report.stopped);
    return { delivery: done.delivery, branch: done.branch, ref: report.landed[0]?.ref };
  };

  it('with a working tree each deliver the same words at the same time: two branches, both landed, no checkout touched', async () => {
    const second = beside(lab.workspace, 'second');
    lab.git('worktree', 'add', '-q', '-b', 'theirs', second);
    await writeFile(join(lab.workspace, 'a.txt'), 'mine, not committed\n');
    const before = await Promise.all([
      snapshot(lab.workspace),
      snapshot(second, lab.git('-C', second, 'rev-parse', '--absolute-git-dir')),
    ]);
    const sessions = await Promise.all([
      lab.session('Say six', write => write(ada, 'six.txt', 'six\n')),
      lab.session('Say six', write => write(ada, 'seven.txt', 'seven\n'), undefined, second),
    ]);
    const both = await Promise.all(
      [lab.workspace, second].map(async (workspace, i) => {
        const all = lab.deliveries(workspace);
        const done = await all.deliver({ session: sessions[i] ?? '', target: 'main' });
        assert.ok(done.ok, refusal(done));
        const report = await all.land('main', { unheld: true }, signal);
        assert.equal(report.landed.length, 1, report.stopped);
        return done.branch;
      }),
    );
    assert.equal(new Set(both).size, 2, `${both.join(' and ')} are two`);
    assert.deepEqual(lab.git('ls-tree', '--name-only', 'orchestrate/main').split('\n'), [
      'a.txt',
      'seven.txt',
      'six.txt',
    ]);
    assert.equal(lab.git('status', '--porcelain', '--', 'a.txt'), 'M a.txt');
    const after = await Promise.all([
      snapshot(lab.workspace),
      snapshot(second, lab.git('-C', second, 'rev-parse', '--absolute-git-dir')),
    ]);
    for (const [i, kept] of before.entries())
      for (const [name, was] of kept) assert.equal(after[i]?.get(name), was, `${name} of the ${i + 1}. working tree`);
  });

  describe('with a clone each', () => {
    let remote: string;
    let other: string;
    const there = (...args: string[]) => gitSync(remote, lab.home, args);

    beforeEach(() => {
      remote = join(temp.path, 'remote.git');
      other = join(temp.path, 'other');
      lab.git('init', '-q', '--bare', remote);
      lab.git('remote', 'add', 'origin', remote);
      lab.git('push', '-q', 'origin', 'main');
      lab.git('clone', '-q', remote, other);
    });

    it('push to one target at the same time: one gets there, the other is told, and both are together after the next landing', async () => {
      const [mine, theirs] = [await landed(lab.workspace, 'six.txt'), await landed(other, 'seven.txt')];
      const pushed = await Promise.all([
        lab.deliveries().push(mine.delivery),
        lab.deliveries(other).push(theirs.delivery),
      ]);
      const [refused, ...more] = pushed.map(refusal).filter(text => text !== '');
      assert.deepEqual(more, [], 'one of them got there');
      assert.match(refused ?? '', /^origin did not take main: it has commits that you do not have\. Fetch them/);
      const [won, lost] = pushed[0]?.ok ? [lab.workspace, other] : [other, lab.workspace];
      assert.equal(there('rev-parse', 'main'), gitSync(won, lab.home, ['rev-parse', 'orchestrate/main']));

      gitSync(lost, lab.home, ['pull', '-q', '--ff-only', 'origin', 'main']);
      const next = await landed(lost, 'eight.txt');
      assert.equal(refusal(await lab.deliveries(lost).push(next.delivery)), '');
      assert.deepEqual(there('ls-tree', '--name-only', 'main').split('\n'), [
        'a.txt',
        'eight.txt',
        'seven.txt',
        'six.txt',
      ]);
    });

    it('do not push over what comes between looking and pushing', async function () {
      if (process.platform === 'win32') this.skip();
      const [mine, theirs] = [await landed(lab.workspace, 'six.txt'), await landed(other, 'seven.txt')];
      // After git has asked the remote where its branches are, and before anything is sent.
      const hook = join(lab.workspace, '.git', 'hooks', 'pre-push');
      await mkdir(join(hook, '..'), { recursive: true });
      await writeFile(
        hook,
        `#!/bin/sh\nunset $(git rev-parse --local-env-vars)\ngit -C '${other}' push -q origin orchestrate/main:main\n`,
      );
      await chmod(hook, 0o755);
      const said = refusal(await lab.deliveries().push(mine.delivery));
      assert.match(said, /^origin did not take main: it has commits that you do not have\. Fetch them/);
      assert.equal(there('rev-parse', 'main'), gitSync(other, lab.home, ['rev-parse', 'orchestrate/main']));
      assert.equal(refusal(await lab.deliveries(other).push(theirs.delivery)), '', 'it is there already');
    });
  });
});
