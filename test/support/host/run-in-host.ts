import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { runTests, TestRunFailedError } from '@vscode/test-electron';
import { root } from '../../../scripts/host/paths.ts';

export interface HostRun {
  /** The extension under test, and others that its tests need. */
  extensions: string[];
  /** The module whose `run` is called inside the extension host. */
  tests: string;
  trusted: boolean;
  workspace?: string;
  env: Record<string, string>;
}

/**
 * Runs tests in the web host, or with ORCHESTRATE_VSCODE=desktop in a downloaded VS Code, or in the one whose executable
 * it names. True when all passed.
 */
export async function runInHost(run: HostRun): Promise<boolean> {
  const chosen = process.env.ORCHESTRATE_VSCODE ?? 'web';
  const desktop = chosen !== 'web';
  if (desktop && !run.trusted) {
    // @vscode/test-electron switches workspace trust off in every desktop window it starts.
    console.log('skipped in the desktop host: a window that is not trusted');
    return true;
  }
  const launcher = join(root, 'test', 'support', 'host', 'launch.ts');
  const noise = new PassThrough();
  noise.resume();
  const quiet = desktop && !process.env.ORCHESTRATE_HOST_LOG;
  try {
    await runTests({
      ...(desktop ? {} : { vscodeExecutablePath: process.execPath }),
      ...(desktop && chosen !== 'desktop' ? { vscodeExecutablePath: chosen } : {}),
      extensionDevelopmentPath: run.extensions,
      extensionTestsPath: run.tests,
      extensionTestsEnv: run.env,
      launchArgs: [
        ...(desktop ? ['--disable-extensions'] : [launcher]),
        ...(run.trusted ? [] : ['--keep-workspace-trust']),
        ...(run.workspace ? [run.workspace] : []),
      ],
      ...(quiet ? { stdout: noise, stderr: noise } : {}),
    });
    return true;
  } catch (error) {
    if (error instanceof TestRunFailedError) return false;
    throw error;
  }
}
