import assert from 'node:assert/strict';
import fc from 'fast-check';
import { requiredText } from '../../../src/node/required-text.ts';

describe('the text that every match of an expression holds', () => {
  it('is found where it is plain to see', () => {
    const cases: [string, string | undefined][] = [
      ['needle\\(\\d+\\)', 'needle('],
      ['export (async )?function \\w+', 'function '],
      ['colou?r', 'colo'],
      ['a|b', undefined],
      ['(abc|def)', undefined],
      ['fo{2}bar', 'bar'],
      ['[abc]long', 'long'],
      ['[]x]long', undefined],
      ['(?i)needle', undefined],
      ['\\bclass\\b', 'class'],
      ['ab+cd', 'ab'],
      ['\\x41\\p{Lu}bc', undefined],
    ];
    for (const [pattern, text] of cases) assert.equal(requiredText(pattern), text, pattern);
  });

  it('stands in every match, whatever the pattern', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      'ab',
      '\\.',
      '.',
      '\\d',
      '[ab]',
      '[^a]',
      '(ab)',
      '(a|b)',
      'a?',
      'b*',
      'a+',
      '(?:ab)?',
      'a{1,2}',
      'b{2}',
      '^',
      '$',
      '|',
    );
    const text = fc.stringMatching(/^[ab.1]{0,12}$/);
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), text, (pieces, line) => {
        const pattern = pieces.join('');
        const found = new RegExp(pattern).exec(line);
        const required = requiredText(pattern);
        if (found && required !== undefined)
          assert.ok(found[0].includes(required), `${pattern} in ${line}: ${required}`);
      }),
      { numRuns: 3000 },
    );
  });
});
