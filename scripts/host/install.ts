import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { withLock } from './lock.ts';
import { npm } from './npm.ts';
import { cacheFolder } from './paths.ts';

/** The npm package whose lib/vscode is VS Code's server and web workbench; its last parts are VS Code's own version. */
const packageName = 'code-server';
const packageVersion = '4.139.1';

const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

/** One part of the installation: done once its marker stands; begun anew, from nothing, when it was cut. */
interface Step {
  name: string;
  leftovers: string[];
  run(staging: string): Promise<void>;
}

const product = (staging: string) => join(staging, 'node_modules', packageName, 'lib', 'vscode');

const steps: Step[] = [
  {
    name: 'server',
    leftovers: ['node_modules', 'package.json', 'package-lock.json'],
    async run(staging) {
      await writeFile(join(staging, 'package.json'), '{ "private": true }\n');
      await npm(['install', '--save-exact', `${packageName}@${packageVersion}`, ...quiet], staging);
    },
  },
  {
    name: 'modules',
    leftovers: [join('node_modules', packageName, 'lib', 'vscode', 'node_modules')],
    run: staging => npm(['install', '--omit=dev', ...quiet], product(staging)),
  },
  {
    name: 'extensions',
    leftovers: [join('node_modules', packageName, 'lib', 'vscode', 'extensions', 'node_modules')],
    run: staging => npm(['install', '--omit=dev', ...quiet], join(product(staging), 'extensions')),
  },
  {
    name: 'native',
    leftovers: [],
    async run(staging) {
      // The integrated terminal and native file watching. The host runs without them where they cannot be built: for lack
      // of a compiler, or where Node's headers cannot be fetched.
      const rebuild = ['rebuild', 'node-pty', '@parcel/watcher', '--loglevel=error'];
      await npm(rebuild, product(staging), AbortSignal.timeout(120_000)).catch(() => undefined);
    },
  },
];

export interface InstallOptions {
  cache?: string;
  say?: (text: string) => void;
}

/** Installs the web host unless it stands already; gives the folder that holds out/server-main.js. */
export async function installWebHost(options: InstallOptions = {}): Promise<string> {
  const cache = options.cache ?? cacheFolder();
  const say = options.say ?? (text => process.stderr.write(`${text}\n`));
  const home = join(cache, `${packageName}-${packageVersion}-${process.platform}-${process.arch}`);
  const main = join(product(home), 'out', 'server-main.js');
  if (existsSync(main)) return product(home);
  await withLock(
    join(cache, 'install.lock'),
    async () => {
      if (existsSync(main)) return;
      const staging = await takeStaging(cache, home);
      say(`Installing VS Code's server (npm package ${packageName} ${packageVersion}) into ${cache}`);
      for (const step of steps) await runStep(step, staging);
      if (!existsSync(join(product(staging), 'out', 'server-main.js'))) {
        await rm(staging, { recursive: true, force: true });
        throw new Error(`${packageName} ${packageVersion} holds no VS Code server`);
      }
      // Only a whole installation ever bears the final name.
      await rename(staging, home);
      await removeLeftovers(cache);
    },
    { onWait: () => say('Another run is installing it: waiting') },
  );
  return product(home);
}

/**
 * Goes on with what a dead run has left, under a new name: its npm may have outlived it, and goes on writing to the old one.
 */
async function takeStaging(cache: string, home: string): Promise<string> {
  const prefix = `${basename(home)}.partial-`;
  const staging = join(cache, `${prefix}${process.pid}-${Date.now()}`);
  const left = (await readdir(cache)).filter(name => name.startsWith(prefix)).sort();
  const last = left.at(-1);
  if (last) await rename(join(cache, last), staging);
  else await mkdir(staging, { recursive: true });
  return staging;
}

async function runStep(step: Step, staging: string): Promise<void> {
  const marker = join(staging, `${step.name}.done`);
  if (existsSync(marker)) return;
  for (const leftover of step.leftovers) await rm(join(staging, leftover), { recursive: true, force: true });
  await step.run(staging);
  await writeFile(marker, '');
}

/** What dead runs left behind. Other versions stay: another checkout may be using them. */
async function removeLeftovers(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (name.includes('.partial-')) await rm(join(cache, name), { recursive: true, force: true, maxRetries: 5 });
  }
}
