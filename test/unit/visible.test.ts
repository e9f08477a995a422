import assert from 'node:assert/strict';
import fc from 'fast-check';
import { shownInLines, shownRequest, visible } from '../../src/core/visible.ts';

describe('What a person decides about', () => {
  const cases: [what: string, text: string, shown: string][] = [
    ['a plain command', 'npm test -- "a b"', 'npm test -- "a b"'],
    ['a second line', 'npm test\nrm -r src', 'npm test ⏎ rm -r src'],
    ['a line that ends as on Windows', 'npm test\r\nrm -r src', 'npm test ⏎ rm -r src'],
    ['a return without a line', 'rm -r src\rnpm test', 'rm -r src\\u{d}npm test'],
    ['letters that run backwards', 'ls \u202egpj.\u202c', 'ls \\u{202e}gpj.\\u{202c}'],
    ['an isolate', 'ls \u2066x\u2069', 'ls \\u{2066}x\\u{2069}'],
    ['a character without width', 'l\u200bs', 'l\\u{200b}s'],
    ['tags', 'ls \u{e0041}', 'ls \\u{e0041}'],
    ['a variation selector', 'ls\ufe0f', 'ls\\u{fe0f}'],
    ['fillers', 'ls\u3164\u115f\u2800x', 'ls\\u{3164}\\u{115f}\\u{2800}x'],
    ['spaces of other kinds', 'ls\u00a0\u3000x', 'ls\\u{a0}\\u{3000}x'],
    ['a tab', 'ls\tx', 'ls\\u{9}x'],
    ['what steers a terminal', 'ls \u001b[2K\u001b[1A', 'ls \\u{1b}[2K\\u{1b}[1A'],
    ['separators', 'ls\u2028x\u2029y\u0085z', 'ls\\u{2028}x\\u{2029}y\\u{85}z'],
    ['half a character', 'ls \ud83d', 'ls \\u{d83d}'],
    ['a private character', 'ls \ue000', 'ls \\u{e000}'],
    ['what is pushed out of sight', `ls${' '.repeat(500)}; rm x`, 'ls [500 spaces] ; rm x'],
    ['marks heaped on a letter', 'a\u0300\u0301\u0302\u0303', 'a\\u{300}\\u{301}\\u{302}\\u{303}'],
    ['an accent', 'ls cafe\u0301', 'ls cafe\u0301'],
    ['other scripts', 'ls 日本 ‘x’ 👍', 'ls 日本 ‘x’ 👍'],
  ];
  for (const [what, text, shown] of cases) it(`shows ${what}`, () => assert.equal(visible(text), shown));

  it('is shown whole, whatever its length', () => {
    const what = `tool {"text":"${'x'.repeat(50_000)}","end":true}`;
    assert.equal(shownRequest({ what }), what);
  });

  it('is shown with its folder, which cannot pass for a part of the command', () => {
    assert.equal(shownRequest({ what: 'npm test', folder: 'packages/a' }), 'in packages/a: npm test');
    assert.equal(shownRequest({ what: 'rm x', folder: 'a: ls #' }), 'in "a: ls #": rm x');
    assert.equal(shownRequest({ what: 'rm x', folder: 'a\n"' }), 'in "a ⏎ \\"": rm x');
  });

  it('has its lines where there is room', () => {
    assert.equal(shownInLines({ what: 'npm test\nls', folder: 'a' }), 'in a: npm test ⏎\nls');
  });

  it('never holds what nobody sees, and loses nothing that is there', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => {
        const shown = visible(text);
        assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
        const plain = [...text].filter(
          char => /[\p{L}\p{N}\p{P}\p{S}]/u.test(char) && !/[\u2800\u{e0000}-\u{e0fff}]/u.test(char),
        );
        let at = 0;
        for (const char of plain.filter(each => !/\p{Default_Ignorable_Code_Point}/u.test(each))) {
          at = shown.indexOf(char, at);
          assert.ok(at >= 0, `${JSON.stringify(char)} of ${JSON.stringify(text)} is lost in ${JSON.stringify(shown)}`);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
