import * as vscode from 'vscode';
import { type LmPlace, lmSuite, type Said, type Seen, type SeenPart } from '../support/lm-suite.ts';
import { until } from '../support/until.ts';

const vendor = 'orchestrate-tests';

/** A model that an extension really offers to this editor, and that says what it is told. */
function scriptedModel(): LmPlace & vscode.Disposable {
  let answer: (seen: Seen) => Said = () => ({});
  let stopped = false;
  const seen: Seen[] = [];
  const info: vscode.LanguageModelChatInformation = {
    id: 'scripted-1',
    name: 'Scripted',
    family: 'scripted',
    version: '1',
    maxInputTokens: 100_000,
    maxOutputTokens: 10_000,
    capabilities: { toolCalling: true, imageInput: true },
  };
  const registered = vscode.lm.registerLanguageModelChatProvider(vendor, {
    provideLanguageModelChatInformation: () => [info],
    provideTokenCount: async (_model, text) =>
      Math.ceil((typeof text === 'string' ? text : JSON.stringify(text)).length / 4),
    provideLanguageModelChatResponse: async (_model, messages, options, progress, token) => {
      stopped = false;
      const one: Seen = {
        messages: messages.map(({ role, content }) => ({
          role: role === vscode.LanguageModelChatMessageRole.User ? 'user' : 'assistant',
          parts: content.map(seenPart),
        })),
        tools: (options.tools ?? []).map(({ name }) => name),
        required: options.toolMode === vscode.LanguageModelChatToolMode.Required,
      };
      seen.push(one);
      const said = answer(one);
      for (const part of said.parts ?? []) {
        progress.report(
          'text' in part
            ? new vscode.LanguageModelTextPart(part.text)
            : new vscode.LanguageModelToolCallPart(`theirs-${part.name}`, part.name, part.input),
        );
      }
      if (said.throws) throw said.throws;
      if (!said.hangs) return;
      await new Promise<void>(resolve => token.onCancellationRequested(() => resolve()));
      stopped = true;
    },
  });
  return {
    api: vscode,
    model: info.id,
    seen,
    answerWith: next => {
      answer = next;
    },
    stopped: () => stopped,
    dispose: () => registered.dispose(),
  };
}

function seenPart(part: unknown): SeenPart {
  if (part instanceof vscode.LanguageModelTextPart) return { text: part.value };
  if (part instanceof vscode.LanguageModelToolCallPart)
    return { call: part.callId, name: part.name, input: part.input };
  if (part instanceof vscode.LanguageModelToolResultPart) {
    const texts = part.content.map(each => (each instanceof vscode.LanguageModelTextPart ? each.value : ''));
    return { result: part.callId, text: texts.join('') };
  }
  return { image: (part as { data: Uint8Array }).data.length };
}

describe('Provider vscode-lm, in a real editor', () => {
  let place: ReturnType<typeof scriptedModel> | undefined;
  after(() => place?.dispose());

  lmSuite(async () => {
    place = scriptedModel();
    const { model } = place;
    // The editor asks a newly registered provider for its models in its own time.
    await until(async () => (await vscode.lm.selectChatModels({ vendor, id: model })).length);
    return place;
  });
});
