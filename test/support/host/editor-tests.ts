/** `npm run test:editor -- [--grep TEXT] [PART OF A FILE NAME...]`: the tests of test/editor, inside a real VS Code. */
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { root } from '../../../scripts/host/paths.ts';
import { runInHost } from './run-in-host.ts';

/** One start of the host; the tests in its folder need the window to be like that. */
interface Profile {
  folder: string;
  workspace: boolean;
  trusted: boolean;
}

const profiles: Profile[] = [
  { folder: '.', workspace: true, trusted: true },
  { folder: 'restricted', workspace: true, trusted: false },
  { folder: 'no-folder', workspace: false, trusted: true },
];

const out = join(root, 'out', 'editor-tests');
const entry = join(root, 'test', 'support', 'host', 'mocha-in-host.ts');
const { values, positionals } = parseArgs({ options: { grep: { type: 'string' } }, allowPositionals: true });

const slashed = (file: string) => relative(root, file).split(sep).join('/');
const wanted = (file: string) => positionals.length === 0 || positionals.some(part => slashed(file).includes(part));
const bundleOf = (file: string) => slashed(file).replaceAll('/', '-').replace(/\.ts$/, '');

async function testsOf(profile: Profile): Promise<string[]> {
  const folder = join(root, 'test', 'editor', profile.folder);
  const names = await readdir(folder);
  return names
    .filter(name => name.endsWith('.test.ts'))
    .map(name => join(folder, name))
    .filter(wanted)
    .sort();
}

/** A desktop VS Code's extension host cannot run TypeScript, so the tests are bundled. */
async function bundle(files: string[]): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await build({
    entryPoints: [...files, entry].map(file => ({ in: file, out: bundleOf(file) })),
    outdir: out,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    packages: 'external',
    external: ['vscode'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}

/** True when every test passed. */
async function run(profile: Profile, files: string[]): Promise<boolean> {
  const scratch = await mkdtemp(join(tmpdir(), 'orchestrate-editor-'));
  const workspace = join(scratch, 'workspace');
  if (profile.workspace) await cp(join(root, 'test', 'support', 'sample'), workspace, { recursive: true });
  const results = createServer(socket => socket.pipe(process.stdout, { end: false }));
  const port = await new Promise<number>(done => {
    results.listen(0, '127.0.0.1', () => done((results.address() as { port: number }).port));
  });
  try {
    return await runInHost({
      extensions: [root, join(root, 'test', 'support', 'models-extension')],
      tests: join(out, `${bundleOf(entry)}.js`),
      trusted: profile.trusted,
      ...(profile.workspace ? { workspace } : {}),
      env: {
        ORCHESTRATE_HOME: join(scratch, 'home'),
        ORCHESTRATE_SANDBOX: 'off',
        ORCHESTRATE_TEST_FILES: JSON.stringify(files.map(file => join(out, `${bundleOf(file)}.js`))),
        ORCHESTRATE_TEST_PORT: String(port),
        ...(values.grep ? { ORCHESTRATE_TEST_GREP: values.grep } : {}),
      },
    });
  } finally {
    results.close();
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

const runs = await Promise.all(profiles.map(async profile => ({ profile, files: await testsOf(profile) })));
await bundle(runs.flatMap(({ files }) => files));
let passed = true;
for (const { profile, files } of runs) {
  if (files.length > 0 && !(await run(profile, files))) passed = false;
}
process.exitCode = passed ? 0 : 1;
