import assert from 'node:assert/strict';
import { shownTexts } from '../../scripts/l10n.ts';

describe('the texts of the extension', () => {
  const { bundle, untranslatable } = shownTexts();

  it('are found by the bundle that translators start from', () => {
    assert.equal(bundle['Start Session'], 'Start Session');
    assert.ok(Object.keys(bundle).length > 10);
  });

  it('are written out where they are used, so that they can be looked up', () => {
    assert.deepEqual(untranslatable, []);
  });

  it('number their placeholders from 0 without gaps', () => {
    for (const text of Object.keys(bundle)) {
      const numbers = [...new Set([...text.matchAll(/\{(\d+)\}/g)].map(match => Number(match[1])))].sort();
      assert.deepEqual(numbers, [...numbers.keys()], text);
    }
  });
});
