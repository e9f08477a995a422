import * as vscode from 'vscode';
import type { Dashboard } from '../dashboard/panel.ts';
import { DisposableStore } from '../disposables.ts';
import type { EditorSecrets } from '../secrets.ts';
import type { SessionStarter } from '../sessions.ts';
import { setApiKey } from './set-api-key.ts';
import { startDemo, startSession } from './start-session.ts';

export interface CommandParts {
  log: vscode.LogOutputChannel;
  dashboard: Dashboard;
  secrets: EditorSecrets;
  starter: SessionStarter;
}

/** Every palette command. A failing one is logged and shown, never swallowed. */
export function registerCommands(parts: CommandParts): vscode.Disposable {
  const { log, dashboard, secrets, starter } = parts;
  const store = new DisposableStore();
  const add = (name: string, run: () => unknown) =>
    store.add(vscode.commands.registerCommand(`orchestrate.${name}`, () => guarded(log, name, run)));
  add('startSession', () => startSession(starter));
  add('startDemo', () => startDemo(starter));
  add('setApiKey', () => setApiKey(secrets));
  add('openDashboard', () => dashboard.open());
  add('showLog', () => log.show());
  return store;
}

async function guarded(log: vscode.LogOutputChannel, name: string, run: () => unknown): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    log.error(`orchestrate.${name} failed`, error);
    throw error;
  }
}
