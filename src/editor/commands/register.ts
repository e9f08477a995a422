import * as vscode from 'vscode';
import type { BrowserDashboard } from '../browser-dashboard.ts';
import type { Dashboard } from '../dashboard/panel.ts';
import { DisposableStore } from '../disposables.ts';
import type { GoalEditor } from '../goal/goal-editor.ts';
import type { Goals } from '../goal/goals.ts';
import type { ExtensionConsent } from '../lm/consent.ts';
import * as window from '../plain/window.ts';
import type { PlanApproval } from '../plan/approval.ts';
import type { ProviderChecks } from '../providers/checks.ts';
import { copyOf, providerNamed } from '../providers/items.ts';
import type { EditorSecrets } from '../secrets.ts';
import type { SessionController } from '../session-controller.ts';
import type { StandingTeam } from '../station/standing-team.ts';
import type { Transcripts } from '../transcript/transcripts.ts';

export interface CommandParts {
  log: vscode.LogOutputChannel;
  dashboard: Dashboard;
  secrets: EditorSecrets;
  controller: SessionController;
  planApproval: PlanApproval;
  transcripts: Transcripts;
  checks: ProviderChecks;
  goals: Goals;
  goalEditor: GoalEditor;
  consent: ExtensionConsent;
  team: StandingTeam;
  memory: vscode.Memento;
  version: string;
}

/** What commands do is loaded when they are called: activation only has to know that they exist. */
const starting = () => import('./start-session.ts');
const steer = () => import('./steer.ts');
const showing = () => import('./show.ts');
const steerTeam = () => import('../station/steer-team.ts');
const steerQueue = () => import('../station/steer-queue.ts');

/** Every palette command. A failing one is logged and shown, never swallowed. */
export function registerCommands(parts: CommandParts): vscode.Disposable {
  const { log, dashboard, secrets, controller, planApproval, transcripts, checks, goals, goalEditor, team } = parts;
  const store = new DisposableStore();
  const add = (name: string, run: (given?: unknown, more?: unknown) => unknown) =>
    store.add(
      vscode.commands.registerCommand(`orchestrate.${name}`, (given?: unknown, more?: unknown) =>
        guarded(log, name, () => run(given, more)),
      ),
    );
  const onPlan =
    (run: (session: NonNullable<ReturnType<PlanApproval['sessionOf']>>) => Promise<void>) => (given?: unknown) => {
      const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
      const seen = typeof given === 'string' ? planApproval.waiting(given) : uri && planApproval.sessionOf(uri);
      if (seen) return run(seen);
      // Nobody decides on a plan that they do not see.
      const waiting = typeof given === 'string' ? undefined : planApproval.waiting(undefined);
      if (waiting) return planApproval.show(waiting);
      return window.showInformationMessage(vscode.l10n.t('No plan waits for your approval here.'));
    };
  const goal = { controller, goals, editor: goalEditor };
  add('startSession', async given => (await starting()).startSession(goal, given));
  add('goal.edit', () => goalEditor.open());
  add('goal.start', async () => (await starting()).startFromEditor(goal));
  add('goal.earlier', () => goalEditor.takeEarlier());
  add('goal.attach', () => goalEditor.attach());
  add('startDemo', async () => (await starting()).startDemo(controller));
  add('adoptSession', async given => (await import('./adopt-session.ts')).adoptSession(controller, given));
  add('resumeSession', async given => (await steer()).resumeSession(controller, given));
  add('abort', async given => (await steer()).abortSession(controller, given));
  add('pause', async given => (await steer()).pauseSession(controller, given));
  add('continue', async given => (await steer()).continueSession(controller, given));
  add('answer', async given => (await steer()).answerAgent(controller, planApproval, given));
  add('queueTask', async given => (await steer()).queueTask(controller, given));
  add('askForMore', async given => (await steer()).askForMore(controller, given));
  add('retryTask', async given => (await steer()).retryTask(controller, given));
  add('pauseAgent', async given => (await steer()).pauseAgent(controller, given));
  add('continueAgent', async given => (await steer()).continueAgent(controller, given));
  add('abortAgent', async given => (await steer()).abortAgent(controller, given));
  add('nudgeAgent', async given => (await steer()).nudgeAgent(controller, given));
  add('reassignAgent', async given => (await steer()).reassignAgent(controller, given));
  add(
    'plan.approve',
    onPlan(async session => {
      await planApproval.approve(session);
      // As a command, so that the walkthrough sees it.
      if (session.state.planApproved) await vscode.commands.executeCommand('orchestrate.openDashboard');
    }),
  );
  add(
    'plan.show',
    onPlan(session => planApproval.show(session)),
  );
  add(
    'plan.revise',
    onPlan(session => planApproval.revise(session)),
  );
  add(
    'plan.cancel',
    onPlan(session => planApproval.cancel(session)),
  );
  add('showReport', async given => (await showing()).showReport(controller, given));
  add('openReportInBrowser', async given => (await showing()).openReportInBrowser(controller, given));
  add('copyReport', async given => (await showing()).copyReport(controller, given));
  add('openSessionLog', async given => (await showing()).openSessionLog(controller, given));
  add('openTranscript', given => transcripts.show(given));
  add('runWorkflow', async given => (await starting()).runWorkflow(controller, given));
  add('giveFileTo', async given => (await import('./give-file.ts')).giveFileTo(controller, given));
  const check = async (given?: unknown) =>
    (await import('./check-providers.ts')).checkProviders(controller, checks, given);
  add('checkProviders', () => check());
  add('checkProvider', check);
  add('copyProvider', async given => {
    const text = copyOf(given);
    if (text !== undefined) await vscode.env.clipboard.writeText(text);
    else void window.showInformationMessage(vscode.l10n.t('Choose a row of the Providers view first.'));
  });
  add('raiseBudget', async given => (await steer()).raiseSessionBudget(controller, given));
  add('openSettings', given =>
    vscode.commands.executeCommand(
      'workbench.action.openSettings',
      providerNamed(given) === undefined ? '@ext:orchestrate.orchestrate' : '@id:orchestrate.providers',
    ),
  );
  add('extensionAccess', async () => (await import('../lm/ask-consent.ts')).reviewConsent(parts.consent));
  add('trustConfiguration', async () => (await import('../agreement.ts')).trustConfiguration(controller));
  add('connectModel', async given => {
    const { connectModel } = await import('../connect/wizard.ts');
    await connectModel({ controller, secrets, checks }, given);
  });
  add('setApiKey', async given => (await import('./set-api-key.ts')).setApiKey(secrets, controller, given));
  add('startTeam', async () => (await steerTeam()).startTeam(parts));
  add('stopTeam', async () => (await steerTeam()).stopTeam(team));
  add('pauseTeam', async () => (await steerTeam()).pauseTeam(team, true));
  add('continueTeam', async () => (await steerTeam()).pauseTeam(team, false));
  add('pauseMember', async given => (await steerTeam()).pauseMember(team, true, given));
  add('continueMember', async given => (await steerTeam()).pauseMember(team, false, given));
  add('showMemberNode', async given => (await steerTeam()).showMember(team, controller, given));
  add('queueWork', async (given, more) => (await import('../station/add-work.ts')).queueWork(parts, given, more));
  add('queue.editNode', async given => (await steerQueue()).editItem(team, controller, given));
  add('queue.moveUpNode', async given => (await steerQueue()).moveItem(team, -1, given));
  add('queue.moveDownNode', async given => (await steerQueue()).moveItem(team, 1, given));
  add('queue.holdNode', async given => (await steerQueue()).changeItem(team, 'queue-hold', given));
  add('queue.releaseNode', async given => (await steerQueue()).changeItem(team, 'queue-release', given));
  add('queue.removeNode', async given => (await steerQueue()).changeItem(team, 'queue-remove', given));
  add('queue.retryNode', async given => (await steerQueue()).changeItem(team, 'queue-retry', given));
  add('queue.abortNode', async given => (await steerQueue()).abortItem(team, given));
  add('queue.showNode', async given => (await steerQueue()).showItem(team, controller, given));
  add('openDashboard', () => dashboard.open());
  let browser: Promise<BrowserDashboard> | undefined;
  add('openInBrowser', async () => {
    browser ??= import('../browser-dashboard.ts').then(loaded => store.add(new loaded.BrowserDashboard(parts)));
    await (await browser).open();
  });
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
