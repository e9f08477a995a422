import type * as vscode from 'vscode';
import type { NewId } from '../../core/ports.ts';
import type { Redactor } from '../../core/redact/redactor.ts';
import { Answer } from '../../core/routing/answer.ts';
import type {
  ModelInfo,
  Provider,
  ProviderError,
  ProviderEvent,
  ProviderRequest,
} from '../../core/routing/contract.ts';
import type { Provenance } from '../../protocol/message.ts';
import { type LanguageModels, othersModels } from './api.ts';
import { cutting } from './cutting.ts';
import { lmFailure } from './failure.ts';
import { messagesOf, toolsOf } from './messages.ts';
import { PromptTokens } from './tokens.ts';

export interface LmProviderOptions {
  name: string;
  /** What a request costs is a matter between the user and the model's extension; nothing can be budgeted. */
  free: boolean;
  redactor: Redactor;
  newId: NewId;
}

const patienceMs = 2000;
const aborted: ProviderError = { type: 'error', class: 'aborted', message: 'The call was aborted.' };

/**
 * The language models of the editor: Copilot's, and those of any extension. They tell no usage, so tokens are counted
 * by us and marked as estimated; each call is one request.
 */
export function lmProvider(api: LanguageModels, options: LmProviderOptions): Provider {
  const { name, free, newId } = options;
  const tokens = new PromptTokens();
  const redact = (text: string) => options.redactor.text(text);
  const provenance = (model: string): Provenance => ({ provider: name, kind: 'vscode-lm', model, account: 'editor' });

  async function* stream(request: ProviderRequest, signal: AbortSignal): AsyncGenerator<ProviderEvent> {
    if (signal.aborted) {
      yield aborted;
      return;
    }
    const cut = cutting(api, signal);
    let prompt: Promise<number | undefined> | undefined;
    let model: vscode.LanguageModelChat | undefined;
    let last: ProviderEvent = aborted;
    try {
      model = await cut.race(modelOf(api, request.model));
      prompt = tokens.of(model, request, cut.token);
      const messages = messagesOf(request, provenance(request.model), api);
      const response = await cut.race(model.sendRequest(messages, toolsOf(request, api), cut.token));
      yield { type: 'open' };
      const answer = new Answer(newId);
      const parts = response.stream[Symbol.asyncIterator]();
      const out: ProviderEvent[] = [];
      let said = '';
      for (;;) {
        const { done, value } = await cut.race(parts.next());
        if (done) break;
        said += take(value, answer, out);
        if (!out.length) yield { type: 'alive' };
        for (const event of out) yield event;
        out.length = 0;
      }
      const output = await cut.race(soon(countOf(model, said, cut.token)));
      const input = await cut.race(soon(prompt));
      const usage = { ...(input !== undefined && { input }), ...(output !== undefined && { output }), estimated: true };
      last = answer.finish({ stop: 'end', usage, raw: { model: model.id, usage: { requests: 1 } } });
    } catch (thrown) {
      const input = await soon(prompt);
      const tooLong = input !== undefined && model !== undefined && input > model.maxInputTokens;
      if (!signal.aborted) last = lmFailure(thrown, redact, tooLong);
    } finally {
      cut.dispose();
    }
    yield last;
  }

  const take = (part: unknown, answer: Answer, out: ProviderEvent[]): string => {
    if (part instanceof api.LanguageModelTextPart) {
      answer.text(part.value, out);
      return part.value;
    }
    if (!(part instanceof api.LanguageModelToolCallPart)) return '';
    return answer.wholeCall(part.name, part.input, out).json;
  };

  return {
    name,
    kind: 'vscode-lm',
    free,
    provenance,
    stream,
    listModels: async signal => {
      const cut = cutting(api, signal);
      try {
        signal.throwIfAborted();
        const models = await cut.race(othersModels(api));
        return {
          ok: true,
          models: models.map(({ id, maxInputTokens }): ModelInfo => ({ id, contextTokens: maxInputTokens })),
        };
      } catch (thrown) {
        return { ok: false, error: signal.aborted ? aborted : lmFailure(thrown, redact, false) };
      } finally {
        cut.dispose();
      }
    },
    countTokens: async (request, signal) => {
      const cut = cutting(api, signal);
      try {
        signal.throwIfAborted();
        const model = await cut.race(modelOf(api, request.model));
        return await cut.race(tokens.of(model, request, cut.token));
      } catch {
        return undefined;
      } finally {
        cut.dispose();
      }
    },
  };
}

/** By its id or, so that a configuration outlives versions, as "vendor/family". */
async function modelOf(api: LanguageModels, wanted: string): Promise<vscode.LanguageModelChat> {
  const [byId] = await othersModels(api, { id: wanted });
  if (byId) return byId;
  const [vendor = '', ...family] = wanted.split('/');
  const [named] = family.length ? await othersModels(api, { vendor, family: family.join('/') }) : [];
  if (named) return named;
  throw Object.assign(new Error(`There is no model ${wanted} in this editor.`), { code: 'NotFound' });
}

async function countOf(
  model: vscode.LanguageModelChat,
  text: string,
  token: vscode.CancellationToken,
): Promise<number | undefined> {
  if (text === '') return 0;
  try {
    return await model.countTokens(text, token);
  } catch {
    return undefined;
  }
}

/** A count that is only an estimate is not waited for long. */
async function soon<T>(count: Promise<T> | undefined): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), patienceMs);
  });
  try {
    return await Promise.race([count, late]);
  } finally {
    clearTimeout(timer);
  }
}
