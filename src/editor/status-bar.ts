import * as vscode from 'vscode';
import { DisposableStore } from './disposables.ts';
import type { SessionSource } from './sessions.ts';

/** How many agents are at work; a click opens the dashboard. */
export class StatusBar implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #sessions: SessionSource;
  readonly #item: vscode.StatusBarItem;

  constructor(sessions: SessionSource) {
    this.#sessions = sessions;
    this.#item = this.#store.add(
      vscode.window.createStatusBarItem('orchestrate.status', vscode.StatusBarAlignment.Left),
    );
    this.#item.name = 'Orchestrate';
    this.#item.command = 'orchestrate.openDashboard';
    this.#item.tooltip = vscode.l10n.t('Orchestrate: open the dashboard');
    this.#store.add(sessions.onChange(() => this.#update()));
    this.#update();
    this.#item.show();
  }

  dispose(): void {
    this.#store.dispose();
  }

  #update(): void {
    const agents = this.#sessions.sessions.flatMap(({ state }) => [...state.agents.values()]);
    const running = agents.filter(agent => agent.status === 'running').length;
    this.#item.text = running > 0 ? `$(organization) ${running}` : '$(organization) Orchestrate';
    const spoken = running > 0 ? vscode.l10n.t('Orchestrate: {0} agents at work', running) : 'Orchestrate';
    this.#item.accessibilityInformation = { label: spoken };
  }
}
