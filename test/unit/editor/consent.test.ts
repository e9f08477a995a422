import assert from 'node:assert/strict';
import { ExtensionConsent } from '../../../src/editor/lm/consent.ts';

/** As VS Code keeps it, over reloads. */
const memory = () => {
  const kept = new Map<string, unknown>();
  return {
    get: <T>(key: string) => kept.get(key) as T,
    update: async (key: string, value: unknown) => void kept.set(key, value),
  };
};

describe('Extensions that ask for the best model', () => {
  const asked: (string | undefined)[] = [];
  let answer: 'allow' | 'deny' | undefined;
  const consentOf = (kept = memory()) =>
    new ExtensionConsent(
      kept as ConstructorParameters<typeof ExtensionConsent>[0],
      'Orchestrate.orchestrate',
      async id => {
        asked.push(id);
        return answer;
      },
    );
  beforeEach(() => {
    asked.length = 0;
    answer = 'allow';
  });

  it('are asked about once each, whatever they ask and however often, over reloads', async () => {
    const kept = memory();
    const consent = consentOf(kept);
    assert.deepEqual(
      await Promise.all(Array.from({ length: 5 }, () => consent.allows({ extension: 'A.one' }))),
      Array(5).fill(true),
    );
    assert.equal(await consent.allows({ extension: 'a.ONE' }), true);
    assert.equal(await consent.allows({ extension: 'b.two' }), true);
    assert.equal(await consentOf(kept).allows({ extension: 'a.one' }), true);
    assert.deepEqual(asked, ['a.one', 'b.two']);
  });

  it('get nothing when they are refused, or when the question is closed, until the window is opened anew', async () => {
    const kept = memory();
    for (const said of ['deny', undefined] as const) {
      answer = said;
      const consent = consentOf(kept);
      assert.equal(await consent.allows({ extension: 'a.one' }), false);
      assert.equal(await consent.allows({ extension: 'a.one' }), false);
    }
    assert.equal(asked.length, 2);
    answer = 'allow';
    assert.equal(await consentOf(kept).allows({ extension: 'a.one' }), true);
  });

  it('that nobody names are asked about in each window', async () => {
    const kept = memory();
    const consent = consentOf(kept);
    assert.equal(await consent.allows({ extension: undefined }), true);
    assert.equal(await consent.allows({ extension: undefined }), true);
    assert.deepEqual([asked, consent.allowed], [[undefined], []]);
    await consentOf(kept).allows({ extension: undefined });
    assert.equal(asked.length, 2);
  });

  it('are taken back what they were allowed', async () => {
    const consent = consentOf();
    for (const extension of ['a.one', 'b.two']) await consent.allows({ extension });
    await consent.keep(['b.two']);
    answer = 'deny';
    assert.deepEqual(
      [await consent.allows({ extension: 'b.two' }), await consent.allows({ extension: 'a.one' })],
      [true, false],
    );
  });

  it('are not the person in the chat view, nor we ourselves', async () => {
    answer = 'deny';
    const consent = consentOf();
    assert.equal(await consent.allows({ extension: 'core' }), true);
    assert.equal(await consent.allows({ extension: 'orchestrate.orchestrate' }), true);
    assert.deepEqual(asked, []);
  });
});
