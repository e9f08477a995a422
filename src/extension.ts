import type * as vscode from 'vscode';
import { activateWith } from './editor/activation.ts';
import { AgentsView } from './editor/agents-view.ts';
import { registerCommands } from './editor/commands/register.ts';
import { Dashboard } from './editor/dashboard/panel.ts';
import type { DisposableStore } from './editor/disposables.ts';
import { EditorSecrets } from './editor/secrets.ts';
import { noSessions } from './editor/sessions.ts';
import { StatusBar } from './editor/status-bar.ts';

let extension: DisposableStore | undefined;

export function activate(context: vscode.ExtensionContext): void {
  extension = activateWith((owner, log) => {
    const sessions = noSessions;
    const dashboard = owner.add(new Dashboard(context.extensionUri, sessions, log));
    const open = async () => {
      await dashboard.open();
    };
    owner.add(new AgentsView(sessions));
    owner.add(new StatusBar(sessions));
    const secrets = new EditorSecrets(context.secrets);
    owner.add(registerCommands({ log, dashboard, secrets, starter: { start: open, startDemo: open } }));
  });
}

export function deactivate(): void {
  extension?.dispose();
  extension = undefined;
}
