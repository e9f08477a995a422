import * as vscode from 'vscode';
import type { RouteEvent, RouteFailure, RouteRequest } from '../../core/routing/contract.ts';
import type { Message } from '../../protocol/message.ts';
import type { SessionController } from '../session-controller.ts';
import type { ExtensionConsent } from './consent.ts';

const { t } = vscode.l10n;
/** What can be promised whichever model answers. */
const MAX_INPUT = 128_000;
const MAX_OUTPUT = 16_000;
const CHARACTERS_PER_TOKEN = 3.5;

/** The router with its failover, offered to the chat view and to other extensions as one model. */
export class BestModelProvider implements vscode.LanguageModelChatProvider {
  readonly #controller: SessionController;
  readonly #consent: ExtensionConsent;

  constructor(controller: SessionController, consent: ExtensionConsent) {
    this.#controller = controller;
    this.#consent = consent;
  }

  provideLanguageModelChatInformation(): vscode.LanguageModelChatInformation[] {
    const model = {
      id: 'best-available',
      name: t('Orchestrate: best available'),
      family: 'orchestrate',
      version: '1',
      tooltip: t('The best model that answers, from all your providers'),
      maxInputTokens: MAX_INPUT,
      maxOutputTokens: MAX_OUTPUT,
      capabilities: { toolCalling: true },
      isUserSelectable: true,
    };
    return [model];
  }

  async provideLanguageModelChatResponse(
    _model: vscode.LanguageModelChatInformation,
    messages: readonly vscode.LanguageModelChatRequestMessage[],
    options: vscode.ProvideLanguageModelChatResponseOptions,
    progress: vscode.Progress<vscode.LanguageModelResponsePart>,
    token: vscode.CancellationToken,
  ): Promise<void> {
    // Newer than the oldest VS Code that this runs in.
    const { requestInitiator } = options as { requestInitiator?: string };
    if (!(await this.#consent.allows({ extension: requestInitiator })))
      throw vscode.LanguageModelError.NoPermissions(t('You have not allowed this extension to use your models.'));
    const runtime = await this.#controller.runtime();
    const over = new AbortController();
    const cancelled = token.onCancellationRequested(() => over.abort());
    let said = false;
    try {
      if (token.isCancellationRequested) throw new vscode.CancellationError();
      for await (const event of await runtime.best(questionOf(messages, options), over.signal)) {
        if (event.type === 'text') {
          said = true;
          progress.report(new vscode.LanguageModelTextPart(event.text));
        }
        // What was shown cannot be taken back; it can be said that it is void.
        if (event.type === 'discard' && said)
          progress.report(
            new vscode.LanguageModelTextPart(`\n\n*${t('The model broke off; the answer starts again.')}*\n\n`),
          );
        if (event.type === 'answer') for (const call of callsIn(event)) progress.report(call);
        if (event.type === 'failed') throw failureOf(event.failure);
      }
    } finally {
      cancelled.dispose();
    }
  }

  async provideTokenCount(
    _model: vscode.LanguageModelChatInformation,
    text: string | vscode.LanguageModelChatRequestMessage,
  ): Promise<number> {
    const whole = typeof text === 'string' ? text : text.content.map(partText).join('');
    return Math.ceil(whole.length / CHARACTERS_PER_TOKEN);
  }
}

function questionOf(
  messages: readonly vscode.LanguageModelChatRequestMessage[],
  { tools = [], toolMode }: vscode.ProvideLanguageModelChatResponseOptions,
): Pick<RouteRequest, 'messages' | 'tools' | 'toolChoice'> {
  const names = new Map<string, string>();
  return {
    messages: messages.flatMap(message => messagesOf(message, names)),
    tools: tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      parameters: (inputSchema ?? { type: 'object', properties: {} }) as Record<string, unknown>,
    })),
    ...(tools.length > 0 && {
      toolChoice: toolMode === vscode.LanguageModelChatToolMode.Required ? ('required' as const) : ('auto' as const),
    }),
  };
}

function messagesOf(message: vscode.LanguageModelChatRequestMessage, names: Map<string, string>): Message[] {
  const found: Message[] = [];
  const text = {
    type: 'text' as const,
    text: message.content
      .filter(isText)
      .map(({ value }) => value)
      .join(''),
  };
  if (message.role === vscode.LanguageModelChatMessageRole.Assistant) {
    const calls = message.content.filter(part => part instanceof vscode.LanguageModelToolCallPart);
    for (const { callId, name } of calls) names.set(callId, name);
    const parts = calls.map(({ callId, name, input }) => ({
      type: 'tool-call' as const,
      id: callId,
      name,
      args: input,
    }));
    found.push({ role: 'assistant', parts: text.text === '' ? parts : [text, ...parts] });
    return found;
  }
  const results = message.content.filter(part => part instanceof vscode.LanguageModelToolResultPart);
  if (results.length > 0) {
    const parts = results.map(({ callId, content }) => ({
      type: 'tool-result' as const,
      id: callId,
      name: names.get(callId) ?? 'tool',
      output: content.map(partText).join(''),
    }));
    found.push({ role: 'tool', parts });
  }
  if (text.text !== '') found.push({ role: 'user', parts: [text] });
  return found;
}

const isText = (part: unknown): part is vscode.LanguageModelTextPart => part instanceof vscode.LanguageModelTextPart;

function partText(part: unknown): string {
  if (isText(part)) return part.value;
  if (part instanceof vscode.LanguageModelToolCallPart) return `${part.name}${JSON.stringify(part.input)}`;
  if (part instanceof vscode.LanguageModelToolResultPart) return part.content.map(partText).join('');
  return '';
}

function callsIn({ message }: Extract<RouteEvent, { type: 'answer' }>): vscode.LanguageModelToolCallPart[] {
  return message.parts.flatMap(part =>
    part.type === 'tool-call' && typeof part.args === 'object' && part.args !== null
      ? [new vscode.LanguageModelToolCallPart(part.id, part.name, part.args)]
      : [],
  );
}

function failureOf(failure: RouteFailure): Error {
  switch (failure.reason) {
    case 'aborted':
      return new vscode.CancellationError();
    case 'no-model':
      return vscode.LanguageModelError.NotFound(
        t('No provider is ready. Run "Orchestrate: Set API Key..." or "Orchestrate: Check Providers".'),
      );
    case 'budget':
    case 'content-filter':
      return vscode.LanguageModelError.Blocked(failure.message);
    case 'context-overflow':
      return new Error(failure.message);
    case 'exhausted':
      return new Error(t('No model answered. The last one, {0}: {1}', failure.last.model, failure.last.message));
  }
}
