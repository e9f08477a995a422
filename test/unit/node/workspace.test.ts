import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, link, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PathRefusal } from '../../../src/core/ports.ts';
import { hashOf } from '../../../src/node/hash.ts';
import { NodeWorkspace } from '../../../src/node/workspace.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('the workspace on disk', () => {
  const temp = tempFolder();
  let root: string;
  let outside: string;
  let workspace: NodeWorkspace;

  beforeEach(async () => {
    root = join(temp.path, 'workspace');
    outside = join(temp.path, 'outside');
    await mkdir(join(root, 'src'), { recursive: true });
    await mkdir(join(root, '.git/hooks'), { recursive: true });
    await mkdir(join(root, '.orchestrate'), { recursive: true });
    await mkdir(outside);
    await writeFile(join(outside, 'notes.md'), 'outside');
    await writeFile(join(root, 'src/a.ts'), 'a');
    await writeFile(join(root, '.env'), 'KEY=1');
    workspace = new NodeWorkspace(root);
  });

  it('follows a link before what climbs out of it', async function () {
    if (process.platform === 'win32') this.skip();
    await mkdir(join(outside, 'below'));
    await mkdir(join(root, 'src/deep'));
    await symlink('../outside/below', join(root, 'link'));
    await symlink('src/deep', join(root, 'up'));
    assert.deepEqual(await workspace.resolve('link/../notes.md'), { ok: false, reason: 'outside-workspace' });
    assert.deepEqual(await workspace.resolve('up/../a.ts'), { ok: true, path: 'src/a.ts' });
    assert.deepEqual(await workspace.resolve('src/x/../../.env'), { ok: false, reason: 'secret-file' });
    assert.deepEqual(await workspace.resolve('src/deep/../a.ts'), { ok: true, path: 'src/a.ts' });
  });

  describe('lets no path escape:', () => {
    const refused: [string, PathRefusal][] = [
      ['../outside/notes.md', 'outside-workspace'],
      ['src/../../outside/notes.md', 'outside-workspace'],
      ['..\\outside\\notes.md', 'outside-workspace'],
      ['src\\..\\..\\outside', 'outside-workspace'],
      ['/etc/passwd', 'outside-workspace'],
      ['//etc/passwd', 'outside-workspace'],
      ['\\\\server\\share\\x', 'outside-workspace'],
      ['C:\\Windows\\win.ini', 'outside-workspace'],
      ['c:relative.txt', 'outside-workspace'],
      ['~/.ssh/id_rsa', 'outside-workspace'],
      ['~root/x', 'outside-workspace'],
      ['..', 'outside-workspace'],
      ['.', 'not-a-file'],
      ['', 'invalid'],
      ['src', 'not-a-file'],
      ['src/a.ts/b', 'not-a-file'],
      ['a\0.ts', 'invalid'],
      ['a\n.ts', 'invalid'],
      ['a\u007f.ts', 'invalid'],
      [`${'x/'.repeat(3000)}y`, 'invalid'],
      ['.git/config', 'protected'],
      ['.GIT/config', 'protected'],
      ['.git./config', 'protected'],
      ['.git /config', 'protected'],
      ['.gi\u200ct/config', 'protected'],
      ['.git::$INDEX_ALLOCATION/config', 'protected'],
      ['GIT~1/config', 'protected'],
      ['src/.git/config', 'protected'],
      ['.orchestrate/config.yaml', 'protected'],
      ['.Orchestrate/sessions/x/events.jsonl', 'protected'],
      ['.ｇit/config', 'protected'],
      ['.hg/hgrc', 'protected'],
      ['.env', 'secret-file'],
      ['.ENV', 'secret-file'],
      ['.env.production', 'secret-file'],
      ['config/.env.local', 'secret-file'],
      ['.env\u200b', 'secret-file'],
      ['.env:x', 'secret-file'],
      ['deploy/prod.env', 'secret-file'],
      ['.envrc', 'secret-file'],
      ['.npmrc', 'secret-file'],
      ['keys/server.pem', 'secret-file'],
      ['.ssh/known_hosts', 'secret-file'],
      ['id_ed25519', 'secret-file'],
      ['.aws/credentials', 'secret-file'],
      ['credentials.json', 'secret-file'],
      ['nul', 'invalid'],
      ['src/CON.txt', 'invalid'],
      ['com1', 'invalid'],
    ];
    for (const [path, reason] of refused) {
      it(`${JSON.stringify(path.slice(0, 50))} is ${reason}`, async () => {
        for (const access of ['read', 'write'] as const) {
          assert.deepEqual(await workspace.resolve(path), { ok: false, reason }, access);
        }
        const written = await workspace.write(path, bytes('x'), null);
        assert.equal(written.ok, false);
      });
    }

    const links: [string, () => Promise<unknown>, string, PathRefusal][] = [
      ['a link to a file outside', () => symlink(join(outside, 'notes.md'), join(root, 'l')), 'l', 'outside-workspace'],
      ['a link to a folder outside', () => symlink(outside, join(root, 'l')), 'l/notes.md', 'outside-workspace'],
      ['a new file below a link', () => symlink(outside, join(root, 'l')), 'l/new/deep.txt', 'outside-workspace'],
      ['a relative link', () => symlink('../outside', join(root, 'l')), 'l/notes.md', 'outside-workspace'],
      ['a link to nowhere', () => symlink(join(outside, 'none'), join(root, 'l')), 'l', 'outside-workspace'],
      [
        'a link to a link',
        () => symlink(outside, join(root, 'm')).then(() => symlink('m', join(root, 'l'))),
        'l/x',
        'outside-workspace',
      ],
      ['a link to itself', () => symlink('l', join(root, 'l')), 'l', 'invalid'],
      ['a link into .git', () => symlink('.git', join(root, 'l')), 'l/hooks/pre-commit', 'protected'],
      ['a link to a secret', () => symlink('.env', join(root, 'plain.txt')), 'plain.txt', 'secret-file'],
      ['a link to the session records', () => symlink('.orchestrate', join(root, 'l')), 'l/config.yaml', 'protected'],
      ['a link to a device', () => symlink('/dev/null', join(root, 'l')), 'l', 'outside-workspace'],
      ['a link to the root folder', () => symlink('/', join(root, 'l')), 'l/etc/passwd', 'outside-workspace'],
    ];
    for (const [title, make, path, reason] of links) {
      it(`${title} is ${reason}`, async function () {
        if (process.platform === 'win32') this.skip();
        await make();
        assert.deepEqual(await workspace.resolve(path), { ok: false, reason });
        assert.equal((await workspace.write(path, bytes('x'), null)).ok, false);
        await assert.rejects(workspace.read(path));
        assert.equal(await readFile(join(outside, 'notes.md'), 'utf8'), 'outside');
        assert.deepEqual(await readdir(outside), ['notes.md']);
      });
    }

    it('a named pipe is not-a-file', async function () {
      if (process.platform === 'win32') this.skip();
      execFileSync('mkfifo', [join(root, 'pipe')]);
      assert.deepEqual(await workspace.resolve('pipe'), { ok: false, reason: 'not-a-file' });
    });

    it('a write to a hard link leaves the file outside as it was', async () => {
      await link(join(outside, 'notes.md'), join(root, 'hard.txt'));
      const result = await workspace.write('hard.txt', bytes('mine'), hashOf(bytes('outside')));
      assert.equal(result.ok, true);
      assert.equal(await readFile(join(outside, 'notes.md'), 'utf8'), 'outside');
    });

    it('a folder that turns into a link after it was resolved', async function () {
      if (process.platform === 'win32') this.skip();
      await mkdir(join(root, 'later'));
      assert.equal((await workspace.resolve('later/new.txt')).ok, true);
      execFileSync('rmdir', [join(root, 'later')]);
      await symlink(outside, join(root, 'later'));
      assert.equal((await workspace.write('later/new.txt', bytes('x'), null)).ok, false);
      assert.deepEqual(await readdir(outside), ['notes.md']);
    });
  });

  it('takes the ways models write a path', async function () {
    for (const path of ['src/a.ts', './src/a.ts', 'src//a.ts', 'src/x/../a.ts', 'src\\a.ts', join(root, 'src/a.ts')]) {
      assert.deepEqual(await workspace.resolve(path), { ok: true, path: 'src/a.ts' }, path);
    }
    if (process.platform === 'win32') this.skip();
    await symlink('src', join(root, 'lib'));
    assert.deepEqual(await workspace.resolve('lib/a.ts'), { ok: true, path: 'src/a.ts' });
  });

  it('takes examples of secret files and names that only look alike', async () => {
    for (const path of ['.env.example', '.gitignore', '.github/workflows/ci.yml', 'src/environment.ts', 'context.md']) {
      assert.deepEqual(await workspace.resolve(path), { ok: true, path }, path);
    }
  });

  it('writes over the version that was read, and only over that', async () => {
    const before = await workspace.read('src/a.ts');
    assert.ok(before);
    await writeFile(join(root, 'src/a.ts'), 'theirs');
    const stale = await workspace.write('src/a.ts', bytes('mine'), before.hash);
    assert.deepEqual(stale, { ok: false, reason: 'stale', actual: hashOf(bytes('theirs')) });
    assert.equal(await readFile(join(root, 'src/a.ts'), 'utf8'), 'theirs');
    assert.deepEqual(await workspace.write('src/a.ts', bytes('mine'), hashOf(bytes('theirs'))), {
      ok: true,
      hash: hashOf(bytes('mine')),
    });
  });

  it('makes missing folders for a new file and never replaces one it believed absent', async () => {
    assert.equal((await workspace.write('deep/er/new.txt', bytes('1'), null)).ok, true);
    assert.deepEqual(await workspace.write('deep/er/new.txt', bytes('2'), null), {
      ok: false,
      reason: 'stale',
      actual: hashOf(bytes('1')),
    });
    assert.deepEqual(await readdir(join(root, 'deep/er')), ['new.txt'], 'no temporary file is left');
  });

  it('makes files where a kill leaves nothing in the project, and clears away what old kills left', async () => {
    const workshop = join(root, '.orchestrate/sessions/.workshop');
    await mkdir(workshop, { recursive: true });
    const [old, young] = ['.a.txt.0123456789ab.tmp', '.b.txt.0123456789ab.tmp'];
    for (const name of [old, young, 'theirs.tmp']) await writeFile(join(workshop, name), 'half');
    for (const name of [old, 'theirs.tmp']) await utimes(join(workshop, name), 0, 0);
    assert.equal((await workspace.write('new.txt', bytes('1'), null)).ok, true);
    assert.deepEqual((await readdir(workshop)).sort(), [young, 'theirs.tmp']);
  });

  it('keeps the mode of a file', async function () {
    if (process.platform === 'win32') this.skip();
    await chmod(join(root, 'src/a.ts'), 0o750);
    await workspace.write('src/a.ts', bytes('b'), hashOf(bytes('a')));
    assert.equal((await stat(join(root, 'src/a.ts'))).mode & 0o7777, 0o750);
  });

  it('says why a write failed and leaves the file whole', async function () {
    if (process.platform === 'win32' || process.getuid?.() === 0) this.skip();
    await chmod(join(root, 'src'), 0o500);
    const result = await workspace.write('src/a.ts', bytes('b'), hashOf(bytes('a')));
    await chmod(join(root, 'src'), 0o700);
    assert.equal(!result.ok && result.reason, 'failed');
    assert.equal(await readFile(join(root, 'src/a.ts'), 'utf8'), 'a');
  });

  it('removes only the version that was read', async () => {
    assert.equal((await workspace.remove('src/a.ts', hashOf(bytes('other')))).ok, false);
    assert.deepEqual(await workspace.remove('src/a.ts', hashOf(bytes('a'))), { ok: true, hash: null });
    assert.equal(await workspace.read('src/a.ts'), undefined);
  });

  it('lists what .gitignore leaves, nested rules and exceptions included, without secrets', async () => {
    await writeFile(join(root, '.gitignore'), '*.log\n/build/\n!keep.log\n');
    await writeFile(join(root, 'src/.gitignore'), 'generated/\n!b.log\n');
    for (const path of [
      'x.log',
      'keep.log',
      'build/out.js',
      'src/b.log',
      'src/generated/g.ts',
      'node_modules/p/i.js',
    ]) {
      await mkdir(join(root, path, '..'), { recursive: true });
      await writeFile(join(root, path), '1');
    }
    const { files, more } = await workspace.list({ limit: 100 });
    assert.deepEqual(
      files.map(file => file.path),
      ['.gitignore', 'keep.log', 'src/.gitignore', 'src/a.ts', 'src/b.log'],
    );
    assert.equal(more, false);
    assert.deepEqual(await workspace.list({ limit: 1, globs: ['*.ts', 'src/**'] }), {
      files: [{ path: 'src/.gitignore', bytes: 18 }],
      more: true,
    });
  });
});
