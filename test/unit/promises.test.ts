import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/host/paths.ts';

const read = (file: string) => readFileSync(join(root, file), 'utf8');
const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ');
const ROW = /^\| (.+) \| \[.+\]\(\.\.\/(test\/\S+)\): (.+) \|$/gm;

interface Row {
  promise: string;
  file: string;
  test: string;
}

const [beside = '', promised = '', kept = ''] = read('docs/ARCHITECTURE.md').split(
  /^## What the README promises.*|^## What people ran into.*/m,
);
const rowsOf = (text: string): Row[] =>
  [...text.matchAll(ROW)].map(([, promise = '', file = '', test = '']) => ({ promise, file, test }));

function assertProved(rows: readonly Row[]): void {
  for (const { file, test } of rows) assert.ok(read(file).includes(test), `${file} has no test: ${test}`);
}

describe('What the README promises', () => {
  const readme = oneLine(read('README.md'));
  const rows = rowsOf(promised);

  it('is proved by tests that there are', () => {
    assert.ok(rows.length > 20);
    for (const { promise } of rows) assert.ok(readme.includes(promise), `the README does not say: ${promise}`);
    assertProved(rows);
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

  it('is said of the page in the marketplace in the same words', () => {
    const page = oneLine(read('docs/marketplace.md'));
    const section = /## What you can rely on(.*?) ## /.exec(page)?.[1] ?? '';
    const sentences = section.replaceAll(/ - \*\*[^*]+\*\*/g, '').match(/[^.]+\.(?= |$)/g) ?? [];
    assert.ok(sentences.length >= 8);
    for (const sentence of sentences) assert.ok(readme.includes(sentence.trim().replace(/\.$/, '')), sentence);
  });
});

describe('What the docs say of CLI agents', () => {
  it('is what was seen, with each version that is tried', () => {
    const seen = /\*\*What was seen\.\*\*(.*?)(?=\n\n)/s.exec(read('docs/roles.md'))?.[1] ?? '';
    const tried = [...read('test/clis/programs.ts').matchAll(/^ {2}'@?[\w/-]+@([\d.]+)',$/gm)].map(
      ([, version]) => version,
    );
    assert.ok(tried.length >= 6);
    for (const version of tried)
      assert.ok(seen.includes(` ${version}`), `docs/roles.md does not say what was seen of ${version}`);
  });
});

describe('What people ran into', () => {
  it('is kept away by tests that there are', () => {
    const rows = rowsOf(kept);
    assert.equal(rowsOf(beside).length, 0);
    assert.ok(rows.length > 30);
    assertProved(rows);
  });
});

describe('The pages of docs', () => {
  it('name only tests that there are', () => {
    const named = readdirSync(join(root, 'docs'))
      .filter(name => name.endsWith('.md'))
      .flatMap(name =>
        [...read(`docs/${name}`).matchAll(/`(test\/[\w./-]+)`/g)].map(([, path = '']) => ({ name, path })),
      );
    assert.ok(named.length > 20);
    for (const { name, path } of named) assert.ok(existsSync(join(root, path)), `${name}: ${path}`);
  });
});
