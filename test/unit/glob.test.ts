import assert from 'node:assert/strict';
import fc from 'fast-check';
import picomatch from 'picomatch/posix.js';
import { compileGlob, longestGlob } from '../../src/core/glob.ts';
import { globsMeet, prepareGlob } from '../../src/core/plan/globs.ts';

const names = fc.array(fc.constantFrom('a', 'b', 'c', '.', '-', 'x'), { minLength: 1, maxLength: 4 }).map(letters => {
  const name = letters.join('');
  return /^\.+$/.test(name) ? `a${name}` : name;
});
const paths = fc.array(names, { minLength: 1, maxLength: 4 }).map(parts => parts.join('/'));

const plainPiece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'c', '.x', '-') },
  { weight: 2, arbitrary: fc.constantFrom('*', '?') },
  { weight: 1, arbitrary: fc.constantFrom('[ab]', '[a-c]', '[^bc]') },
  { weight: 1, arbitrary: fc.constantFrom('{a,b}', '{a,bc,x}', '{a*,?b}') },
);
const segment = fc.oneof(
  { weight: 5, arbitrary: fc.array(plainPiece, { minLength: 1, maxLength: 4 }).map(pieces => pieces.join('')) },
  { weight: 1, arbitrary: fc.constant('**') },
);
const plainGlobs = fc
  .array(segment, { minLength: 1, maxLength: 4 })
  .map(parts => parts.join('/'))
  // Runs of stars mean the same as one, and only here are they read in two ways.
  .filter(glob => !/\*\*\*|[^/]\*\*|\*\*[^/]|\*\*\/\*\*/.test(glob));

describe('Globs', () => {
  it('mean what picomatch says they mean', () => {
    fc.assert(
      fc.property(plainGlobs, paths, (glob, path) => {
        // Whether "a/**" takes "a" itself depends, there, on what "a" is written as; here it takes what is below.
        fc.pre(!glob.endsWith('/**') || !picomatch(glob.slice(0, -3), { dot: true })(path));
        assert.equal(compileGlob(glob)(path), picomatch(glob, { dot: true })(path), `${glob} on ${path}`);
      }),
      { numRuns: 20_000 },
    );
  });

  it('of two tasks are seen to meet wherever a file matches both', () => {
    fc.assert(
      fc.property(plainGlobs, plainGlobs, fc.array(paths, { maxLength: 20 }), (one, other, all) => {
        const both = all.find(path => compileGlob(one)(path) && compileGlob(other)(path));
        assert.ok(!both || globsMeet(prepareGlob(one), prepareGlob(other)), `${one} and ${other} on ${both}`);
      }),
      { numRuns: 5000 },
    );
  });

  const matches: [glob: string, path: string, matches: boolean][] = [
    ['src/**', 'src/a/b.ts', true],
    ['src/**', 'src', false],
    ['src/**', 'srcs/a', false],
    ['**/*.ts', 'a.ts', true],
    ['**/*.ts', '.hidden/.a.ts', true],
    ['*.ts', 'a/b.ts', false],
    ['src/{a,b/**}.ts', 'src/a.ts', true],
    ['{src,test}/**', 'test/x/y', true],
    ['{a,{b,c}d}', 'cd', true],
    ['{a,{b,c}d}', 'c', false],
    ['{a}', '{a}', true],
    ['{a', '{a', true],
    ['app/(group)/page.tsx', 'app/(group)/page.tsx', true],
    ['app/[id]/**', 'app/[id]/page.tsx', true],
    ['app/[id]/**', 'app/i/page.tsx', true],
    ['app/[id', 'app/[id', true],
    ['+(a|b)', 'a', false],
    ['@(a)', '@(a)', true],
    ['!a', 'b', false],
    ['a{1..3}', 'a2', false],
    ['\\*', 'x', false],
    ['a?c', 'a/c', false],
    ['a[!b]c', 'a/c', false],
    ['a*', 'a', true],
    ['?', '\u{1f600}', true],
  ];
  for (const [glob, path, wanted] of matches)
    it(`"${glob}" ${wanted ? 'takes' : 'does not take'} "${path}"`, () =>
      assert.equal(compileGlob(glob)(path), wanted));

  const adversarial = [
    '+([a-z]+|[a-z.-/]+)!',
    '*'.repeat(longestGlob),
    `${'*a'.repeat(140)}b`,
    `${'**/'.repeat(90)}x`,
    `${'{a,b}'.repeat(60)}`,
    `${'{*,**}'.repeat(50)}`,
    '{'.repeat(longestGlob),
    `${'{a,'.repeat(70)}b${'}'.repeat(70)}`,
    '['.repeat(longestGlob),
    '[a-'.repeat(100),
    `(${'a|a|'.repeat(70)})+`,
    '*'.repeat(100_000),
    `{${Array.from({ length: 50_000 }, (_, i) => i).join(',')}}`,
  ];
  for (const glob of adversarial)
    it(`"${glob.slice(0, 24)}…" is matched in bounded time`, () => {
      const from = performance.now();
      compileGlob(glob)(`${'a'.repeat(2000)}/${'ab/'.repeat(600)}!`);
      globsMeet(prepareGlob(glob), prepareGlob(`**/${glob}`));
      // Steps are bounded by the two lengths: seconds would be the sign of something else.
      assert.ok(performance.now() - from < 3000);
    });
});
