import assert from 'node:assert/strict';
import fc from 'fast-check';
import { teamWords } from '../../../src/core/station/team-words.ts';
import { placeOf } from '../../../src/editor/station/reorder.ts';

describe('who is to stand, in one line', () => {
  const codex = { name: 'codex', members: ['codex', 'codex2', 'codex3'] };

  it('is said as on the command line, also over several lines, and in short', () => {
    const seed = `--codex-pool codex,codex2,codex3 \\
      --comet-pool comet,comet2,edu_dev \\
      --claude-pool=arch_prod,arch_qa \\
      --fallback ollama`;
    assert.deepEqual(teamWords(seed), {
      pools: [
        codex,
        { name: 'comet', members: ['comet', 'comet2', 'edu_dev'] },
        { name: 'claude', members: ['arch_prod', 'arch_qa'] },
      ],
      fallback: 'ollama',
    });
    for (const line of [
      'codex=codex,codex2,codex3',
      '--pool codex=codex,codex2,codex3',
      '--pool=codex=codex,codex2,codex3',
    ])
      assert.deepEqual(teamWords(line), { pools: [codex] }, line);
    assert.deepEqual(teamWords('  '), { pools: [] });
  });

  it('is refused with what to write instead', () => {
    assert.match(String(teamWords('codex')), /"codex" names no members; write POOL=MEMBER,…/);
    assert.match(String(teamWords('--fallback')), /names no provider/);
    assert.match(String(teamWords('--codexpool a,b')), /"--codexpool" is not known/);
  });
});

describe('a row that is dropped on another one', () => {
  it('stands where that one stood, and all others keep their order', () => {
    const rows = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.nat(), fc.nat(), (order, a, b) => {
        const [item, on] = [order[a % order.length] as string, order[b % order.length] as string];
        const place = placeOf(order, item, on);
        if (item === on) return assert.equal(place, undefined);
        assert.ok(place);
        const rest = order.filter(one => one !== item);
        const at = place.before === undefined ? rest.length : rest.indexOf(place.before);
        const after = rest.toSpliced(at, 0, item);
        assert.equal(after.indexOf(item), order.indexOf(on));
        assert.deepEqual(
          after.filter(one => one !== item),
          rest,
        );
      }),
    );
  });

  it('goes to the end where it is dropped on nothing, and to the front on what is under way', () => {
    assert.deepEqual(placeOf(['a', 'b', 'c'], 'a', undefined), { before: undefined });
    assert.deepEqual(placeOf(['a', 'b', 'c'], 'c', 'running'), { before: 'a' });
    assert.equal(placeOf(['a', 'b', 'c'], 'c', undefined), undefined);
    assert.equal(placeOf(['a', 'b', 'c'], 'gone', 'b'), undefined);
  });
});
