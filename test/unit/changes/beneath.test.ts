import assert from 'node:assert/strict';
import fc from 'fast-check';
import { beneath } from '../../../src/core/changes/beneath.ts';

type Edit = 'none' | 'replace' | 'remove' | 'insert';
interface Slot {
  by: 'user' | 'agent';
  edit: Edit;
}

const slot: fc.Arbitrary<Slot> = fc.record({
  by: fc.constantFrom('user', 'agent'),
  edit: fc.constantFrom('none', 'none', 'replace', 'remove', 'insert'),
});
/** What each line becomes when these have done their part. */
const textOf = (slots: readonly Slot[], done: readonly Slot['by'][]) =>
  slots.flatMap(({ by, edit }, index) => {
    const line = `line ${index}\n`;
    if (!done.includes(by) || edit === 'none') return [line];
    if (edit === 'remove') return [];
    return edit === 'replace' ? [`${by} ${index}\n`] : [`${by} ${index}\n`, line];
  });
/** Where the user took lines out between two edits of an agent, these are one edit over what is gone. */
const isTold = (slots: readonly Slot[]) =>
  slots.every(({ by, edit }, index) => {
    if (by !== 'user' || edit !== 'remove') return true;
    const other = ({ by, edit }: Slot) => by === 'agent' || edit !== 'remove';
    const sides = [slots.slice(0, index).findLast(other), slots.slice(index).find(other)];
    return !sides.every(side => side?.by === 'agent' && side.edit !== 'none');
  });
const open = (lines: string[]) => lines.map((line, index) => (index === lines.length - 1 ? line.trimEnd() : line));

describe('what is on disk beneath text that is not saved', () => {
  it('takes over what was written to the document, and nothing that its user typed', () => {
    fc.assert(
      fc.property(fc.array(slot, { minLength: 1, maxLength: 24 }), fc.boolean(), (slots, isOpen) => {
        fc.pre(isTold(slots));
        const lines = (...done: Slot['by'][]) => (isOpen ? open(textOf(slots, done)) : textOf(slots, done));
        const [saved, draft, next] = [lines(), lines('user'), lines('user', 'agent')];
        const bodies = (text: string[]) => text.map(line => line.trimEnd());
        const found = beneath({ saved, draft, next });
        assert.deepEqual(bodies(found), bodies(lines('agent')));
        assert.ok(found.slice(0, -1).every(line => line.endsWith('\n')));
      }),
      { numRuns: 3000 },
    );
  });

  it('is what was written where nothing is unsaved, and stays where nothing was written', () => {
    const text = fc.array(fc.constantFrom('a\n', 'b\n', 'c\r\n'), { maxLength: 12 });
    const bodies = (lines: string[]) => lines.map(line => line.trimEnd());
    fc.assert(
      fc.property(text, text, (one, other) => {
        assert.deepEqual(bodies(beneath({ saved: one, draft: one, next: other })), bodies(other));
        assert.deepEqual(beneath({ saved: one, draft: other, next: other }), one);
      }),
    );
  });

  it('takes over lines of the user that were themselves written over', () => {
    const found = beneath({
      saved: ['one\n', 'two\n', 'three\n'],
      draft: ['one\n', 'TWO\n', 'three\n', 'mine\n'],
      next: ['one\n', 'TWO!\n', 'three\n', 'mine\n'],
    });
    assert.deepEqual(found, ['one\n', 'TWO!\n', 'three\n']);
  });

  it('keeps each line’s own end', () => {
    const found = beneath({
      saved: ['one\r\n', 'two'],
      draft: ['mine\n', 'one\n', 'two'],
      next: ['mine\n', 'one\n', 'two\n', 'x'],
    });
    assert.deepEqual(found, ['one\r\n', 'two\n', 'x']);
  });
});
