import * as vscode from 'vscode';
import type { Deliveries } from '../../core/delivery/contract.ts';
import type { DeliveryLine } from '../../core/delivery/lines.ts';

const SCHEME = 'orchestrate-commit';
let provider: vscode.Disposable | undefined;

/** What a branch changes, file by file beside what it is made on; as git has it, so that it can only be read. */
export async function showChanges(deliveries: Deliveries, { title, files, from, to }: DeliveryLine): Promise<void> {
  if (to === undefined) return;
  provider?.dispose();
  provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: async ({ path, query }) => (await deliveries.text(query, path.slice(1))) ?? '',
  });
  const at = (path: string, query: string) => vscode.Uri.from({ scheme: SCHEME, path: `/${path}`, query });
  const rows = files.map(path => [at(path, to), at(path, from), at(path, to)]);
  await vscode.commands.executeCommand('vscode.changes', title, rows);
}
