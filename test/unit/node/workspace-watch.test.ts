import assert from 'node:assert/strict';
import { mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NodeWorkspaceWatch } from '../../../src/node/workspace-watch.ts';
import { plant } from '../../support/file-tree.ts';
import { inTemporaryFolder } from '../../support/temporary.ts';

const text = (bytes: Uint8Array | null | undefined) => (bytes ? Buffer.from(bytes).toString() : bytes);

describe('A look around a command that nothing holds', () => {
  it('tells what came, went and changed, with what stood there where that was to be kept', () =>
    inTemporaryFolder(async root => {
      await plant(root, {
        '.gitignore': 'dist\nlocal.txt\n',
        'src/a.txt': 'a\n',
        'src/b.txt': 'b\n',
        'src/same.txt': 'same\n',
        'other.txt': 'o\n',
        'local.txt': 'mine\n',
        'dist/x': 'x\n',
      });
      const watch = new NodeWorkspaceWatch(root);
      const look = await watch.look(path => path.startsWith('src/'), ['local.txt', 'src/new.txt']);
      await writeFile(join(root, 'src/a.txt'), 'A\n');
      await rm(join(root, 'src/b.txt'));
      await writeFile(join(root, 'src/new.txt'), 'n\n');
      await writeFile(join(root, 'src/same.txt'), 'same\n');
      await rename(join(root, 'other.txt'), join(root, 'moved.txt'));
      await writeFile(join(root, 'local.txt'), 'theirs\n');
      await writeFile(join(root, 'dist/x'), 'y\n');
      await symlink('/etc/hosts', join(root, 'link'));
      await mkdir(join(root, 'empty'));
      const changes = (await look?.changes())?.map(({ path, before, after }) => [path, text(before), after !== null]);
      assert.deepEqual(changes, [
        ['local.txt', 'mine\n', true],
        ['moved.txt', null, true],
        ['other.txt', undefined, false],
        ['src/a.txt', 'a\n', true],
        ['src/b.txt', 'b\n', false],
        ['src/new.txt', null, true],
      ]);
    }));

  it('is not deceived by a time that was given to a file, and reads again what changed in between', () =>
    inTemporaryFolder(async root => {
      await plant(root, { 'a.txt': 'one\n' });
      const watch = new NodeWorkspaceWatch(root);
      await watch.look(() => true);
      await writeFile(join(root, 'a.txt'), 'two\n');
      const look = await watch.look(() => true);
      await writeFile(join(root, 'a.txt'), 'six\n');
      await utimes(join(root, 'a.txt'), 0, 0);
      const changes = await look?.changes();
      assert.deepEqual(
        changes?.map(({ path, before }) => [path, text(before)]),
        [['a.txt', 'two\n']],
      );
    }));

  it('takes nothing for new that an ignore file had only hidden', () =>
    inTemporaryFolder(async root => {
      await plant(root, { '.gitignore': 'old.txt\n', 'old.txt': 'old\n' });
      await utimes(join(root, 'old.txt'), 0, 0);
      await new Promise(resolve => setTimeout(resolve, 20));
      const look = await new NodeWorkspaceWatch(root, 0).look(() => true);
      await writeFile(join(root, '.gitignore'), '\n');
      assert.deepEqual(
        (await look?.changes())?.map(({ path }) => path),
        ['.gitignore'],
      );
    }));

  it('keeps no secret, and gives up where there are too many files', () =>
    inTemporaryFolder(async root => {
      await plant(root, { '.env': 'KEY=1\n', 'a.txt': 'a\n' });
      const look = await new NodeWorkspaceWatch(root).look(() => true);
      await writeFile(join(root, '.env'), 'KEY=2\n');
      assert.deepEqual(
        (await look?.changes())?.map(({ path, before }) => [path, before]),
        [['.env', undefined]],
      );
      assert.equal(await new NodeWorkspaceWatch(root, 2000, 1).look(() => true), undefined);
    }));
});
