import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyEdits } from '../../../src/core/agent/tools/edit/apply.ts';
import { IMPERFECT_EDITS as FIRST, type ImperfectEdit } from '../../support/imperfect-edits.ts';
import { MORE_IMPERFECT_EDITS } from '../../support/more-imperfect-edits.ts';

const IMPERFECT_EDITS = [...FIRST, ...MORE_IMPERFECT_EDITS];

const normal = (text: string) => text.replaceAll('\r\n', '\n');

function applied(one: ImperfectEdit): string | null {
  const { file, all } = one;
  const edited = applyEdits(file, [{ old: normal(one.old), new: normal(one.new), all }]);
  return edited.ok ? edited.text : null;
}

describe('edits that a model gets slightly wrong', () => {
  for (const one of IMPERFECT_EDITS) {
    const what = one.want === null ? 'refused' : 'made where it is meant';
    it(`${one.kind}, ${one.name}: ${what}`, () => assert.equal(applied(one), one.want));
  }

  it('are made where only one place can be meant, and nowhere else', () => {
    const meant = IMPERFECT_EDITS.filter(one => one.want !== null);
    const right = meant.filter(one => applied(one) === one.want);
    const wrong = IMPERFECT_EDITS.filter(one => applied(one) !== null && applied(one) !== one.want);
    console.log(
      `      ${IMPERFECT_EDITS.length} edits: ${right.length} of ${meant.length} that can be meant applied, ${wrong.length} in a wrong place`,
    );
    assert.ok(IMPERFECT_EDITS.length >= 120);
    assert.equal(wrong.length, 0);
    assert.ok(right.length / meant.length >= 30 / 42);
  });
});

/** Small files in which much stands more than once, and an edit of some lines of them, retold by a careless model. */
const careless = fc
  .record({
    lines: fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 3 }),
        fc.constantFrom('a();', 'b("x");', 'b(‘x’);', 'c – d', 'c - d', '}', '', 'a();  '),
      ),
      { minLength: 1, maxLength: 14 },
    ),
    unit: fc.constantFrom('  ', '\t', '    '),
    from: fc.nat(13),
    length: fc.integer({ min: 1, max: 5 }),
    shift: fc.constantFrom('', '  ', '\t', '      '),
    tails: fc.array(fc.constantFrom('', ' ', '\t'), { minLength: 5, maxLength: 5 }),
    fancy: fc.boolean(),
    numbers: fc.boolean(),
    fenced: fc.boolean(),
  })
  .map(({ lines, unit, from, length, shift, tails, fancy, numbers, fenced }) => {
    const file = lines.map(([depth, text]) => unit.repeat(text === '' ? 0 : depth) + text);
    const start = from % file.length;
    const chosen = file.slice(start, start + length);
    const typed = (text: string) => (fancy ? text.replaceAll('"', '“').replaceAll('-', '–') : text);
    const retold = [...chosen]
      .map((line, at) => typed(line === '' ? '' : shift + line) + (tails[at] ?? ''))
      .map((line, at) => (numbers ? `${start + at + 1}: ${line}` : line));
    return { file, start, chosen, old: (fenced ? ['```', ...retold, '```'] : retold).join('\n') };
  });

const meaning = (lines: readonly string[]) =>
  lines.map(line => line.trim().replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replaceAll('–', '-').replace(/\s+/g, ' '));
const solid = (lines: readonly string[]) => meaning(lines).filter(line => line !== '');

describe('an edit that was carelessly retold', () => {
  it('changes the lines that it shows, or nothing', () => {
    fc.assert(
      fc.property(careless, ({ file, chosen, old }) => {
        fc.pre(solid(chosen).length > 0);
        const edited = applyEdits(file.join('\n'), [{ old, new: 'NEW' }]);
        if (!edited.ok) return;
        const after = edited.text.split('\n');
        const at = after.findIndex(line => line.includes('NEW'));
        // What is gone is what was shown; what stood before and after it is still there.
        const before = after.slice(0, at);
        const behind = after.slice(at + 1);
        const rest = file.slice(before.length, file.length - behind.length);
        const partly = (after[at] ?? '').trim() !== 'NEW';
        assert.deepEqual(file.slice(0, before.length), before);
        assert.deepEqual(file.slice(file.length - behind.length), behind);
        if (!partly) assert.deepEqual(solid(rest), solid(chosen));
      }),
      { numRuns: 3000 },
    );
  });

  it('is never made where another place fits as well', () => {
    fc.assert(
      fc.property(careless, ({ file, chosen, old }) => {
        const wanted = solid(chosen);
        fc.pre(wanted.length > 0 && meaning(chosen).every(line => line !== ''));
        const all = meaning(file);
        const fits = all.filter((_, at) => wanted.every((line, step) => all[at + step] === line)).length;
        const text = file.join('\n');
        fc.pre(fits > 1 && !text.includes(old));
        const edited = applyEdits(text, [{ old, new: 'NEW' }]);
        // Only where indentation and line ends leave one of them.
        if (edited.ok) assert.match(edited.notes.join(''), /line ends|typography|marks|numbers/);
      }),
      { numRuns: 3000 },
    );
  });
});
