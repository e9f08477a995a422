import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { withLock } from './lock.ts';
import { cacheFolder, root } from './paths.ts';

const run = promisify(execFile);

export interface Browser {
  executable: string;
  env: Record<string, string>;
}

/** A browser that Playwright can drive: ORCHESTRATE_BROWSER, an installed Chrome, Chromium or Edge, or the one from npm. */
export async function findBrowser(): Promise<Browser> {
  const chosen = process.env.ORCHESTRATE_BROWSER;
  if (chosen) return { executable: chosen, env: {} };
  for (const executable of installedPlaces()) {
    if (existsSync(executable) && (await starts(executable))) return { executable, env: {} };
  }
  return packagedBrowser();
}

function installedPlaces(): string[] {
  const { env, platform } = process;
  if (platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      name => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (platform === 'win32') {
    const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(
      folder => folder !== undefined,
    );
    const programs = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];
    return programs.flatMap(program => folders.map(folder => join(folder, program)));
  }
  const names = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'microsoft-edge'];
  const folders = (env.PATH ?? '').split(delimiter).filter(folder => folder !== '');
  return names.flatMap(name => folders.map(folder => join(folder, name)));
}

/** A wrapper script may be there without the browser behind it. */
async function starts(executable: string, env: Record<string, string> = {}): Promise<boolean> {
  // Chrome on Windows opens a window instead of printing its version.
  if (process.platform === 'win32') return true;
  try {
    await run(executable, ['--version'], { env: { ...process.env, ...env }, timeout: 30_000 });
    return true;
  } catch {
    return false;
  }
}

/** Unpacks the headless Chromium that the npm package @sparticuz/chromium carries. */
async function packagedBrowser(): Promise<Browser> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('No Chrome, Chromium or Edge found. Install one, or name it in ORCHESTRATE_BROWSER.');
  }
  const manifest = join(root, 'node_modules', '@sparticuz', 'chromium', 'package.json');
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  const home = join(cacheFolder(), `chromium-${version}`);
  const executable = join(home, 'chromium');
  if (!existsSync(home)) await withLock(join(cacheFolder(), 'browser.lock'), () => unpack(home));
  const env = { FONTCONFIG_FILE: join(home, 'fonts.conf') };
  if (await starts(executable, env)) return { executable, env };
  // Bare machines lack NSS; the package brings a copy.
  return { executable, env: { ...env, LD_LIBRARY_PATH: join(home, 'al2023', 'lib') } };
}

async function unpack(home: string): Promise<void> {
  if (existsSync(home)) return;
  const staging = `${home}.partial`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  // The package unpacks into TMPDIR, and its libraries only where it believes to be in a cloud function.
  const env = { ...process.env, TMPDIR: staging, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' };
  const script = "import chromium from '@sparticuz/chromium'; await chromium.executablePath();";
  await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: root, env });
  await writeFile(join(staging, 'fonts.conf'), fontConfig(join(home, 'fonts')));
  await rename(staging, home);
}

const fontConfig = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${folder}</dir>
  <cachedir>${dirname(folder)}/font-cache</cachedir>
</fontconfig>
`;
