import { spawn } from 'node:child_process';
import { GitError } from '../../core/delivery/git.ts';
import { codeOf } from '../error-code.ts';
import { commandEnvironment } from '../process/environment.ts';

export interface GitAnswer {
  code: number;
  out: string;
  bytes: Buffer;
  err: string;
}

export interface GitCall {
  cwd?: string;
  input?: string | Uint8Array;
  env?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

export type RunGit = (args: readonly string[], call?: GitCall) => Promise<GitAnswer>;

/** What signs with the user's key asks the user's own agents for it. */
const AGENTS = ['GNUPGHOME', 'GPG_TTY', 'GPG_AGENT_INFO', 'SSH_AUTH_SOCK', 'SSH_AGENT_PID'];

/**
 * Git as commands get it, whatever the repository says: no hook runs, no pager, no editor, no question, no program that
 * came along as a repository within. What a sparse checkout leaves out stands in our own working trees all the same.
 */
export function gitIn(folder: string, environment: NodeJS.ProcessEnv = process.env): RunGit {
  const base: Record<string, string> = {
    ...commandEnvironment(environment, folder),
    ...Object.fromEntries(AGENTS.flatMap(name => (environment[name] ? [[name, environment[name]]] : []))),
    // Words that are looked at are those of git, in any country.
    LC_ALL: 'C',
    LANGUAGE: 'C',
  };
  return (args, { cwd = folder, input, env, signal } = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(
        'git',
        ['-c', 'submodule.recurse=false', '-c', 'gc.auto=0', '-c', 'maintenance.auto=false', ...args],
        {
          cwd,
          env: { ...base, ...env },
          stdio: ['pipe', 'pipe', 'pipe'],
          windowsHide: true,
          ...(signal && { signal }),
        },
      );
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
      // A git that has read enough is no failure of ours.
      child.stdin.on('error', () => undefined);
      child.once('error', error => reject(codeOf(error) === 'ENOENT' ? noGit(cwd) : error));
      child.once('close', code => {
        const bytes = Buffer.concat(out);
        resolve({ code: code ?? -1, out: bytes.toString(), bytes, err: Buffer.concat(err).toString().trim() });
      });
      child.stdin.end(input ?? '');
    });
}

const noGit = (folder: string) =>
  new GitError('no-git', `Git cannot be started in ${folder}: is it on the PATH? Delivery needs git 2.38 or newer.`);

/** The answer of a call that must succeed. */
export async function must(answer: Promise<GitAnswer>, doing: string): Promise<GitAnswer> {
  const given = await answer;
  if (given.code === 0) return given;
  const full = /No space left|Disk quota/i.test(given.err);
  const advice = full ? ' Make room and try again: nothing was changed.' : '';
  throw new GitError(
    full ? 'disk' : 'failed',
    `Git failed ${doing}: ${given.err || `it ended with ${given.code}`}.${advice}`,
  );
}

export const line = ({ out }: GitAnswer): string => out.replace(/\n$/, '');
