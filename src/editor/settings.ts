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
  'delivery',
  'environments',
];

/** A field of the settings that was emptied holds null, which means that it is not set. */
function withoutNull(value: unknown): unknown {
  if (value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each]) => [key, withoutNull(each)] as const)
      .filter(([, each]) => each !== undefined),
  );
}

/**
 * The user's settings as one configuration. Only what the user set for all workspaces: a workspace must not decide
 * servers, keys, money or permissions; what it may say stands in `.orchestrate/config.yaml`.
 */
export function settingsOf(): { source: string; value: unknown } {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const value: Record<string, unknown> = {};
  for (const key of KEYS) {
    const own = settings.inspect<unknown>(key)?.globalValue;
    const set = withoutNull(own);
    if (set !== undefined) value[key] = set;
  }
  return { source: vscode.l10n.t('settings (orchestrate.*)'), value };
}
