import * as vscode from 'vscode';
import type { ConfigProblem } from '../../core/config/load.ts';
import type { Diagnosis } from '../../core/doctor.ts';
import { showDuration } from '../../protocol/show.ts';
import type { SessionController } from '../session-controller.ts';
import { requireReady } from '../workspace-readiness.ts';

const { t } = vscode.l10n;

/** Asks every provider, or the named one, for a tiny answer, and says for each what works and what to do. */
export async function checkProviders(controller: SessionController, given?: unknown): Promise<void> {
  if (!(await requireReady())) return;
  const backend = await controller.backend();
  const found = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: t('Orchestrate: asking the providers'),
      cancellable: true,
    },
    async (_progress, token) => {
      const over = new AbortController();
      const cancelled = token.onCancellationRequested(() => over.abort());
      try {
        return await backend.diagnose(over.signal);
      } finally {
        cancelled.dispose();
      }
    },
  );
  const diagnoses =
    typeof given === 'string' ? found.diagnoses.filter(each => each.provider === given) : found.diagnoses;
  await show(found.problems, diagnoses);
}

type Item = vscode.QuickPickItem & { open?: 'key' | 'settings' };

async function show(problems: ConfigProblem[], diagnoses: Diagnosis[]): Promise<void> {
  const rank = ({ ok }: Diagnosis) => (ok ? 0 : ok === false ? 1 : 2);
  const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const sorted = [...diagnoses].sort((a, b) => rank(a) - rank(b));
  const named = [t('Ready'), t('Not working'), t('Not set up')];
  const items: Item[] = [];
  for (const [group, title] of named.entries()) {
    const members = sorted.filter(each => rank(each) === group);
    if (members.length > 0) items.push(separator(title), ...members.map(itemOf));
  }
  if (problems.length > 0) {
    items.push(separator(t('Mistakes in the configuration')));
    for (const { source, line, message } of problems) {
      items.push({
        label: `$(warning) ${source}${line === undefined ? '' : `:${line}`}`,
        detail: message,
        open: 'settings',
      });
    }
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Check Providers'),
    placeHolder: t('Choose one to add its key or to change its settings'),
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  if (picked?.open === 'key') await vscode.commands.executeCommand('orchestrate.setApiKey');
  if (picked?.open === 'settings') await vscode.commands.executeCommand('orchestrate.openSettings');
}

function itemOf({ label, ok, ms, model, models, keyFrom, message, advice, error }: Diagnosis): Item {
  if (ok) {
    const facts = [
      model,
      ms === undefined ? undefined : t('answered in {0}', showDuration(ms)),
      models === undefined ? undefined : t('{0} models', models),
      keyFrom === undefined ? undefined : t('key: {0}', keyFrom),
    ];
    return { label: `$(pass) ${label}`, description: facts.filter(Boolean).join(' · ') };
  }
  const icon = ok === undefined ? '$(circle-outline)' : '$(error)';
  const detail = [message, advice].filter(Boolean).join(' ');
  const open = error === 'no-key' || error === 'auth' ? 'key' : 'settings';
  return { label: `${icon} ${label}`, description: error ?? '', detail, open };
}
