import * as vscode from 'vscode';
import { mentioned, withFiles } from '../../core/mentions.ts';
import type { HandedImage } from '../../protocol/attached.ts';
import type { ResumeRequest, StartRequest } from '../../runtime/contract.ts';
import { askGoal } from '../goal/ask-goal.ts';
import type { GoalEditor } from '../goal/goal-editor.ts';
import type { Goals } from '../goal/goals.ts';
import { imagesIn } from '../goal/images.ts';
import * as window from '../plain/window.ts';
import { DEMO, type SessionController } from '../session-controller.ts';
import type { WindowSession } from '../window-session.ts';
import { requireReady } from '../workspace-readiness.ts';
import { explainRefusal } from './explain-refusal.ts';
import { askOptions, type StartOptions } from './start-options.ts';
import { planFromFile } from './workflow-file.ts';

const { t } = vscode.l10n;

export interface GoalParts {
  controller: SessionController;
  goals: Goals;
  editor: GoalEditor;
}

/** Asks for the goal and, where the person wants to say more, for roles and budget; then begins. */
export async function startSession(parts: GoalParts, given?: unknown): Promise<void> {
  if (!(await requireReady())) return;
  const named = typeof given === 'string' && given.trim() !== '';
  const goal = named ? given : await askGoal(parts.goals);
  if (goal === 'editor') await parts.editor.open();
  else if (goal !== undefined) await startWith(parts, goal, named ? {} : undefined);
}

/** Begins with what stands in the goal's editor. */
export async function startFromEditor(parts: GoalParts): Promise<void> {
  if (!(await requireReady())) return;
  const text = parts.editor.text?.trim() ?? '';
  if (text === '') {
    void window.showInformationMessage(t('Say in a sentence what should be achieved.'));
    return parts.editor.open();
  }
  if (await startWith(parts, text)) await parts.editor.close();
}

/** Whether a session has begun and made a plan; until then the goal is kept. */
async function startWith(
  { controller, goals, editor }: GoalParts,
  text: string,
  given?: StartOptions,
): Promise<boolean> {
  await goals.typed(text.trim());
  const options = given ?? (await askOptions(controller));
  if (options === undefined) return false;
  const handedIn = await imagesIn(text, editor.pasted);
  if (!handedIn) return false;
  const files = await filesNamed(handedIn.text);
  const goal = withFiles(handedIn.text, path => files.has(path));
  const { images } = handedIn;
  const session =
    options === 'workflow'
      ? await runWorkflow(controller, undefined, goal, images)
      : await startWithProgress(controller, { kind: 'new', goal, images, ...options });
  if (!session?.state.plan) return false;
  await goals.planned(text.trim());
  return true;
}

/** Those of the files that it names with @ that are there. */
async function filesNamed(text: string): Promise<Set<string>> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const found = new Set<string>();
  for (const path of mentioned(text)) {
    const file = folder && vscode.Uri.joinPath(folder, path);
    if (file && (await vscode.workspace.fs.stat(file).then(Boolean, () => false))) found.add(path);
  }
  return found;
}

/** A team of scripted models; all else is real. */
export async function startDemo(controller: SessionController): Promise<void> {
  if (await requireReady()) await startWithProgress(controller, { kind: 'new', rehearse: DEMO });
}

/** Begins with a plan that is there already: the given file, or one of the workspace's workflows. */
export async function runWorkflow(
  controller: SessionController,
  given?: unknown,
  goal?: string,
  images: readonly HandedImage[] = [],
): Promise<WindowSession | undefined> {
  if (!(await requireReady())) return undefined;
  const plan = await planFromFile(controller, given);
  return plan && startWithProgress(controller, { kind: 'new', goal: goal ?? plan.goal, images, plan });
}

/** Starts or resumes a session and shows its progress until the plan is there; undefined when it was not started. */
export async function startWithProgress(
  controller: SessionController,
  request: StartRequest | ResumeRequest,
): Promise<WindowSession | undefined> {
  const title =
    request.kind === 'resume'
      ? t('Orchestrate: resuming the session')
      : t('Orchestrate: the team is being put together');
  if (request.kind === 'resume' || request.rehearse === undefined) {
    const { settleAgreement } = await import('../agreement.ts');
    if (!(await settleAgreement(await controller.runtime()))) return undefined;
  }
  const started = await window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const answer = await controller.startSession(request);
      if (!answer.ok) return answer;
      const session = controller.find(answer.session.id);
      if (session) await planned(session, progress, token);
      return { ok: true as const, session };
    },
  );
  if (started.ok) return started.session;
  // Whoever asked goes on meanwhile: a notice may stay for long. Commands that its buttons run log their own failures.
  void explainRefusal(started).catch(() => undefined);
  return undefined;
}

/** Resolves when the plan waits, runs, or will not come; cancelling ends the session. */
function planned(
  session: WindowSession,
  progress: vscode.Progress<{ message: string }>,
  token: vscode.CancellationToken,
): Promise<void> {
  const { state } = session;
  const over = () =>
    state.planApproved || state.status === 'ended' || state.status === 'awaiting-approval' || state.asks.size > 0;
  return new Promise(resolve => {
    if (over()) return resolve();
    const say = () => {
      const planner = [...state.agents.values()].at(-1);
      const model = planner?.model ?? planner?.route[0];
      if (planner)
        progress.report({
          message: model ? t('{0} plans ({1})', planner.agent, model) : t('{0} plans', planner.agent),
        });
    };
    const finish = () => {
      subscription.dispose();
      cancelled.dispose();
      resolve();
    };
    const subscription = session.subscribe(() => {
      if (over()) finish();
      else say();
    });
    const cancelled = token.onCancellationRequested(() => {
      void session.request({ kind: 'abort', reason: 'cancelled while planning' });
      finish();
    });
    say();
  });
}
