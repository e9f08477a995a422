import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../../../scripts/host/paths.ts';

const stages = [
  ...['planning', 'approval', 'running', 'asking', 'paused', 'spent', 'finished', 'failed'],
  ...['speak', 'question', 'unheld', 'two', 'crowd', 'strained', 'none', 'team', 'afresh'],
];

/** The stage's themes, as VS Code calls their kinds, by the key that puts each on. */
export const themeKeys = {
  'Control+Alt+1': 'vscode-dark',
  'Control+Alt+2': 'vscode-light',
  'Control+Alt+3': 'vscode-high-contrast',
  'Control+Alt+4': 'vscode-high-contrast-light',
};

/** Makes the extension that holds nothing but the dashboard, with the page as it was built last; gives its folder. */
export async function buildStage(entry = 'extension', commands: readonly string[] = stages): Promise<string> {
  const folder = join(root, 'out', `stage-${entry}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'dist'), { recursive: true });
  await build({
    entryPoints: { extension: join(root, 'test', 'support', 'dashboard', `${entry}.ts`) },
    outdir: join(folder, 'dist'),
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    external: ['vscode'],
    logLevel: 'warning',
  });
  await cp(join(root, 'dist', 'webview'), join(folder, 'dist', 'webview'), { recursive: true });
  await cp(join(root, 'media'), join(folder, 'media'), { recursive: true });
  const command = (command: string, title: string) => ({ command, title, category: 'Stage' });
  const manifest = {
    name: 'stage',
    publisher: 'orchestrate',
    version: '1.0.0',
    type: 'module',
    engines: { vscode: '^1.104.0' },
    main: './dist/extension.js',
    activationEvents: ['onStartupFinished', 'onWebviewPanel:orchestrate.dashboard'],
    contributes: {
      commands: [
        command('orchestrate.openDashboard', 'Open Dashboard'),
        ...commands.map(name => command(`stage.${name}`, name)),
      ],
      keybindings: Object.entries(themeKeys).map(([key, args]) => ({
        command: 'stage.theme',
        key: key.replace('Control', 'Ctrl'),
        args,
      })),
    },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  return folder;
}
