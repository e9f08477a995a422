import type * as vscode from 'vscode';

/** What of the editor's language models we use; newer editors can be shown pictures as well. */
export type LanguageModels = Pick<
  typeof vscode,
  | 'lm'
  | 'CancellationTokenSource'
  | 'LanguageModelChatMessage'
  | 'LanguageModelChatToolMode'
  | 'LanguageModelTextPart'
  | 'LanguageModelToolCallPart'
  | 'LanguageModelToolResultPart'
> & { LanguageModelDataPart?: { image(data: Uint8Array, mime: string): vscode.LanguageModelTextPart } };
