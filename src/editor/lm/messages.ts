import type * as vscode from 'vscode';
import type { ProviderRequest } from '../../core/routing/contract.ts';
import { type AssistantTurn, turnsFor, type UserTurn } from '../../core/routing/hand-over.ts';
import { argsObject } from '../../core/routing/tool-args.ts';
import type { ImagePart, Provenance, TextPart } from '../../protocol/message.ts';
import type { LanguageModels } from './api.ts';

/** The conversation in the editor's terms. There is no system role: what it would say is said first. */
export function messagesOf(
  request: ProviderRequest,
  provenance: Provenance,
  api: LanguageModels,
): vscode.LanguageModelChatMessage[] {
  const { User } = api.LanguageModelChatMessage;
  const turns = turnsFor(request.messages, provenance).map(turn =>
    turn.role === 'user' ? User(userParts(turn, api)) : assistantMessage(turn, api),
  );
  return request.system === '' ? turns : [User(request.system), ...turns];
}

function userParts(turn: UserTurn, api: LanguageModels) {
  const results = turn.results.map(
    ({ id, output }) => new api.LanguageModelToolResultPart(id, [new api.LanguageModelTextPart(output)]),
  );
  return [...results, ...turn.parts.map(part => userPart(part, api))];
}

function userPart(part: TextPart | ImagePart, api: LanguageModels): vscode.LanguageModelTextPart {
  if (part.type === 'text') return new api.LanguageModelTextPart(part.text);
  const image = api.LanguageModelDataPart?.image(Buffer.from(part.data, 'base64'), part.mediaType);
  return image ?? new api.LanguageModelTextPart('(Here was an image that this editor cannot show to models.)');
}

function assistantMessage(turn: AssistantTurn, api: LanguageModels): vscode.LanguageModelChatMessage {
  const parts = turn.parts.map(part =>
    part.type === 'text'
      ? new api.LanguageModelTextPart(part.text)
      : new api.LanguageModelToolCallPart(part.id, part.name, argsObject(part)),
  );
  return api.LanguageModelChatMessage.Assistant(parts);
}

/** One tool that has to be called is offered alone; tools that may not be called are not offered. */
export function toolsOf(request: ProviderRequest, api: LanguageModels): vscode.LanguageModelChatRequestOptions {
  const { toolChoice = 'auto' } = request;
  const offered = request.tools.filter(tool =>
    typeof toolChoice === 'object' ? tool.name === toolChoice.name : toolChoice !== 'none',
  );
  if (!offered.length) return {};
  const { Auto, Required } = api.LanguageModelChatToolMode;
  return {
    tools: offered.map(({ name, description, parameters }) => ({ name, description, inputSchema: parameters })),
    toolMode: toolChoice === 'auto' ? Auto : Required,
  };
}
