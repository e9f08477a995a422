import assert from 'node:assert/strict';
import fc from 'fast-check';
import ignore from 'ignore';
import { IgnoreRules } from '../../../src/node/ignore-rules.ts';

const name = fc.constantFrom('a', 'b', 'ab', 'a.log', '.x', 'build');
const paths = fc.array(name, { minLength: 1, maxLength: 3 }).map(parts => parts.join('/'));
const piece = fc.constantFrom('a', 'b', 'ab', '*', '*.log', '?', '[ab]', '.x', 'bu*d', '**');
const rule = fc
  .tuple(
    fc.constantFrom('', '!', '/', '!/'),
    fc.array(piece, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '/', '  '),
  )
  .map(([before, pieces, after]) => before + pieces.join('/') + after)
  .filter(line => !/\*\*\/\*\*/.test(line));

describe('Ignore rules', () => {
  it('mean what git and its imitators take them to mean', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 4 }), paths, fc.boolean(), (lines, path, isFolder) => {
        const text = lines.join('\n');
        const other = ignore().add(text);
        // A folder that is left out is never walked into, so that only what lies in none is asked about.
        const parents = path.split('/').map((_, at, parts) => parts.slice(0, at).join('/'));
        fc.pre(!parents.some(parent => parent !== '' && other.test(`${parent}/`).ignored));
        const { ignored, unignored } = other.test(isFolder ? `${path}/` : path);
        const wanted = ignored ? true : unignored ? false : undefined;
        assert.equal(new IgnoreRules(text).ignores(path, isFolder), wanted, `${JSON.stringify(lines)} on ${path}`);
      }),
      { numRuns: 5000 },
    );
  });

  const rules: [text: string, path: string, ignored: boolean | undefined][] = [
    ['# comment', '# comment', undefined],
    ['\\#file', '#file', true],
    ['\\!file', '!file', true],
    ['name\\ ', 'name ', true],
    ['name   ', 'name', true],
    ['*.log\r\n!keep.log\r\n', 'deep/keep.log', false],
    ['{a,b}', 'a', undefined],
    ['{a,b}', '{a,b}', true],
  ];
  for (const [text, path, ignored] of rules)
    it(`${JSON.stringify(text)} says of "${path}": ${ignored}`, () =>
      assert.equal(new IgnoreRules(text).ignores(path, false), ignored));

  it('of a clone do not hold anybody up', () => {
    const hard = ['*a'.repeat(80), `/${'*a'.repeat(140)}b`, '**/*a*a*a*a*a*a*a*a*a*a*a*b', `${'a*'.repeat(100)}?b`];
    const from = performance.now();
    new IgnoreRules(hard.join('\n')).ignores(`${'a'.repeat(240)}/${'a'.repeat(240)}`, false);
    assert.ok(performance.now() - from < 3000);
  });
});
