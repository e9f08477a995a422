import assert from 'node:assert/strict';
import { Redactor } from '../../../src/core/redact/redactor.ts';
import type { ProviderEvent } from '../../../src/core/routing/contract.ts';
import type { LanguageModels } from '../../../src/editor/lm/api.ts';
import { lmProvider } from '../../../src/editor/lm/lm-provider.ts';
import { fakeLm } from '../../support/fake-lm.ts';
import { lmSuite } from '../../support/lm-suite.ts';

describe('Provider vscode-lm, without an editor', () => {
  lmSuite(async () => fakeLm());

  const ended = async (api: LanguageModels, model: string) => {
    const provider = lmProvider(api, { name: 'editor', free: true, redactor: new Redactor(), newId: () => 'call_1' });
    const request = { model, system: '', tools: [], messages: [], conversation: 'c' };
    const events: ProviderEvent[] = [];
    for await (const event of provider.stream(request, new AbortController().signal)) events.push(event);
    return events.at(-1);
  };

  it('knows what the editor’s own codes mean', async () => {
    for (const [code, cls] of [
      ['NoPermissions', 'auth'],
      ['Blocked', 'quota'],
      ['NotFound', 'model-missing'],
      ['Unknown', 'retryable'],
    ] as const) {
      const place = fakeLm();
      place.answerWith(() => ({ throws: Object.assign(new Error(code), { code }) }));
      const end = await ended(place.api, place.model);
      assert.deepEqual([end?.type === 'error' && end.class, end?.type === 'error' && end.code], [cls, code]);
    }
  });

  it('finds a model by vendor and family too', async () => {
    const place = fakeLm();
    place.answerWith(() => ({ parts: [{ text: 'ok' }] }));
    assert.equal((await ended(place.api, 'fake/fake-family'))?.type, 'finish');
  });

  it('never asks the model that we offer to the editor', async () => {
    const place = fakeLm();
    const [model] = await place.api.lm.selectChatModels();
    Object.assign(model ?? {}, { vendor: 'orchestrate' });
    const provider = lmProvider(place.api, { name: 'e', free: true, redactor: new Redactor(), newId: () => 'call_1' });
    assert.deepEqual(await provider.listModels(new AbortController().signal), { ok: true, models: [] });
    for (const id of [place.model, 'orchestrate/fake-family']) {
      const end = await ended(place.api, id);
      assert.deepEqual([end?.type === 'error' && end.class, place.seen], ['model-missing', []]);
    }
  });

  it('counts each piece of a conversation once', async () => {
    const place = fakeLm();
    place.answerWith(() => ({ parts: [{ text: 'ok' }] }));
    const [model] = await place.api.lm.selectChatModels();
    let counted = 0;
    Object.assign(model ?? {}, { countTokens: async () => ++counted });
    const provider = lmProvider(place.api, { name: 'e', free: true, redactor: new Redactor(), newId: () => 'call_1' });
    const part = { type: 'text', text: 'a' } as const;
    const request = {
      model: place.model,
      system: '',
      tools: [],
      messages: [{ role: 'user' as const, parts: [part] }],
      conversation: 'c',
    };
    for (let turn = 0; turn < 3; turn++) await provider.countTokens?.(request, new AbortController().signal);
    assert.equal(counted, 1);
  });
});
