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

/** The vendor under which the editor is offered our router; our agents never ask themselves. */
export const OWN_VENDOR = 'orchestrate';

/** The models of the editor that are not our own. */
export async function othersModels(
  { lm }: Pick<LanguageModels, 'lm'>,
  wanted: vscode.LanguageModelChatSelector = {},
): Promise<vscode.LanguageModelChat[]> {
  return (await lm.selectChatModels(wanted)).filter(({ vendor }) => vendor !== OWN_VENDOR);
}
