import { execFile, execFileSync } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Git of a user of whom nothing but the name is known. */
export const userEnvironment = (home: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: home,
  GIT_CONFIG_NOSYSTEM: '1',
});

export function gitSync(cwd: string, home: string, args: readonly string[], input?: string): string {
  return execFileSync('git', args, {
    cwd,
    env: userEnvironment(home),
    encoding: 'utf8',
    ...(input !== undefined && { input }),
    stdio: ['pipe', 'pipe', 'pipe'],
  }).trim();
}

export const git = (cwd: string, home: string, ...args: string[]): Promise<string> =>
  new Promise((resolve, reject) =>
    execFile('git', args, { cwd, env: userEnvironment(home) }, (error, out) =>
      error ? reject(error) : resolve(out.trim()),
    ),
  );

const HOOKS = [
  'pre-commit',
  'post-commit',
  'post-checkout',
  'post-merge',
  'reference-transaction',
  'post-index-change',
];
export const FILES = ['a.txt', 'b.txt', 'c.txt'];
export const LINES = 9;
export const linesOf = (name: string) => Array.from({ length: LINES }, (_, i) => `${name} ${i}`);

/** A home with an identity, and a repository with some files, a stash, and hooks that leave a trace when they are run. */
export async function makeTemplate(folder: string): Promise<{ home: string; template: string }> {
  const [home, template] = [join(folder, 'home'), join(folder, 'template')];
  await mkdir(home);
  await mkdir(template);
  await writeFile(
    join(home, '.gitconfig'),
    '[user]\n\tname = Ada\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n',
  );
  const run = (...args: string[]) => gitSync(template, home, args);
  run('init', '-q', '--template=');
  await mkdir(join(template, '.git', 'hooks'));
  for (const name of FILES) await writeFile(join(template, name), `${linesOf(name).join('\n')}\n`);
  run('add', '.');
  run('commit', '-qm', 'first');
  await writeFile(join(template, 'a.txt'), 'stashed\n');
  run('stash', 'push', '-qm', 'mine');
  run('branch', 'elsewhere');
  for (const name of HOOKS) {
    const path = join(template, '.git', 'hooks', name);
    await writeFile(path, `#!/bin/sh\necho ${name} >> "$(git rev-parse --git-common-dir)/hooks-that-ran"\n`);
    await chmod(path, 0o755);
  }
  return { home, template };
}

export const copyTemplate = (template: string, to: string) => cp(template, to, { recursive: true });

/** All that is the user's: every file of the checkout, index, HEAD, stash, settings, hooks, and that no hook has run. */
export async function snapshot(top: string, gitFolder = join(top, '.git')): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const add = async (path: string, name: string) => {
    const bytes = await readFile(path).catch(() => undefined);
    const mode = (await stat(path).catch(() => undefined))?.mode;
    found.set(name, bytes === undefined ? 'none' : `${mode} ${bytes.toString('latin1')}`);
  };
  const walk = async (folder: string, name: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const [path, inner] = [join(folder, entry.name), `${name}/${entry.name}`];
      // What is ours keeps its own record.
      if (entry.name === '.git' || entry.name === '.orchestrate') continue;
      if (entry.isDirectory()) await walk(path, inner);
      else await add(path, inner);
    }
  };
  await walk(top, '');
  await walk(join(gitFolder, 'hooks'), 'hooks');
  for (const name of [
    'HEAD',
    'index',
    'config',
    'logs/HEAD',
    'logs/refs/stash',
    'refs/stash',
    'hooks-that-ran',
    'ORIG_HEAD',
    'FETCH_HEAD',
  ])
    await add(join(gitFolder, name), name);
  return found;
}
