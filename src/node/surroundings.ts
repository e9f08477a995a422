import { execFile } from 'node:child_process';
import type { Surroundings } from '../core/agent/surroundings.ts';
import { commandEnvironment } from './process/environment.ts';
import type { Shell } from './process/shell.ts';

const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };
const SHELLS: Record<Shell['kind'], string> = { posix: 'a POSIX shell (bash where there is one)', cmd: 'cmd.exe' };
const PATIENCE_MS = 5000;
const MOST_BYTES = 1_000_000;

/**
 * What agents are told of the machine and the repository. Git reads the repository's own settings, which may name
 * programs: it is called as commands are, and only where such a command would run unasked.
 */
export async function surroundingsOf(
  root: string,
  shell: Shell['kind'],
  mayAskGit: boolean,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Surroundings> {
  const status =
    mayAskGit && (await gitOutput(root, environment, ['status', '--porcelain=v1', '--branch', '-z', '--no-renames']));
  const [head = '', ...lines] = (status || '').split('\0');
  const branch = /^## (?:No commits yet on |Initial commit on )?(.+?)(?:\.\.\.|$)/.exec(head)?.[1];
  const changed = lines.filter(line => line.length > 3).map(line => line.slice(3));
  return {
    os: SYSTEMS[process.platform] ?? process.platform,
    shell: SHELLS[shell],
    ...(branch !== undefined && { git: { branch, changed } }),
  };
}

function gitOutput(cwd: string, environment: NodeJS.ProcessEnv, args: string[]): Promise<string | undefined> {
  const env = commandEnvironment(environment, cwd);
  const options = { cwd, env, timeout: PATIENCE_MS, maxBuffer: MOST_BYTES, windowsHide: true };
  return new Promise(resolve => {
    execFile(
      'git',
      ['-c', 'submodule.recurse=false', ...args, '--ignore-submodules=all', '--', '.'],
      options,
      (error, stdout) => resolve(error ? undefined : stdout),
    );
  });
}
