import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { systemClock } from '../../../src/node/clock.ts';
import { Repository } from '../../../src/node/git/repository.ts';
import { TreePool } from '../../../src/node/git/trees.ts';
import { type DeliveryLab, deliveryLab } from '../../support/delivery/workspace.ts';
import { tempFolder } from '../../support/temp-folder.ts';

describe('Working trees of ours', () => {
  const folder = tempFolder();
  let lab: DeliveryLab;
  let head = '';
  const pool = async (most: number) =>
    new TreePool({
      repository: await Repository.open(lab.workspace, lab.environment),
      folder: join(folder.path, 'cache'),
      most,
      clock: systemClock,
      host: 'terminal',
    });
  beforeEach(async () => {
    lab = await deliveryLab(folder.path);
    head = lab.git('rev-parse', 'HEAD');
  });

  it('are detached, outside of the workspace, used again, and no more than allowed', async () => {
    const trees = await pool(2);
    const first = await trees.take(head, 'check');
    assert.ok(relative(lab.workspace, first.path).startsWith('..'));
    assert.equal(lab.git('-C', first.path, 'rev-parse', '--abbrev-ref', 'HEAD'), 'HEAD');
    const second = await trees.take(head, 'check');
    assert.notEqual(first.path, second.path);
    await assert.rejects(trees.take(head, 'check'), /All 2 working trees .* are taken.*delivery\.trees/);
    await mkdir(join(first.path, 'left'));
    await writeFile(join(first.path, 'left', 'x'), 'x');
    await writeFile(join(first.path, 'a.txt'), 'changed');
    await first.release();
    const again = await trees.take(head, 'check');
    assert.deepEqual([again.path, again.fresh], [first.path, false]);
    assert.equal(lab.git('-C', again.path, 'status', '--porcelain', '--ignored'), '', 'it is as the commit says');
    await Promise.all([again.release(), second.release()]);
  });

  it('keep what git ignores, such as what a set-up command installed', async () => {
    await writeFile(join(lab.workspace, '.gitignore'), 'node_modules/\n');
    lab.git('add', '.');
    lab.git('commit', '-qm', 'ignore');
    head = lab.git('rev-parse', 'HEAD');
    const trees = await pool(1);
    const tree = await trees.take(head, 'check');
    await mkdir(join(tree.path, 'node_modules'));
    await writeFile(join(tree.path, 'node_modules', 'x'), 'x');
    await tree.release();
    const again = await trees.take(head, 'check');
    assert.equal(await readFile(join(again.path, 'node_modules', 'x'), 'utf8'), 'x');
    await again.release();
  });

  it('that a crash left behind are found and cleaned, and nothing in which work has not landed', async () => {
    const trees = await pool(4);
    const use = async (work: (path: string) => Promise<unknown>) => {
      const tree = await trees.take(head, 'work');
      await work(tree.path);
      return tree;
    };
    const commit = (path: string, name: string) => {
      lab.git('-C', path, 'commit', '-qm', name, '--allow-empty');
      return lab.git('-C', path, 'rev-parse', 'HEAD');
    };
    const held = await use(async () => undefined);
    const dirty = await use(path => writeFile(join(path, 'new.txt'), 'x'));
    let landed = '';
    const ahead = await use(async path => {
      landed = commit(path, 'work');
    });
    const empty = await use(async () => undefined);
    for (const tree of [dirty, ahead, empty]) await tree.release();
    // Another process, after this one's end.
    const later = await pool(4);
    assert.deepEqual(await later.clean(), [empty.path]);
    const found = new Map((await later.list()).map(each => [each.path, each]));
    assert.equal(found.get(held.path)?.heldBy, process.pid);
    assert.equal(found.get(dirty.path)?.kept, 'work that is committed nowhere');
    assert.equal(found.get(ahead.path)?.kept, 'commits that are on no branch');
    lab.git('branch', 'kept', landed);
    assert.deepEqual(await later.clean(), [ahead.path]);
    await held.release();
    assert.deepEqual(await later.clean(), [held.path]);
    assert.equal(lab.git('worktree', 'list', '--porcelain').match(/^worktree /gm)?.length, 2);
  });

  it('that somebody took away are made anew', async () => {
    const trees = await pool(1);
    const tree = await trees.take(head, 'check');
    await tree.release();
    await rm(tree.path, { recursive: true });
    const again = await trees.take(head, 'check');
    assert.equal(again.fresh, true);
    await again.release();
  });
});
