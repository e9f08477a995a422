import * as vscode from 'vscode';
import { tokensOf } from '../core/session/figures.ts';
import { standing } from '../core/session/standing.ts';
import type { SessionState } from '../core/session/state.ts';
import { plural, showCosts, showCount } from '../protocol/show.ts';
import { DisposableStore } from './disposables.ts';
import type { SessionController } from './session-controller.ts';

/** The figures change no more often than this: nobody reads a status bar that flickers. */
const SETTLE_MS = 500;

/** Agents at work, tokens and money of what runs; a click opens the dashboard. */
export class StatusBar implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #controller: SessionController;
  readonly #item: vscode.StatusBarItem;
  #soon: NodeJS.Timeout | undefined;

  constructor(controller: SessionController) {
    this.#controller = controller;
    this.#item = this.#store.add(
      vscode.window.createStatusBarItem('orchestrate.status', vscode.StatusBarAlignment.Left),
    );
    this.#item.name = 'Orchestrate';
    this.#item.command = 'orchestrate.openDashboard';
    this.#store.add(
      controller.onChange(() => {
        this.#soon ??= setTimeout(() => {
          this.#soon = undefined;
          this.#update();
        }, SETTLE_MS);
      }),
    );
    this.#store.add({ dispose: () => clearTimeout(this.#soon) });
    this.#update();
    this.#item.show();
  }

  dispose(): void {
    this.#store.dispose();
  }

  #update(): void {
    const { t } = vscode.l10n;
    const running = this.#controller.sessions.filter(({ runs }) => runs).map(({ state }) => state);
    const item = this.#item;
    item.tooltip = t('Orchestrate: open the dashboard');
    item.backgroundColor = undefined;
    if (running.length === 0) {
      item.text = '$(organization) Orchestrate';
      item.accessibilityInformation = { label: 'Orchestrate' };
      return;
    }
    const atWork = (state: SessionState) =>
      [...state.agents.values()].filter(agent => ['running', 'pausing'].includes(standing(state, agent)));
    const agents = running.flatMap(atWork);
    const tokens = running.reduce((sum, { tally }) => sum + tokensOf(tally), 0);
    const total = (key: 'cost' | 'boundCost' | 'unknownCost') =>
      running.reduce((sum, { tally }) => sum + tally[key], 0);
    const cost = showCosts({ cost: total('cost'), boundCost: total('boundCost'), unknownCost: total('unknownCost') });
    const asks = running.reduce((sum, { asks }) => sum + asks.size, 0);
    const waiting = asks > 0 ? `$(bell-dot) ${asks}  ` : '';
    item.text = `${waiting}$(organization) ${agents.length}  $(symbol-number) ${showCount(tokens)}  ${cost}`;
    const working = plural(agents.length, t('1 agent at work'), t('{0} agents at work', agents.length));
    const words = t('{0}, {1} tokens, {2}', working, showCount(tokens), cost);
    const spoken =
      asks > 0
        ? `${words}; ${plural(asks, t('1 question waits for you'), t('{0} questions wait for you', asks))}`
        : words;
    item.accessibilityInformation = { label: `Orchestrate: ${spoken}` };
    item.tooltip = `${spoken}\n${t('Click to open the dashboard.')}`;
    if (asks > 0) item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
  }
}
