/**
 * `run.ts FOLDER`, a process of its own: loads the extension built there with a stand-in for vscode, activates it, opens
 * the dashboard, deactivates it, and prints as JSON which modules were loaded by when and what was left undisposed.
 */
import { join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { until } from '../until.ts';
import { alive, commands, fakeContext, standInForVscode } from './fake-vscode.ts';

export interface Report {
  /** Bundles read from dist, by the time `activate` has returned and whatever it began has run. */
  atActivation: string[];
  aliveWhenActive: number;
  aliveAfterUse: number;
  left: string[];
}

const dist = resolve(process.argv[2] ?? 'dist');
const loaded: string[] = [];
standInForVscode(url => {
  if (url.startsWith('file:')) loaded.push(relative(dist, fileURLToPath(url)).replaceAll('\\', '/'));
});

/** Until nothing more is loaded, made or disposed of. */
async function settle(): Promise<void> {
  const sizes = () => `${loaded.length} ${alive.size}`;
  for (let before = ''; before !== sizes(); ) {
    before = sizes();
    await new Promise(resolve => setTimeout(resolve, 500));
  }
}

const extension = await import(pathToFileURL(join(dist, 'extension.js')).href);
const context = fakeContext();
await extension.activate(context);
await settle();
const atActivation = [...loaded];
const aliveWhenActive = alive.size;
void commands.get('orchestrate.openDashboard')?.();
await until(() => alive.size > aliveWhenActive);
await settle();
const aliveAfterUse = alive.size;
await extension.deactivate();
for (const subscription of context.subscriptions) subscription.dispose();
await settle();
const report: Report = { atActivation, aliveWhenActive, aliveAfterUse, left: [...alive] };
console.log(JSON.stringify(report));
