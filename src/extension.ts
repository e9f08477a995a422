import { access } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { type Account, EDITOR_MODELS } from './core/config/accounts.ts';
import { activateWith } from './editor/activation.ts';
import { AgentsView } from './editor/agents/view.ts';
import { Asks } from './editor/attention/asks.ts';
import { Notices } from './editor/attention/notices.ts';
import { chatParticipant } from './editor/chat/participant.ts';
import { registerCommands } from './editor/commands/register.ts';
import { Dashboard } from './editor/dashboard/panel.ts';
import { deliveryCommands } from './editor/delivery/register.ts';
import { DeliveryView } from './editor/delivery/view.ts';
import type { DisposableStore } from './editor/disposables.ts';
import { GoalEditor } from './editor/goal/goal-editor.ts';
import { Goals } from './editor/goal/goals.ts';
import { OWN_VENDOR, othersModels } from './editor/lm/api.ts';
import { BestModelProvider } from './editor/lm/best-model.ts';
import { ExtensionConsent } from './editor/lm/consent.ts';
import { foreignTools } from './editor/lm/foreign-tools.ts';
import { coreLog } from './editor/plain/core-log.ts';
import { PlanApproval } from './editor/plan/approval.ts';
import { planCompletion } from './editor/plan/completion.ts';
import { configCompletion } from './editor/plan/config-completion.ts';
import { PlanDiagnostics } from './editor/plan/diagnostics.ts';
import { PlanGraph } from './editor/plan/graph.ts';
import { PlanLenses } from './editor/plan/lenses.ts';
import { ProviderChecks } from './editor/providers/checks.ts';
import { ProvidersView } from './editor/providers/view.ts';
import { FolderReview } from './editor/review/folder-review.ts';
import { EditorSecrets } from './editor/secrets.ts';
import { DEMO, SessionController } from './editor/session-controller.ts';
import { settingsOf } from './editor/settings.ts';
import { queueQuickFix } from './editor/station/code-actions.ts';
import { QueueView } from './editor/station/queue-view.ts';
import { StandingTeam } from './editor/station/standing-team.ts';
import { StatusBar } from './editor/status-bar.ts';
import { Transcripts } from './editor/transcript/transcripts.ts';
import { systemClock } from './node/clock.ts';
import { watchPath } from './node/session/watch.ts';
import type { Runtime } from './runtime/contract.ts';

interface Active {
  owner: DisposableStore;
  controller: SessionController;
  team: StandingTeam;
}

/** For tests inside the extension host. */
interface Exposed {
  review: FolderReview | undefined;
  controller: SessionController;
  consent: ExtensionConsent;
  team: StandingTeam;
  queue: QueueView;
}

let active: Active | undefined;

export function activate(context: vscode.ExtensionContext): Exposed | undefined {
  let exposed: Exposed | undefined;
  const owner = activateWith((owner, log) => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const secrets = new EditorSecrets(context.secrets);
    const review = folder && owner.add(new FolderReview(folder, log));
    let runtime: Promise<Runtime> | undefined;
    const load = (): Promise<Runtime> => {
      if (!folder || !review) return Promise.reject(new Error('no folder is open'));
      runtime ??= runtimeOf({ context, folder, review, secrets, log });
      return runtime;
    };
    const controller = owner.add(
      new SessionController({ log, runtime: load, review: session => review?.reviews.show(session) }),
    );
    const team = owner.add(new StandingTeam({ controller, log, memory: context.workspaceState }));
    active = { owner, controller, team };
    const dashboard = owner.add(new Dashboard(context.extensionUri, controller, team, log));
    owner.add(new AgentsView(controller, team));
    const queue = owner.add(new QueueView(team, log));
    owner.add(queueQuickFix());
    owner.add(new StatusBar(controller));
    owner.add(new Asks(controller, log));
    owner.add(new Notices(controller, log, context.workspaceState, team));
    const transcripts = owner.add(new Transcripts(controller, context.extensionUri, log));
    const planApproval = owner.add(
      new PlanApproval(controller, log, new PlanGraph(controller, context.extensionUri, log)),
    );
    owner.add(new PlanLenses(planApproval, controller));
    owner.add(new PlanDiagnostics(controller, log));
    owner.add(planCompletion(controller));
    owner.add(configCompletion(context.extensionUri));
    const deliveryView = owner.add(new DeliveryView(controller, folder, log));
    owner.add(deliveryCommands({ controller, view: deliveryView, review, secrets }, log));
    const goals = new Goals(context.workspaceState);
    const goalEditor = owner.add(new GoalEditor(goals, (context.storageUri ?? context.globalStorageUri).fsPath));
    const checks = owner.add(new ProviderChecks());
    owner.add(new ProvidersView({ controller, checks, secrets, log, accounts: () => accountsOf(folder, secrets) }));
    const consent = new ExtensionConsent(context.globalState, context.extension.id, async id => {
      const { askConsent } = await import('./editor/lm/ask-consent.ts');
      return askConsent(id);
    });
    owner.add(
      registerCommands({
        log,
        dashboard,
        secrets,
        controller,
        planApproval,
        transcripts,
        checks,
        goals,
        goalEditor,
        consent,
        team,
        memory: context.workspaceState,
        version: String(context.extension.packageJSON.version),
      }),
    );
    owner.add(vscode.lm.registerLanguageModelChatProvider(OWN_VENDOR, new BestModelProvider(controller, consent)));
    // The chat view asks for models with the first message only, too late to answer that one.
    void vscode.lm.selectChatModels({ vendor: OWN_VENDOR });
    owner.add(chatParticipant({ controller, team }, context.extensionUri));
    if (folder) lookForWork({ owner, controller, team, folder, log });
    exposed = { review, controller, consent, team, queue };
  });
  active = active && { ...active, owner };
  return context.extensionMode === vscode.ExtensionMode.Test ? exposed : undefined;
}

/** What runs is stopped so that it can be resumed; VS Code waits for it a few seconds. */
export async function deactivate(): Promise<void> {
  const { controller, owner, team } = active ?? {};
  active = undefined;
  try {
    await team?.close();
    await controller?.close();
  } finally {
    owner?.dispose();
  }
}

interface RuntimeParts {
  context: vscode.ExtensionContext;
  folder: vscode.Uri;
  review: FolderReview;
  secrets: EditorSecrets;
  log: vscode.LogOutputChannel;
}

/** Read without what runs sessions: the Providers view is often looked at before the first of them. */
async function accountsOf(folder: vscode.Uri | undefined, secrets: EditorSecrets): Promise<Account[]> {
  const { accounts } = await import('./runtime/accounts.ts');
  return accounts({
    workspace: vscode.workspace.isTrusted ? folder?.fsPath : undefined,
    environment: process.env,
    settings: settingsOf(),
    secrets,
    keptIn: keptIn(),
  });
}

const keptIn = () => vscode.l10n.t('this editor');

/** Loads what reads sessions, which loads what runs them: nothing of it is needed before the first one. */
async function runtimeOf({ context, folder, review, secrets, log }: RuntimeParts): Promise<Runtime> {
  const { createRuntime } = await import('./runtime/runtime.ts');
  return createRuntime({
    kind: 'editor',
    clock: systemClock,
    present: () => true,
    workspace: folder.fsPath,
    trusted: () => vscode.workspace.isTrusted,
    environment: process.env,
    version: String(context.extension.packageJSON.version),
    log: coreLog(log),
    secrets,
    keptIn: keptIn(),
    settings: settingsOf,
    files: () => review.workspace(),
    models: async redactor => {
      const [{ lmProvider }, { newId }] = await Promise.all([
        import('./editor/lm/lm-provider.ts'),
        import('./node/new-id.ts'),
      ]);
      const found = await othersModels(vscode);
      return found.length === 0 ? [] : [lmProvider(vscode, { name: EDITOR_MODELS, free: false, redactor, newId })];
    },
    foreign: foreignTools,
    problems: async (path, signal) => {
      const { findProblems } = await import('./editor/file-problems.ts');
      return findProblems(folder)(path, signal);
    },
    rehearsal: DEMO,
  });
}

interface Work {
  owner: DisposableStore;
  controller: SessionController;
  team: StandingTeam;
  folder: vscode.Uri;
  log: vscode.LogOutputChannel;
}

/**
 * Most folders have no session and no queue: then nothing is loaded, until the first is there, begun here, in another window
 * or in a terminal.
 */
function lookForWork({ owner, controller, team, folder, log }: Work): void {
  const failed = (error: unknown) => log.error('The sessions of this folder could not be read', error);
  const look = async () => {
    const ours = join(folder.fsPath, '.orchestrate');
    // First, so that nobody is asked about sessions that it goes on with by itself.
    await team.restore().catch(failed);
    onceThere(owner, join(ours, 'sessions'), () => controller.look(), failed);
    onceThere(owner, join(ours, 'station'), () => team.look(), failed);
  };
  const tryIt = () => void look().catch(failed);
  if (vscode.workspace.isTrusted) tryIt();
  else owner.add(vscode.workspace.onDidGrantWorkspaceTrust(tryIt));
}

function onceThere(
  owner: DisposableStore,
  path: string,
  run: () => Promise<void>,
  failed: (error: unknown) => void,
): void {
  const look = async () => {
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (!there) return;
    watch.dispose();
    owner.release(watch);
    await run();
  };
  const watch = owner.add(watchPath(path, systemClock, () => void look().catch(failed)));
}
