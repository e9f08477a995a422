/**
 * `npm start [-- FOLDER] [--desktop] [--port N] [--no-open]`: builds and packages the extension, installs it in a real
 * VS Code served on 127.0.0.1, opens a folder there (a copy of the sample unless one is named) and prints the address.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { installExtension } from './host/extension.ts';
import { installWebHost } from './host/install.ts';
import { root } from './host/paths.ts';
import { type Server, startServer } from './host/server.ts';
import { runScript } from './run-script.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    desktop: { type: 'boolean' },
    port: { type: 'string' },
    'no-open': { type: 'boolean' },
  },
});

const home = join(root, '.vscode-test', 'start');
const vsix = join(root, 'orchestrate.vsix');
const extensionsDir = join(home, 'extensions');
const dataDir = join(home, 'data');

/** The sample is copied once, so that what the agents did there is still there the next time. */
async function folder(): Promise<string> {
  if (positionals[0]) return resolve(positionals[0]);
  const sample = join(home, 'todo-list');
  if (!existsSync(sample)) await cp(join(root, 'test', 'support', 'sample'), sample, { recursive: true });
  return sample;
}

/** Written once: a quiet first window. What the person changes there stays. */
async function firstSettings(): Promise<void> {
  const folder = join(dataDir, 'data', 'User');
  const file = join(folder, 'settings.json');
  if (existsSync(file)) return;
  const settings = {
    'git.openRepositoryInParentFolders': 'never',
    'workbench.startupEditor': 'none',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
  };
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify(settings, undefined, 2)}\n`);
}

async function startDesktop(workspace: string): Promise<void> {
  const places = ['--extensions-dir', extensionsDir, '--user-data-dir', join(home, 'desktop')];
  const code = (...args: string[]) =>
    new Promise<void>((done, fail) => {
      const child = spawn('code', [...places, ...args], { stdio: 'inherit', shell: process.platform === 'win32' });
      child.once('error', () => fail(new Error('there is no `code` on the PATH')));
      child.once('close', status => (status === 0 ? done() : fail(new Error(`code ended with status ${status}`))));
    });
  await code('--install-extension', vsix, '--force');
  await code('--new-window', workspace);
}

function address(server: Server, workspace: string): string {
  const path = workspace.replaceAll('\\', '/');
  return server.address({ folder: path.startsWith('/') ? path : `/${path}` });
}

/** Best effort: a machine without a desktop has no browser to open. */
function openBrowser(url: string): void {
  const { platform, env } = process;
  if (values['no-open'] || env.CI || (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY)) return;
  const command = platform === 'darwin' ? 'open' : platform === 'win32' ? 'explorer' : 'xdg-open';
  spawn(command, [url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}

/** Resolves when someone asks us to stop, or when the process that started us is gone. */
function stopRequest(): Promise<void> {
  return new Promise(done => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => done());
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && done(), 1000).unref();
  });
}

const stopped = stopRequest();
await mkdir(home, { recursive: true });
await runScript('package.ts');
const workspace = await folder();
if (values.desktop) {
  await startDesktop(workspace);
  process.exit();
}
const host = await installWebHost();
await installExtension({ host, vsix, extensionsDir, dataDir });
await firstSettings();
const server = await startServer({
  host,
  dataDir,
  extensionsDir,
  // The sample is ours; for any other folder VS Code asks as always.
  workspaceTrust: positionals.length > 0,
  ...(values.port ? { port: Number(values.port) } : {}),
});
console.log(`\nOrchestrate runs in VS Code at\n\n  ${address(server, workspace)}\n\nCtrl+C ends it.`);
openBrowser(address(server, workspace));
const reason = await Promise.race([stopped.then(() => 'asked'), server.ended.then(() => 'server')]);
await server.stop();
process.exitCode = reason === 'asked' ? 0 : 1;
// The interval and signal handlers would keep the process.
process.exit();
