import { execFile } from 'node:child_process';
import { codeOf } from '../error-code.ts';
import { commandEnvironment } from '../process/environment.ts';

const LIMIT_MS = 120_000;
/** What gh signs in with, where that is in the environment: commands get no secrets otherwise. */
const SIGN_IN = ['GH_TOKEN', 'GITHUB_TOKEN', 'GH_HOST', 'GH_CONFIG_DIR', 'GH_REPO'];

/** Runs the user's gh in a folder; undefined where there is none. */
export function runGh(
  folder: string,
  environment: NodeJS.ProcessEnv,
  args: readonly string[],
): Promise<{ code: number; output: string } | undefined> {
  const signIn = Object.fromEntries(SIGN_IN.flatMap(name => (environment[name] ? [[name, environment[name]]] : [])));
  const env = { ...commandEnvironment(environment, folder), ...signIn, GH_PROMPT_DISABLED: '1' };
  return new Promise((resolve, reject) => {
    execFile('gh', args, { cwd: folder, env, timeout: LIMIT_MS, windowsHide: true }, (error, out, err) => {
      if (error && codeOf(error) === 'ENOENT') resolve(undefined);
      else if (error && typeof error.code !== 'number' && !error.killed) reject(error);
      else resolve({ code: error ? Number(error.code ?? -1) : 0, output: `${out}\n${err}`.trim() });
    });
  });
}
