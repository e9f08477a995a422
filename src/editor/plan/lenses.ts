import * as vscode from 'vscode';
import { DisposableStore } from '../disposables.ts';
import type { SessionController } from '../session-controller.ts';
import { expectation, type PlanApproval, planFiles } from './approval.ts';

/** Above a plan that waits: Approve · Revise · Cancel, and what it will probably cost. */
export class PlanLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #store = new DisposableStore();
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #planApproval: PlanApproval;

  constructor(planApproval: PlanApproval, controller: SessionController) {
    this.#planApproval = planApproval;
    this.#store.add(vscode.languages.registerCodeLensProvider(planFiles, this));
    this.#store.add(
      controller.onEvent(({ event }) => {
        if (CHANGES.has(event.type)) this.#changed.fire();
      }),
    );
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const session = this.#planApproval.sessionOf(document);
    if (!session) return [];
    const { t } = vscode.l10n;
    const top = new vscode.Range(0, 0, 0, 0);
    const lens = (title: string, command: string, tooltip: string) =>
      new vscode.CodeLens(top, { title, tooltip, command: `orchestrate.${command}`, arguments: [document.uri] });
    return [
      lens(`$(check)\u00A0${t('Approve')}`, 'plan.approve', t('The team begins with the plan as it stands here')),
      lens(
        `$(comment)\u00A0${t('Revise...')}`,
        'plan.revise',
        t('Say what should be different; the planner makes a new plan'),
      ),
      lens(`$(close)\u00A0${t('Cancel')}`, 'plan.cancel', t('Ends the session; nothing runs')),
      new vscode.CodeLens(top, { title: expectation(session), command: '' }),
    ];
  }

  dispose(): void {
    this.#store.dispose();
  }
}

const CHANGES: ReadonlySet<string> = new Set([
  'permission-asked',
  'permission-answered',
  'plan-proposed',
  'plan-approved',
]);
