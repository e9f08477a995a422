import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/host/paths.ts';

const read = (file: string) => readFileSync(join(root, file), 'utf8');
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ');
const ROW = /^\| (.+) \| \[.+\]\(\.\.\/(test\/\S+)\): (.+) \|$/gm;

describe('What the README promises', () => {
  const readme = oneLine(read('README.md'));
  const rows = [...read('docs/ARCHITECTURE.md').matchAll(ROW)].map(([, promise = '', file = '', test = '']) => ({
    promise,
    file,
    test,
  }));

  it('is proved by tests that there are', () => {
    assert.ok(rows.length > 20);
    for (const { promise, file, test } of rows) {
      assert.ok(readme.includes(promise), `the README does not say: ${promise}`);
      assert.ok(read(file).includes(test), `${file} has no test: ${test}`);
    }
  });

  it('is proved for each thing that one can rely on', () => {
    const section = /## What you can rely on(.*?) ## /.exec(`${readme} `)?.[1] ?? '';
    const promises = section.split(' - **').slice(1);
    assert.ok(promises.length >= 5);
    for (const text of promises)
      assert.ok(
        rows.some(({ promise }) => text.includes(promise)),
        text,
      );
  });
});
