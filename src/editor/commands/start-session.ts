import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Plan } from '../../protocol/plan.ts';
import { askGoal } from '../goal/ask-goal.ts';
import type { GoalEditor } from '../goal/goal-editor.ts';
import { type Goals, withFiles } from '../goal/goals.ts';
import { askDollars } from '../plain/ask-dollars.ts';
import * as window from '../plain/window.ts';
import { DEMO, type SessionController } from '../session-controller.ts';
import type { WindowSession } from '../window-session.ts';
import { requireReady } from '../workspace-readiness.ts';
import { begin } from './begin.ts';

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
async function startWith({ controller, goals }: GoalParts, text: string, given?: Options): Promise<boolean> {
  await goals.typed(text.trim());
  const options = given ?? (await askOptions(controller));
  if (options === undefined) return false;
  const files = await filesNamed(text);
  const goal = withFiles(text, path => files.has(path));
  const session =
    options === 'workflow'
      ? await runWorkflow(controller, undefined, goal)
      : await begin(controller, { kind: 'new', goal, ...options });
  if (!session?.state.plan) return false;
  await goals.planned(text.trim());
  return true;
}

/** Those of the files that it names with @ that are there. */
async function filesNamed(text: string): Promise<Set<string>> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const found = new Set<string>();
  for (const [, path = ''] of text.matchAll(/@([^\s@]+?)(?=[.,;:!?)\]]*(?:\s|$))/g)) {
    const file = folder && vscode.Uri.joinPath(folder, path);
    if (file && (await vscode.workspace.fs.stat(file).then(Boolean, () => false))) found.add(path);
  }
  return found;
}

interface Options {
  roles?: string[];
  budgetUsd?: number;
}

/** Enter goes on at once; each option comes back here. */
async function askOptions(controller: SessionController): Promise<Options | 'workflow' | undefined> {
  const options: Options = {};
  for (;;) {
    const roles = options.roles ? options.roles.join(', ') : t('the planner chooses');
    const budget = options.budgetUsd === undefined ? t('as in the settings') : `$${options.budgetUsd}`;
    const picked = await window.showQuickPick(
      [
        {
          label: t('Make a plan'),
          iconPath: new vscode.ThemeIcon('play'),
          description: t('you see it before anything runs'),
          go: 'start' as const,
        },
        { label: t('Follow a workflow...'), iconPath: new vscode.ThemeIcon('run-all'), go: 'workflow' as const },
        {
          label: t('Choose roles...'),
          iconPath: new vscode.ThemeIcon('organization'),
          description: roles,
          go: 'roles' as const,
        },
        {
          label: t('Set a budget...'),
          iconPath: new vscode.ThemeIcon('credit-card'),
          description: budget,
          go: 'budget' as const,
        },
      ],
      { title: t('Start Session'), ignoreFocusOut: true },
    );
    if (!picked) return undefined;
    if (picked.go === 'start') return options;
    if (picked.go === 'workflow') return 'workflow';
    if (picked.go === 'roles') options.roles = (await askRoles(controller, options.roles)) ?? options.roles ?? [];
    else {
      const usd = await askDollars(t('What may this session cost, in US dollars?'), options.budgetUsd);
      if (usd !== undefined) options.budgetUsd = usd;
    }
    if (options.roles?.length === 0) delete options.roles;
  }
}

async function askRoles(controller: SessionController, chosen: string[] = []): Promise<string[] | undefined> {
  const roles = (await controller.roles()).filter(({ name }) => name !== 'orchestrator');
  const items = roles.map(({ name, description }) => ({
    label: name,
    detail: description,
    picked: chosen.includes(name),
  }));
  const picked = await window.showQuickPicks(items, {
    title: t('Which roles may the planner use?'),
    ignoreFocusOut: true,
  });
  return picked?.map(({ label }) => label);
}

/** A team of scripted models; all else is real. */
export async function startDemo(controller: SessionController): Promise<void> {
  if (await requireReady()) await begin(controller, { kind: 'new', rehearse: DEMO });
}

/** Begins with a plan that is there already: the given file, or one of the workspace's workflows. */
export async function runWorkflow(
  controller: SessionController,
  given?: unknown,
  goal?: string,
): Promise<WindowSession | undefined> {
  if (!(await requireReady())) return undefined;
  const uri = given instanceof vscode.Uri ? given : await pickWorkflow();
  const plan = uri && (await readPlan(controller, uri));
  return plan && begin(controller, { kind: 'new', goal: goal ?? plan.goal, plan });
}

async function pickWorkflow(): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles('.orchestrate/workflows/**/*.{yaml,yml}', undefined, 200);
  const other = {
    label: t('Another file...'),
    iconPath: new vscode.ThemeIcon('folder-opened'),
    uri: undefined as vscode.Uri | undefined,
  };
  const items = found.map(uri => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  const picked =
    items.length === 0 ? other : await window.showQuickPick([...items, other], { title: t('Run Workflow') });
  if (picked !== other) return picked?.uri;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showOpenDialog({
    title: t('Run Workflow'),
    openLabel: t('Run'),
    filters: { YAML: ['yaml', 'yml', 'json'] },
    ...(folder && { defaultUri: vscode.Uri.file(join(folder.fsPath, '.orchestrate')) }),
  });
  return chosen?.[0];
}

async function readPlan(controller: SessionController, uri: vscode.Uri): Promise<Plan | undefined> {
  const [{ parsePlan }, roles, document] = await Promise.all([
    import('../../core/plan/parse.ts'),
    controller.roles(),
    vscode.workspace.openTextDocument(uri),
  ]);
  const parsed = parsePlan(document.getText(), { roles: roles.map(({ name }) => name) });
  if (parsed.ok) return parsed.plan;
  const first = parsed.problems.find(({ severity }) => severity === 'error') ?? parsed.problems[0];
  const show = t('Show Problem');
  const text = t('This workflow cannot run: {0}', first?.message ?? '');
  if ((await window.showErrorMessage(text, show)) === show) {
    const at = new vscode.Position(Math.max(0, (first?.line ?? 1) - 1), Math.max(0, (first?.column ?? 1) - 1));
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
  }
  return undefined;
}

/** "Give This File To…": a goal about one file, for one role. */
export async function giveFileTo(controller: SessionController, given?: unknown): Promise<void> {
  if (!(await requireReady())) return;
  const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
  // The log and other documents that are no files of the folder cannot be given to anybody.
  if (!uri || !vscode.workspace.getWorkspaceFolder(uri)) {
    void window.showInformationMessage(t('Open or select a file of this workspace first.'));
    return;
  }
  const path = vscode.workspace.asRelativePath(uri, false);
  const roles = (await controller.roles()).filter(({ name }) => name !== 'orchestrator');
  const role = await window.showQuickPick(
    roles.map(({ name, description }) => ({ label: name, detail: description })),
    { title: t('Give {0} to...', path), matchOnDetail: true },
  );
  if (!role) return;
  const wish = await window.showInputBox({
    title: t('{0}: {1}', role.label, path),
    prompt: t('What should be done with it?'),
    ignoreFocusOut: true,
    validateInput: value => (value.trim() === '' ? t('Say what should be done.') : undefined),
  });
  if (wish === undefined) return;
  const text = `${wish.trim()}\n\nThe file: ${path}`;
  const running = controller.sessions.find(session => session.running) ?? controller.sessions.find(({ runs }) => runs);
  if (running) {
    const { ok, message } = await running.request({ kind: 'queue-add', text, target: role.label, priority: 5 });
    if (!ok) void window.showWarningMessage(t('Not done: {0}', message ?? ''));
    return;
  }
  await begin(controller, { kind: 'new', goal: text, roles: [role.label] });
}
