import * as vscode from 'vscode';

const SECTION = 'orchestrate';
const KEYS = [
  'providers',
  'routes',
  'workers',
  'prices',
  'permissions',
  'budget',
  'team',
  'supervisor',
  'routing',
  'storage',
];

/**
 * The user's settings as one configuration. Only what the user set for all workspaces: a workspace must not decide
 * servers, keys, money or permissions; what it may say stands in `.orchestrate/config.yaml`.
 */
export function settingsOf(): { source: string; value: unknown } {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const value: Record<string, unknown> = {};
  for (const key of KEYS) {
    const own = settings.inspect<unknown>(key)?.globalValue;
    if (own !== undefined) value[key] = own;
  }
  return { source: vscode.l10n.t('settings (orchestrate.*)'), value };
}
