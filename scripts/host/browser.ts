import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { installedPlaces, versionOf } from '../../src/browser/find.ts';
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
  for (const executable of installedPlaces(process.env)) {
    if (existsSync(executable) && (await starts(executable))) return { executable, env: {} };
  }
  return packagedBrowser();
}

const starts = async (executable: string, env: Record<string, string> = {}): Promise<boolean> =>
  (await versionOf(executable, { ...process.env, ...env })) !== undefined;

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
