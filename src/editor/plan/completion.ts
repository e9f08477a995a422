import * as vscode from 'vscode';
import type { SessionController } from '../session-controller.ts';
import { planDocuments } from './diagnostics.ts';

/** Completes plans and workflows: keys, roles, tasks, phases, pools, artifacts. Needs no YAML extension. */
export function planCompletion(controller: SessionController): vscode.Disposable {
  return vscode.languages.registerCompletionItemProvider(
    planDocuments,
    {
      async provideCompletionItems(document, position) {
        const { choicesAt } = await import('./choices.ts');
        const { kind, choices } = choicesAt(document, position, controller);
        const shown = kind === 'value' ? vscode.CompletionItemKind.Value : vscode.CompletionItemKind.Property;
        return (await choices).map(({ text, detail }) => {
          const item = new vscode.CompletionItem(text, shown);
          if (detail !== undefined) item.detail = detail;
          return item;
        });
      },
    },
    ' ',
    '[',
    ',',
  );
}
