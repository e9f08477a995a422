import type { LanguageModels } from '../../src/editor/lm/api.ts';
import type { LmPlace, Said, Seen, SeenPart } from './lm-suite.ts';

class TextPart {
  value: string;
  constructor(value: string) {
    this.value = value;
  }
}
class ToolCallPart {
  callId: string;
  name: string;
  input: object;
  constructor(callId: string, name: string, input: object) {
    this.callId = callId;
    this.name = name;
    this.input = input;
  }
}
class ToolResultPart {
  callId: string;
  content: TextPart[];
  constructor(callId: string, content: TextPart[]) {
    this.callId = callId;
    this.content = content;
  }
}
class DataPart {
  data: Uint8Array;
  mimeType: string;
  constructor(data: Uint8Array, mimeType: string) {
    this.data = data;
    this.mimeType = mimeType;
  }
  static image(data: Uint8Array, mime: string) {
    return new DataPart(data, mime);
  }
}
type Part = TextPart | ToolCallPart | ToolResultPart | DataPart;
class Message {
  role: number;
  content: Part[];
  constructor(role: number, content: string | Part[]) {
    this.role = role;
    this.content = typeof content === 'string' ? [new TextPart(content)] : content;
  }
  static User(content: string | Part[]) {
    return new Message(1, content);
  }
  static Assistant(content: string | Part[]) {
    return new Message(2, content);
  }
}
class TokenSource {
  readonly #heard: (() => void)[] = [];
  readonly token = {
    isCancellationRequested: false,
    onCancellationRequested: (run: () => void) => {
      this.#heard.push(run);
      return { dispose: () => {} };
    },
  };
  cancel() {
    if (this.token.isCancellationRequested) return;
    this.token.isCancellationRequested = true;
    for (const run of this.#heard) run();
  }
  dispose() {}
}

function seenPart(part: Part): SeenPart {
  if (part instanceof TextPart) return { text: part.value };
  if (part instanceof ToolCallPart) return { call: part.callId, name: part.name, input: part.input };
  if (part instanceof DataPart) return { image: part.data.length };
  return { result: part.callId, text: part.content.map(({ value }) => value).join('') };
}

/** The editor's language models as far as they are used, with one model that says what it is told. */
export function fakeLm(): LmPlace {
  let answer: (seen: Seen) => Said = () => ({});
  let token: TokenSource['token'] | undefined;
  const seen: Seen[] = [];

  async function* told(said: Said) {
    for (const part of said.parts ?? []) {
      yield 'text' in part ? new TextPart(part.text) : new ToolCallPart(`theirs-${part.name}`, part.name, part.input);
    }
    if (said.throws) throw said.throws;
    if (said.hangs) await new Promise<void>(resolve => token?.onCancellationRequested(resolve));
  }
  const model = {
    id: 'fake-model-1',
    vendor: 'fake',
    family: 'fake-family',
    name: 'Fake',
    version: '1',
    maxInputTokens: 100_000,
    countTokens: async (text: string) => Math.ceil(text.length / 4),
    sendRequest: async (
      messages: Message[],
      options: { tools?: { name: string }[]; toolMode?: number },
      its: TokenSource['token'],
    ) => {
      token = its;
      const one: Seen = {
        messages: messages.map(({ role, content }) => ({
          role: role === 1 ? 'user' : 'assistant',
          parts: content.map(seenPart),
        })),
        tools: (options.tools ?? []).map(({ name }) => name),
        required: options.toolMode === 2,
      };
      seen.push(one);
      return { stream: told(answer(one)) };
    },
  };
  type Selector = { id?: string; vendor?: string; family?: string };
  const api = {
    lm: {
      selectChatModels: async (selector: Selector = {}) =>
        Object.entries(selector).every(([key, value]) => model[key as keyof Selector] === value) ? [model] : [],
    },
    CancellationTokenSource: TokenSource,
    LanguageModelChatMessage: Message,
    LanguageModelChatToolMode: { Auto: 1, Required: 2 },
    LanguageModelTextPart: TextPart,
    LanguageModelToolCallPart: ToolCallPart,
    LanguageModelToolResultPart: ToolResultPart,
    LanguageModelDataPart: DataPart,
  };
  return {
    api: api as unknown as LanguageModels,
    model: model.id,
    seen,
    answerWith: next => {
      answer = next;
    },
    stopped: () => token?.isCancellationRequested === true,
  };
}
