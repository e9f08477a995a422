import * as vscode from 'vscode';
import { knownProviders } from '../../core/config/known-providers.ts';
import type { WorkerDiagnosis } from '../../core/doctor/doctor.ts';
import type { ProviderEntry } from '../../protocol/config.ts';
import { userSetting } from './save.ts';

const { t } = vscode.l10n;

/** Something that a person can connect, as far as it is known before they say more. */
export type Kind =
  | { way: 'vendor'; name: string; label: string; entry: ProviderEntry; keysAt: string | undefined }
  | { way: 'server'; name: string; label: string; entry: ProviderEntry }
  | { way: 'url' }
  | { way: 'agent'; worker: WorkerDiagnosis };

export type KindItem = vscode.QuickPickItem & { connects?: Kind };

/** Where servers on one's own machine listen unless they are told otherwise. */
const SERVERS: { name: string; label: string; entry: ProviderEntry }[] = [
  { name: 'ollama', label: 'Ollama', entry: { kind: 'ollama', baseUrl: 'http://127.0.0.1:11434', local: true } },
  { name: 'lm-studio', label: 'LM Studio', entry: compatible('http://127.0.0.1:1234/v1') },
  { name: 'llama-cpp', label: 'llama.cpp', entry: compatible('http://127.0.0.1:8080/v1') },
  { name: 'vllm', label: 'vLLM', entry: compatible('http://127.0.0.1:8000/v1') },
];

function compatible(baseUrl: string): ProviderEntry {
  return { kind: 'openai-compatible', baseUrl, local: true };
}

/** What the user has written of one, such as the address of a proxy: it stays, but for what kept it away. */
export function ownEntry(name: string): ProviderEntry | undefined {
  const own = userSetting('providers')?.[name];
  if (!own) return undefined;
  const { disabled, ...entry } = own;
  return entry;
}

/** All that can be connected, in the groups in which people look for it. */
export function kindItems(workers: readonly WorkerDiagnosis[]): KindItem[] {
  const separator = (label: string): KindItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const vendors = Object.entries(knownProviders).filter(([, { keyEnv }]) => keyEnv.length > 0);
  return [
    separator(t('Vendors, with an API key')),
    ...vendors.map(([name, { label, entry, keysAt }]) => ({
      label: label,
      iconPath: new vscode.ThemeIcon('key'),
      connects: { way: 'vendor' as const, name, label, entry: ownEntry(name) ?? entry, keysAt },
    })),
    separator(t('Servers on this machine, without a key')),
    ...SERVERS.map(({ name, label, entry: usual }) => {
      const entry = { ...usual, ...ownEntry(name) };
      return {
        label,
        iconPath: new vscode.ThemeIcon('device-desktop'),
        description: entry.baseUrl ?? '',
        connects: { way: 'server' as const, name, label, entry },
      };
    }),
    separator(t('Anything else that speaks Chat Completions')),
    {
      label: t('OpenAI-compatible URL...'),
      iconPath: new vscode.ThemeIcon('globe'),
      description: t('a gateway, a proxy, another vendor'),
      connects: { way: 'url' as const },
    },
    separator(t('CLI agents, with a login of their own')),
    ...workers.map(worker => ({
      label: worker.label,
      iconPath: new vscode.ThemeIcon('terminal'),
      description: worker.path ?? t('not found'),
      connects: { way: 'agent' as const, worker },
    })),
  ];
}
