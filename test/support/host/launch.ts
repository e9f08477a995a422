/**
 * Stands in for the `code` executable: takes the arguments that @vscode/test-electron gives to a desktop VS Code and
 * runs the same tests in the web host. Its exit code is theirs.
 */
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installWebHost } from '../../../scripts/host/install.ts';
import { type Server, startServer } from '../../../scripts/host/server.ts';
import { fewBuiltIns } from './built-ins.ts';
import { remote, slashed } from './remote.ts';
import { openBrowser } from './workbench.ts';

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: { type: 'string', multiple: true },
    extensionTestsPath: { type: 'string' },
    'disable-workspace-trust': { type: 'boolean' },
    /** @vscode/test-electron always switches trust off; this says that the tests want it on. */
    'keep-workspace-trust': { type: 'boolean' },
  },
});

/** With the folder in which it looks for its server. */
const typescript = ['typescript-basics', 'typescript-language-features', 'node_modules'];

const limitMs = 10 * 60_000;

async function main(): Promise<number> {
  const host = await installWebHost();
  const dataDir = await mkdtemp(join(tmpdir(), 'orchestrate-host-'));
  const server = await startServer({
    host,
    dataDir,
    builtInDir: await fewBuiltIns(host, dataDir, typescript),
    testDriver: true,
    workspaceTrust: values['keep-workspace-trust'] === true || values['disable-workspace-trust'] !== true,
  });
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    const exit = new Promise<number>((done, fail) => {
      page.once('crash', () => fail(new Error('the page of the workbench crashed')));
      setTimeout(() => fail(new Error('the tests did not end')), limitMs).unref();
      void server.ended.then(() => fail(new Error("VS Code's server ended before the tests")));
      void page.exposeFunction('codeAutomationExit', (code: number) => done(code));
    });
    await page.exposeFunction('codeAutomationLog', (_kind: string, args: unknown[]) =>
      hear(args.map(String).join(' ')),
    );
    const extensions = [values.extensionDevelopmentPath ?? []].flat().map(String);
    await page.goto(address(server, await underOnePath(extensions, dataDir)));
    return await exit;
  } finally {
    await browser.close();
    await server.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The page takes one path; it may be a folder of extensions. */
async function underOnePath(extensions: string[], scratch: string): Promise<string> {
  const [first] = extensions;
  if (first !== undefined && extensions.length === 1) return first;
  const folder = join(scratch, 'extensions-under-development');
  await mkdir(folder, { recursive: true });
  await Promise.all(extensions.map((path, index) => symlink(path, join(folder, String(index)), 'junction')));
  return folder;
}

function address(server: Server, extension: string): string {
  const payload = [
    ['extensionDevelopmentPath', remote(server.port, extension)],
    ['extensionTestsPath', remote(server.port, String(values.extensionTestsPath))],
  ];
  const folder = positionals[0];
  return server.address({
    payload: JSON.stringify(payload),
    ...(folder ? { folder: slashed(folder) } : { ew: 'true' }),
  });
}

/** Kept for the case that the host fails before a test can tell anything. */
const tail: string[] = [];

function hear(text: string): void {
  if (process.env.ORCHESTRATE_HOST_LOG) process.stderr.write(`${text}\n`);
  tail.push(text);
  if (tail.length > 200) tail.shift();
}

process.exitCode = await main().catch(error => {
  console.error(tail.join('\n'));
  console.error(error);
  return 1;
});
