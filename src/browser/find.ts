import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

type Environment = Readonly<Record<string, string | undefined>>;

/** Where Chrome, Chromium and Edge are put, the usual one first. */
export function installedPlaces(environment: Environment, platform: NodeJS.Platform = process.platform): string[] {
  if (platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      name => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (platform === 'win32') {
    const folders = [environment.PROGRAMFILES, environment['PROGRAMFILES(X86)'], environment.LOCALAPPDATA].filter(
      folder => folder !== undefined,
    );
    const programs = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];
    return programs.flatMap(program => folders.map(folder => join(folder, program)));
  }
  const names = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'microsoft-edge'];
  const folders = (environment.PATH ?? '').split(delimiter).filter(isAbsolute);
  return names.flatMap(name => folders.map(folder => join(folder, name)));
}

/** A wrapper script may be there without the browser behind it. */
export async function versionOf(executable: string, env: Environment): Promise<string | undefined> {
  // Chrome on Windows opens a window instead of printing its version.
  if (process.platform === 'win32') return 'unknown';
  try {
    const { stdout } = await run(executable, ['--version'], { env: { ...env }, timeout: 30_000 });
    return stdout.trim();
  } catch {
    return undefined;
  }
}

export interface FoundBrowser {
  executable: string;
  version: string;
}

/** The browser of this machine: the one that ORCHESTRATE_BROWSER names, or the first that is installed and starts. */
export async function findBrowser(environment: Environment): Promise<FoundBrowser | undefined> {
  const chosen = environment.ORCHESTRATE_BROWSER;
  for (const executable of chosen ? [chosen] : installedPlaces(environment)) {
    if (!existsSync(executable)) continue;
    const version = await versionOf(executable, environment);
    if (version !== undefined) return { executable, version };
  }
  return undefined;
}
