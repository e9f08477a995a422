import * as vscode from 'vscode';
import type { Dashboard } from '../dashboard/panel.ts';
import { DisposableStore } from '../disposables.ts';
import type { GoalEditor } from '../goal/goal-editor.ts';
import type { Goals } from '../goal/goals.ts';
import type { ExtensionConsent } from '../lm/consent.ts';
import * as window from '../plain/window.ts';
import type { PlanDesk } from '../plan/desk.ts';
import type { ProviderChecks } from '../providers/checks.ts';
import { copyOf, providerNamed } from '../providers/items.ts';
import type { EditorSecrets } from '../secrets.ts';
import type { SessionController } from '../session-controller.ts';
import type { Transcripts } from '../transcript/transcripts.ts';
import { openSessionLog, showReport } from './show.ts';
import { giveFileTo, runWorkflow, startDemo, startFromEditor, startSession } from './start-session.ts';
import * as steer from './steer.ts';

export interface CommandParts {
  log: vscode.LogOutputChannel;
  dashboard: Dashboard;
  secrets: EditorSecrets;
  controller: SessionController;
  desk: PlanDesk;
  transcripts: Transcripts;
  checks: ProviderChecks;
  goals: Goals;
  goalEditor: GoalEditor;
  consent: ExtensionConsent;
}

/** Every palette command. A failing one is logged and shown, never swallowed. */
export function registerCommands(parts: CommandParts): vscode.Disposable {
  const { log, dashboard, secrets, controller, desk, transcripts, checks, goals, goalEditor } = parts;
  const store = new DisposableStore();
  const add = (name: string, run: (given?: unknown) => unknown) =>
    store.add(
      vscode.commands.registerCommand(`orchestrate.${name}`, (given?: unknown) => guarded(log, name, () => run(given))),
    );
  const onPlan =
    (run: (session: NonNullable<ReturnType<PlanDesk['sessionOf']>>) => Promise<void>) => (given?: unknown) => {
      const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
      const seen = typeof given === 'string' ? desk.waiting(given) : uri && desk.sessionOf(uri);
      if (seen) return run(seen);
      // Nobody decides on a plan that they do not see.
      const waiting = typeof given === 'string' ? undefined : desk.waiting(undefined);
      if (waiting) return desk.show(waiting);
      return window.showInformationMessage(vscode.l10n.t('No plan waits for your approval here.'));
    };
  const goal = { controller, goals, editor: goalEditor };
  add('startSession', given => startSession(goal, given));
  add('goal.edit', () => goalEditor.open());
  add('goal.start', () => startFromEditor(goal));
  add('goal.earlier', () => goalEditor.takeEarlier());
  add('startDemo', () => startDemo(controller));
  add('adoptSession', async given => (await import('./adopt-session.ts')).adoptSession(controller, given));
  add('resumeSession', given => steer.resumeSession(controller, given));
  add('abort', given => steer.abortSession(controller, given));
  add('pause', given => steer.pauseSession(controller, given));
  add('continue', given => steer.continueSession(controller, given));
  add('answer', given => steer.answerAgent(controller, desk, given));
  add('queueTask', given => steer.queueTask(controller, given));
  add('askForMore', given => steer.askForMore(controller, given));
  add('retryTask', given => steer.retryTask(controller, given));
  add('pauseAgent', given => steer.pauseAgent(controller, given));
  add('continueAgent', given => steer.continueAgent(controller, given));
  add('abortAgent', given => steer.abortAgent(controller, given));
  add('nudgeAgent', given => steer.nudgeAgent(controller, given));
  add('reassignAgent', given => steer.reassignAgent(controller, given));
  add(
    'plan.approve',
    onPlan(async session => {
      await desk.approve(session);
      // As a command, so that the walkthrough sees it.
      if (session.state.planApproved) await vscode.commands.executeCommand('orchestrate.openDashboard');
    }),
  );
  add(
    'plan.show',
    onPlan(session => desk.show(session)),
  );
  add(
    'plan.revise',
    onPlan(session => desk.revise(session)),
  );
  add(
    'plan.cancel',
    onPlan(session => desk.cancel(session)),
  );
  add('showReport', given => showReport(controller, given));
  add('openSessionLog', given => openSessionLog(controller, given));
  add('openTranscript', given => transcripts.show(given));
  add('runWorkflow', given => runWorkflow(controller, given));
  add('giveFileTo', given => giveFileTo(controller, given));
  const check = async (given?: unknown) =>
    (await import('./check-providers.ts')).checkProviders(controller, checks, given);
  add('checkProviders', () => check());
  add('checkProvider', check);
  add('copyProvider', async given => {
    const text = copyOf(given);
    if (text !== undefined) await vscode.env.clipboard.writeText(text);
    else void window.showInformationMessage(vscode.l10n.t('Choose a row of the Providers view first.'));
  });
  add('raiseBudget', given => steer.raiseSessionBudget(controller, given));
  add('openSettings', given =>
    vscode.commands.executeCommand(
      'workbench.action.openSettings',
      providerNamed(given) === undefined ? '@ext:orchestrate.orchestrate' : '@id:orchestrate.providers',
    ),
  );
  add('extensionAccess', async () => (await import('../lm/ask-consent.ts')).reviewConsent(parts.consent));
  add('trustConfiguration', async () => (await import('./agreement.ts')).trustConfiguration(controller));
  add('connectModel', async given => {
    const { connectModel } = await import('../connect/wizard.ts');
    await connectModel({ controller, secrets, checks }, given);
  });
  add('setApiKey', async given => (await import('./set-api-key.ts')).setApiKey(secrets, controller, given));
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
