import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdir, readdir, readFile, rename, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OwnFolder, openRegular, readRegular } from '../../../src/node/own-folder.ts';
import { inTemporaryFolder } from '../../support/temporary.ts';

describe('a folder of ours', () => {
  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  it('is made where it is missing, is absent until then, and may be reached by a link to the workspace', () =>
    inTemporaryFolder(async folder => {
      await mkdir(join(folder, 'workspace'));
      await symlink(join(folder, 'workspace'), join(folder, 'way'));
      const own = new OwnFolder(join(folder, 'way'), 'a', 'b');
      assert.equal(await own.within(async () => 'there'), undefined);
      await own.making(at => writeFile(join(at, 'file'), 'text'));
      assert.equal(await readFile(join(folder, 'workspace/a/b/file'), 'utf8'), 'text');
      assert.deepEqual(await own.within(at => readdir(at)), ['file']);
    }));

  it('is refused, with its path, where any part of it is a link or no folder', () =>
    inTemporaryFolder(async folder => {
      await mkdir(join(folder, 'outside/b'), { recursive: true });
      for (const [name, plant] of [
        ['first', () => symlink(join(folder, 'outside'), join(folder, 'first/a'))],
        [
          'last',
          () => mkdir(join(folder, 'last/a')).then(() => symlink(join(folder, 'outside'), join(folder, 'last/a/b'))),
        ],
        ['dangling', () => symlink(join(folder, 'nowhere'), join(folder, 'dangling/a'))],
        ['file', () => writeFile(join(folder, 'file/a'), '')],
        ['relative', () => symlink('../outside', join(folder, 'relative/a'))],
      ] as const) {
        await mkdir(join(folder, name));
        await plant();
        const own = new OwnFolder(join(folder, name), 'a', 'b');
        for (const use of [own.within(at => readdir(at)), own.making(at => writeFile(join(at, 'x'), ''))])
          await assert.rejects(
            use,
            new RegExp(`${name}/a(/b)? is a link, or no folder, which is never followed`),
            name,
          );
      }
      assert.deepEqual(await readdir(join(folder, 'outside'), { recursive: true }), ['b']);
      assert.ok(!(await readdir(folder)).includes('nowhere'));
    }));

  it('stays the one that was opened, whatever is put in its place meanwhile', async function () {
    if (process.platform !== 'linux') this.skip();
    await inTemporaryFolder(async folder => {
      await mkdir(join(folder, 'a/b'), { recursive: true });
      await mkdir(join(folder, 'outside'));
      await new OwnFolder(folder, 'a', 'b').within(async at => {
        await rename(join(folder, 'a'), join(folder, 'moved'));
        await symlink(join(folder, 'outside'), join(folder, 'a'));
        await writeFile(join(at, 'file'), 'text');
      });
      assert.deepEqual(await readdir(join(folder, 'outside')), []);
      assert.deepEqual(await readdir(join(folder, 'moved/b')), ['file']);
    });
  });

  it('names itself, not its handle, in what goes wrong', () =>
    inTemporaryFolder(async folder => {
      await mkdir(join(folder, 'a'));
      await assert.rejects(
        new OwnFolder(folder, 'a').within(at => readFile(join(at, 'missing'))),
        (error: Error) => error.message.includes(join(folder, 'a/missing')) && !error.message.includes('/proc/'),
      );
    }));
});

describe('a file of ours', function () {
  this.timeout(10_000);
  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  it('is a regular file, and nothing else is opened, waited for or read', () =>
    inTemporaryFolder(async folder => {
      const at = (name: string) => join(folder, name);
      await writeFile(at('real'), 'text');
      await symlink(at('real'), at('link'));
      await symlink('/dev/zero', at('endless'));
      await mkdir(at('folder'));
      execFileSync('mkfifo', [at('pipe')]);
      assert.equal((await readRegular(at('real')))?.toString(), 'text');
      assert.equal(await readRegular(at('missing')), undefined);
      for (const name of ['link', 'endless', 'pipe', 'folder']) {
        await assert.rejects(readRegular(at(name)), /is no regular file, which is never followed/, name);
        await assert.rejects(openRegular(at(name), constants.O_WRONLY | constants.O_APPEND), Error, name);
      }
      await assert.rejects(readRegular('/dev/zero'), /no regular file/);
    }));

  it('that is larger than any of ours is not read', () =>
    inTemporaryFolder(async folder => {
      await writeFile(join(folder, 'sparse'), '');
      await truncate(join(folder, 'sparse'), 3e9);
      await assert.rejects(readRegular(join(folder, 'sparse')), /larger/);
    }));
});
