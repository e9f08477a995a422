import * as vscode from 'vscode';
import type { ConfigProblem } from '../../core/config/problem.ts';
import type { Diagnosis, WorkerDiagnosis } from '../../core/doctor/doctor.ts';
import { plural, showDuration } from '../../protocol/show.ts';
import * as window from '../plain/window.ts';
import type { ProviderChecks } from '../providers/checks.ts';
import { providerNamed } from '../providers/items.ts';
import { faultWord } from '../providers/words.ts';
import type { SessionController } from '../session-controller.ts';
import { requireReady } from '../workspace-readiness.ts';

const { t } = vscode.l10n;

/** Asks every provider, or the named one, for a tiny answer, and says for each what works and what to do. */
export async function checkProviders(
  controller: SessionController,
  checks: ProviderChecks,
  given?: unknown,
): Promise<void> {
  if (!(await requireReady())) return;
  const runtime = await controller.runtime();
  const only = providerNamed(given);
  const over = new AbortController();
  const { problems, diagnoses, workers } = await window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: only ? t('Orchestrate: asking {0}', only) : t('Orchestrate: asking the providers'),
      cancellable: true,
    },
    async (_progress, token) => {
      const cancelled = token.onCancellationRequested(() => over.abort());
      try {
        return await runtime.diagnose(over.signal, only);
      } finally {
        cancelled.dispose();
      }
    },
  );
  if (over.signal.aborted) return;
  checks.took(diagnoses);
  if (only === undefined) await show(problems, diagnoses, workers);
  else await tell(only, diagnoses[0]);
}

/** One answer needs no list. */
async function tell(provider: string, diagnosis: Diagnosis | undefined): Promise<void> {
  const settings = t('Open Settings');
  const key = t('Set API Key...');
  const connect = t('Choose Its Models...');
  const actions = { key, settings, connect };
  const open = diagnosis?.ok ? [] : [actions[diagnosis ? wants(diagnosis) : 'settings']];
  const choice = diagnosis?.ok
    ? await window.showInformationMessage(t('{0} works: {1}', diagnosis.label, factsOf(diagnosis)))
    : await window.showWarningMessage(
        diagnosis
          ? t('{0} does not work. {1}', diagnosis.label, reasonsOf(diagnosis))
          : t('There is no provider "{0}" in the settings, or it is disabled.', provider),
        ...open,
      );
  if (choice === key) await vscode.commands.executeCommand('orchestrate.setApiKey', provider);
  if (choice === settings) await vscode.commands.executeCommand('orchestrate.openSettings', provider);
  if (choice === connect) await vscode.commands.executeCommand('orchestrate.connectModel', provider);
}

type Item = vscode.QuickPickItem & { open?: Want; provider?: string };
type Want = 'key' | 'settings' | 'connect';

async function show(problems: ConfigProblem[], diagnoses: Diagnosis[], workers: WorkerDiagnosis[]): Promise<void> {
  const rank = ({ ok }: Diagnosis) => (ok ? 0 : ok === false ? 1 : 2);
  const separator = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const sorted = [...diagnoses].sort((a, b) => rank(a) - rank(b));
  const named = [t('Ready'), t('Not working'), t('Not set up')];
  const items: Item[] = [];
  for (const [group, title] of named.entries()) {
    const members = sorted.filter(each => rank(each) === group);
    if (members.length > 0) items.push(separator(title), ...members.map(itemOf));
  }
  if (workers.length > 0) {
    items.push(separator(t('CLI agents')));
    for (const { label, worker, path, login, message, explicit, advice } of workers) {
      const works = path !== undefined && login !== 'none' && message === undefined;
      const iconPath = new vscode.ThemeIcon(works ? 'pass' : explicit ? 'error' : 'circle-outline');
      const there = path === undefined ? t('not found') : t('in roles: {0}', `worker: ${worker}`);
      const wrong = login === 'none' ? t('Nobody is logged in.') : message;
      const detail = [wrong, advice ?? path].filter(Boolean).join(' ');
      items.push({ label, iconPath, description: there, detail, open: 'settings' });
    }
  }
  if (problems.length > 0) {
    items.push(separator(t('Mistakes in the configuration')));
    for (const { source, line, message } of problems) {
      items.push({
        label: `${source}${line === undefined ? '' : `:${line}`}`,
        iconPath: new vscode.ThemeIcon('warning'),
        detail: message,
        open: 'settings',
      });
    }
  }
  const picked = await window.showQuickPick(items, {
    title: t('Check Providers'),
    placeHolder: t('Choose one to add its key or to change its settings'),
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  if (picked?.open === 'key') await vscode.commands.executeCommand('orchestrate.setApiKey', picked.provider);
  if (picked?.open === 'connect') await vscode.commands.executeCommand('orchestrate.connectModel', picked.provider);
  if (picked?.open === 'settings') await vscode.commands.executeCommand('orchestrate.openSettings', picked.provider);
}

function itemOf(diagnosis: Diagnosis): Item {
  const { provider, label, ok, error } = diagnosis;
  if (ok) return { label, iconPath: new vscode.ThemeIcon('pass'), description: factsOf(diagnosis), provider };
  const iconPath = new vscode.ThemeIcon(ok === undefined ? 'circle-large-outline' : 'error');
  const description = error === undefined ? '' : faultWord(error);
  const item = { label, iconPath, description, open: wants(diagnosis), provider };
  return error === 'no-key' ? item : { ...item, detail: reasonsOf(diagnosis) };
}

/** Where it is put right. */
function wants({ error }: Diagnosis): Want {
  if (error === 'no-key' || error === 'auth') return 'key';
  const chosen = error === 'no-route' || error === 'no-price' || error === 'no-tool-call' || error === 'no-models';
  return chosen ? 'connect' : 'settings';
}

function reasonsOf({ error, message, advice }: Diagnosis): string {
  // The general advice names environment variables first; here the key is a click away.
  if (error === 'no-key') return t('It has no key yet. Add it here; the editor keeps it for you.');
  return [message, advice].filter(Boolean).join(' ');
}

function factsOf({ model, ms, models, keyFrom }: Diagnosis): string {
  const facts = [
    model,
    ms === undefined ? undefined : t('answered in {0}', showDuration(ms)),
    models === undefined ? undefined : plural(models, t('1 model'), t('{0} models', models)),
    keyFrom === undefined ? undefined : t('key: {0}', keyFrom),
  ];
  return facts.filter(Boolean).join(' · ');
}
