import * as vscode from 'vscode';
import type { ConfigSchema } from './config-choices.ts';
import { configFiles } from './diagnostics.ts';

/** Completes a workspace's configuration, which is YAML: VS Code itself knows no schemas for that. */
export function configCompletion(extension: vscode.Uri): vscode.Disposable {
  let schema: Promise<ConfigSchema> | undefined;
  const read = async () => {
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extension, 'dist', 'schemas', 'config.json'));
    return JSON.parse(new TextDecoder().decode(bytes)) as ConfigSchema;
  };
  return vscode.languages.registerCompletionItemProvider(
    configFiles,
    {
      async provideCompletionItems(document, { line, character }) {
        const { configChoices } = await import('./config-choices.ts');
        schema ??= read();
        const lines = document.getText().split(/\r?\n/);
        const kinds = { key: vscode.CompletionItemKind.Property, value: vscode.CompletionItemKind.Value };
        return configChoices(await schema, lines, line, character).map(({ kind, text, detail }) => {
          const item = new vscode.CompletionItem(text, kinds[kind]);
          if (detail !== undefined) item.documentation = detail;
          return item;
        });
      },
    },
    ' ',
  );
}
