import assert from 'node:assert/strict';
import { type Mark, markOf } from '../../../src/core/changes/marks.ts';

const bytes = (text: string | null) => (text === null ? null : new TextEncoder().encode(text));
const mark = (path: string, before: string | null, after: string | null): Mark | undefined =>
  markOf(
    path,
    () => bytes(before),
    () => bytes(after),
  );
const json = (value: unknown) => JSON.stringify(value, null, 2);
const plain = { name: 'a', scripts: { test: 'x' } };

describe('Marks on changes', () => {
  it('say what runs by itself, whatever is in it', () => {
    assert.equal(mark('.vscode/tasks.json', null, '{}')?.kind, 'acts');
    assert.match(mark('app/.Husky/pre-commit', '', 'x')?.says ?? '', /^Git runs it/);
    assert.equal(mark('src/a.ts', null, 'x'), undefined);
  });

  const different: [path: string, before: string | null, after: string | null, names: string][] = [
    ['package.json', json(plain), json({ ...plain, scripts: { test: 'y' } }), 'scripts.test'],
    ['package.json', json(plain), json({ ...plain, scripts: { test: 'x', postinstall: 'z' } }), 'scripts.postinstall'],
    ['package.json', json(plain), json({ name: 'a' }), 'scripts.test'],
    ['package.json', null, json(plain), 'scripts.test'],
    ['packages/b/package.json', json(plain), null, 'scripts.test'],
    ['Package.json', json({}), json({ husky: { hooks: { 'pre-commit': 'x' } } }), 'husky.hooks'],
    ['package.json', json({}), json({ packageManager: 'npm@9+sha1.0' }), 'packageManager'],
    ['composer.json', json({}), json({ scripts: { 'post-install-cmd': 'x' } }), 'scripts.post-install-cmd'],
    ['deno.json', json({}), json({ tasks: { a: 'x' } }), 'tasks.a'],
    [
      'pyproject.toml',
      '[project]\nname = "a"\n',
      '[project]\nname = "a"\n[build-system]\nbuild-backend = "x"\n',
      'build-system',
    ],
    ['pyproject.toml', '[tool.poe.tasks]\na = "x"\n', '[tool.poe.tasks]\na = "y"\n', 'tool.poe.tasks'],
  ];
  for (const [path, before, after, names] of different)
    it(`name ${names} of ${path}`, () => {
      const says = `What it has others run is different: ${names}.`;
      assert.deepEqual(mark(path, before, after), { kind: 'scripts', says });
    });

  const same: [path: string, before: string, after: string][] = [
    ['package.json', json(plain), json({ ...plain, dependencies: { x: '1' } })],
    ['package.json', json(plain), JSON.stringify(plain)],
    ['package.json', json(plain), `\uFEFF${json(plain)}`],
    [
      'pyproject.toml',
      '[build-system]\na = 1\n\n[project]\nname = "a"\n',
      '[build-system]\na = 1\n[project]\nname = "b"\n',
    ],
    ['src/package.ts', json(plain), json({})],
  ];
  for (const [path, before, after] of same)
    it(`are on no change of ${path} that leaves what is run as it was`, () =>
      assert.equal(mark(path, before, after), undefined));

  it('are on what cannot be read', () => {
    assert.match(mark('package.json', json(plain), '{')?.says ?? '', /cannot be read/);
  });
});
