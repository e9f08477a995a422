import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { plural, showMoney } from '../../protocol/show.ts';
import { isFirstPlan } from '../attention/asks.ts';
import { DisposableStore } from '../disposables.ts';
import * as window from '../plain/window.ts';
import { ask as request } from '../request.ts';
import type { SessionController } from '../session-controller.ts';
import type { WindowSession } from '../window-session.ts';
import type { PlanGraph } from './graph.ts';

const PLAN_FILE = 'plan.yaml';
/** Plans that wait for approval; workflow files have lenses of their own. */
export const planFiles: vscode.DocumentFilter = { scheme: 'file', pattern: '**/.orchestrate/sessions/*/plan.yaml' };

/** The ask under which the plan that a session begins with waits. */
function planAskOf(session: WindowSession): string | undefined {
  return [...session.state.asks.values()].find(ask => isFirstPlan(session, ask))?.ask;
}

/** Shows a proposed plan as a document that can be edited, and takes what the person decides of it. */
export class PlanApproval implements vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #controller: SessionController;
  readonly #log: vscode.LogOutputChannel;
  readonly #graph: PlanGraph;
  /** The plan's revision that a session's document shows. */
  readonly #shown = new Map<string, number>();

  constructor(controller: SessionController, log: vscode.LogOutputChannel, graph: PlanGraph) {
    this.#controller = controller;
    this.#graph = this.#store.add(graph);
    this.#log = log;
    this.#store.add(
      controller.onEvent(({ session, event }) => {
        if (event.type === 'permission-asked' && planAskOf(session) === event.ask && session.running)
          this.#open(session);
        if (event.type === 'plan-approved' || event.type === 'session-ended') void this.#closeTab(session.id);
      }),
    );
  }

  /** The session whose plan a document shows, while that waits for its approval. */
  sessionOf(document: vscode.TextDocument | vscode.Uri): WindowSession | undefined {
    const { fsPath } = document instanceof vscode.Uri ? document : document.uri;
    if (!fsPath.endsWith(PLAN_FILE)) return undefined;
    return this.#controller.sessions.find(
      session => session.running && dirname(fsPath) === session.running.place && planAskOf(session) !== undefined,
    );
  }

  /** A session whose plan waits: the one of that id, else the only one. */
  waiting(id: unknown): WindowSession | undefined {
    const all = this.#controller.sessions.filter(session => session.runs && planAskOf(session) !== undefined);
    return all.find(session => session.id === id) ?? (id === undefined && all.length === 1 ? all[0] : undefined);
  }

  /** Opens it again after its tab was closed; one that another process asks about can be read here, not edited. */
  async show(session: WindowSession): Promise<void> {
    const { running, state } = session;
    if (!state.plan) return;
    if (!running) {
      const { renderPlan } = await import('../../core/plan/render.ts');
      const content = renderPlan(state.plan, state.estimate);
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'yaml', content }));
      return;
    }
    const uri = vscode.Uri.file(join(running.place, PLAN_FILE));
    if (this.#shown.get(session.id) !== state.planRevision) {
      const { renderPlan } = await import('../../core/plan/render.ts');
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(renderPlan(state.plan, state.estimate)));
      this.#shown.set(session.id, state.planRevision);
    }
    const open = vscode.workspace.textDocuments.some(each => each.uri.fsPath === uri.fsPath);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: false, viewColumn: vscode.ViewColumn.One });
    // Reasons and instructions are long, and a plan is read before it is approved.
    const wrap = vscode.workspace.getConfiguration('editor', document).get('wordWrap');
    if (!open && wrap === 'off') await vscode.commands.executeCommand('editor.action.toggleWordWrap');
    this.#graph.show(document);
  }

  async approve(session: WindowSession): Promise<void> {
    const { running } = session;
    const ask = planAskOf(session);
    if (!running) {
      if (ask !== undefined) await request(session, { kind: 'answer', ask, decision: 'allow', scope: 'once' });
      return;
    }
    const document = this.#documentOf(session);
    if (document?.isDirty) await document.save();
    const approved = await running.approvePlan(document?.getText());
    if (approved.ok) return;
    const first = approved.problems.find(({ severity }) => severity === 'error') ?? approved.problems[0];
    const go = vscode.l10n.t('Show Problem');
    const text = vscode.l10n.t('The plan cannot run like this: {0}', first?.message ?? '');
    if ((await window.showErrorMessage(text, go)) !== go || !document) return;
    const at = new vscode.Position(Math.max(0, (first?.line ?? 1) - 1), Math.max(0, (first?.column ?? 1) - 1));
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
  }

  /** The planner makes another one, with what the person says. */
  async revise(session: WindowSession): Promise<void> {
    const ask = planAskOf(session);
    if (ask === undefined) return;
    const text = await window.showInputBox({
      title: vscode.l10n.t('Revise the Plan'),
      prompt: vscode.l10n.t('What should be different? The planner makes a new plan.'),
      placeHolder: vscode.l10n.t('For example: one agent is enough, and leave the styles alone'),
      ignoreFocusOut: true,
      validateInput: value => (value.trim() === '' ? vscode.l10n.t('Say what should be different.') : undefined),
    });
    if (text === undefined) return;
    await session.request({ kind: 'answer', ask, decision: 'deny', scope: 'once', text: text.trim() });
  }

  async cancel(session: WindowSession): Promise<void> {
    const ask = planAskOf(session);
    if (ask !== undefined) await session.request({ kind: 'answer', ask, decision: 'deny', scope: 'once' });
  }

  dispose(): void {
    this.#store.dispose();
  }

  #open(session: WindowSession): void {
    void this.show(session).catch(error => this.#log.error('The plan could not be shown', error));
  }

  #documentOf({ running }: WindowSession): vscode.TextDocument | undefined {
    const path = running && join(running.place, PLAN_FILE);
    return vscode.workspace.textDocuments.find(document => document.uri.fsPath === path);
  }

  async #closeTab(id: string): Promise<void> {
    if (this.#shown.delete(id)) this.#graph.close();
    const tabs = vscode.window.tabGroups.all
      .flatMap(group => group.tabs)
      .filter(({ input, isDirty }) => {
        if (isDirty || !(input instanceof vscode.TabInputText)) return false;
        const { fsPath } = input.uri;
        return fsPath.endsWith(join(id, PLAN_FILE));
      });
    await vscode.window.tabGroups.close(tabs);
  }
}

/** "$0.42 to $1.10 · 6 tasks · about 4 min": what is unknown is said. */
export function expectation({ state }: WindowSession): string {
  const { t } = vscode.l10n;
  const { estimate, plan } = state;
  const { low, high } = estimate ?? {};
  const tasks = plan?.tasks.length ?? 0;
  const cost =
    low === undefined || high === undefined
      ? t('cost unknown')
      : low === 0 && high === 0
        ? t('free')
        : t('{0} to {1}', showMoney(low), showMoney(high));
  const minutes =
    estimate?.minutes === undefined ? undefined : t('about {0} min', Math.max(1, Math.round(estimate.minutes)));
  return [plural(tasks, t('1 task'), t('{0} tasks', tasks)), cost, minutes].filter(Boolean).join(' · ');
}
