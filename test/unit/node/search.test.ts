import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PatternError } from '../../../src/core/ports.ts';
import { findEditorsRipgrep } from '../../../src/node/ripgrep.ts';
import { search } from '../../../src/node/search.ts';
import { ripgrepHere } from '../../support/own-ripgrep.ts';
import { tempFolder } from '../../support/temp-folder.ts';

describe('search', () => {
  const temp = tempFolder();

  beforeEach(async () => {
    await mkdir(join(temp.path, 'src'));
    await writeFile(join(temp.path, 'src/a.ts'), 'const one = 1;\r\nconst Two = 2;\n');
    await writeFile(join(temp.path, 'b.md'), 'one more\n');
    await writeFile(join(temp.path, 'binary'), Buffer.from([111, 110, 101, 0, 1]));
    await writeFile(join(temp.path, '.env'), 'one=secret');
    await writeFile(join(temp.path, '.gitignore'), 'ignored.txt');
    await writeFile(join(temp.path, 'ignored.txt'), 'one');
  });

  it('finds lines in listing order and passes over binary, ignored and secret files', async () => {
    assert.deepEqual(await search(temp.path, { pattern: 'ONE', limit: 10 }), {
      hits: [
        { path: 'b.md', line: 1, text: 'one more' },
        { path: 'src/a.ts', line: 1, text: 'const one = 1;' },
      ],
      more: false,
    });
  });

  it('minds case, globs and the limit', async () => {
    assert.deepEqual(await search(temp.path, { pattern: 'two', caseSensitive: true, limit: 10 }), {
      hits: [],
      more: false,
    });
    const inTs = await search(temp.path, { pattern: 'one', globs: ['*.ts'], limit: 10 });
    assert.deepEqual(
      inTs.hits.map(hit => hit.path),
      ['src/a.ts'],
    );
    assert.equal((await search(temp.path, { pattern: 'one', limit: 1 })).more, true);
  });

  it('takes a regular expression that would never end with backtracking', async () => {
    await writeFile(join(temp.path, 'evil.txt'), `${'a'.repeat(5000)}b`);
    const { hits } = await search(temp.path, { pattern: '(a+)+$', regex: true, globs: ['evil.txt'], limit: 10 });
    assert.deepEqual(hits, []);
  });

  it('says that a pattern is wrong', async () => {
    await assert.rejects(search(temp.path, { pattern: '(', regex: true, limit: 1 }), PatternError);
  });

  it('finds the same when ripgrep cannot be started', async () => {
    const query = { pattern: 'one', limit: 10 };
    const without = await search(temp.path, query);
    assert.deepEqual(await search(temp.path, query, { ripgrep: join(temp.path, 'no-such-program') }), without);
  });

  it('shows lines around each, once, and one line of each file where only files are asked for', async () => {
    await writeFile(join(temp.path, 'c.md'), 'a\nb\none\nc\none\nd\ne\n');
    const globs = ['c.md'];
    const { hits } = await search(temp.path, { pattern: 'one', globs, context: 1, limit: 10 });
    assert.deepEqual(
      hits.map(hit => `${hit.line}${hit.around ? '-' : ':'}${hit.text}`),
      ['2-b', '3:one', '4-c', '5:one', '6-d'],
    );
    const files = await search(temp.path, { pattern: 'one', filesOnly: true, limit: 10 });
    assert.deepEqual(
      files.hits.map(hit => hit.path),
      ['b.md', 'c.md', 'src/a.ts'],
    );
  });

  it('finds what is typed and not saved, and not what was typed over', async () => {
    const unsaved = () =>
      new Map([
        ['b.md', 'none\nnew words'],
        ['src/new.ts', 'const one = 3;'],
      ]);
    await writeFile(join(temp.path, 'src/new.ts'), '');
    const ripgrep = await ripgrepHere();
    for (const pattern of ['new words', 'more', 'one = 3']) {
      const found = await search(temp.path, { pattern, limit: 10 }, { unsaved, ripgrep });
      assert.equal(found.hits.length, pattern === 'more' ? 0 : 1, pattern);
    }
  });

  it('finds the same with ripgrep and without', async function () {
    const ripgrep = await ripgrepHere();
    if (!ripgrep) this.skip();
    for (const query of [
      { pattern: 'one', limit: 10 },
      { pattern: 'o.e|Two', regex: true, caseSensitive: true, limit: 10 },
    ]) {
      assert.deepEqual(await search(temp.path, query, { ripgrep }), await search(temp.path, query));
    }
  });

  it('is helped by the ripgrep of the editor, wherever its version keeps it', async () => {
    assert.equal(await findEditorsRipgrep(temp.path), undefined);
    const name = process.platform === 'win32' ? 'rg.exe' : 'rg';
    const places = [
      `node_modules.asar.unpacked/@vscode/ripgrep/bin`,
      `node_modules/@vscode/ripgrep/bin`,
      `node_modules/@vscode/ripgrep-universal/bin/${process.platform}-${process.arch}`,
    ];
    for (const place of places) {
      await mkdir(join(temp.path, place), { recursive: true });
      await writeFile(join(temp.path, place, name), '', { mode: 0o755 });
      assert.equal(await findEditorsRipgrep(temp.path), join(temp.path, place, name));
    }
  });

  it('takes no notice of what has taken the place of a file, and of files of any size', async () => {
    await writeFile(join(temp.path, 'large.txt'), `${'x'.repeat(300_000)}\none at the end\n`);
    await writeFile(join(temp.path, 'too-large.txt'), `one\n${'x'.repeat(6_000_000)}`);
    const { hits } = await search(temp.path, { pattern: 'one', globs: ['*.txt'], limit: 10 });
    assert.deepEqual(
      hits.map(({ path, line }) => `${path}:${line}`),
      ['large.txt:2'],
    );
  });
});
