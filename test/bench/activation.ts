/** `npm run bench -- activation`: what the extension costs a window that opens it. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { root } from '../../scripts/host/paths.ts';
import { measuredExtension, type Times } from '../support/activation/measured-extension.ts';
import { runInHost } from '../support/host/run-in-host.ts';

const rounds = 5;
const out = join(root, 'out', 'bench');
const dist = join(root, 'dist');

/** Milliseconds, the smallest and the middle of several runs. */
function summary(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return `median ${middle.toFixed(1)} ms, least ${sorted[0]?.toFixed(1)} ms, of ${times.length}`;
}

/** In processes of their own, so that nothing is cached but the files. */
async function loadTimes(): Promise<number[]> {
  const script = join(root, 'test', 'support', 'activation', 'load-time.ts');
  const times: number[] = [];
  for (let round = 0; round < 2 * rounds; round++) {
    const { stdout } = await promisify(execFile)(process.execPath, [script, dist]);
    times.push(Number(stdout));
  }
  return times;
}

/** What activation takes in a real extension host, and what of it is ours; each time in a new window. */
async function activationTimes(which: 'ours' | 'empty'): Promise<Times[]> {
  const entry = join(root, 'test', 'support', 'activation', 'time-in-host.ts');
  await build({
    entryPoints: [entry],
    outdir: out,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['vscode'],
  });
  const scratch = await mkdtemp(join(tmpdir(), 'orchestrate-bench-'));
  const result = join(scratch, 'times.json');
  const extension = join(out, 'extension');
  await measuredExtension(extension, which);
  const times: Times[] = [];
  for (let round = 0; round < rounds; round++) {
    const tests = join(out, 'time-in-host.js');
    const env = { ORCHESTRATE_BENCH_RESULT: result };
    if (!(await runInHost({ extensions: [extension], tests, trusted: true, workspace: scratch, env }))) {
      throw new Error('the extension did not activate');
    }
    times.push(JSON.parse(await readFile(result, 'utf8')));
  }
  await rm(scratch, { recursive: true, force: true });
  return times;
}

await promisify(execFile)(process.execPath, [join(root, 'scripts', 'build.ts'), '--production']);
const { size } = await stat(join(dist, 'extension.js'));
console.log(`extension.js             ${(size / 1024).toFixed(1)} KB`);
console.log(`loading it, bare Node    ${summary(await loadTimes())}`);
const times = await activationTimes('ours');
const empty = await activationTimes('empty');
const inHost = (of: (times: Times) => number) => summary(times.map(of));
console.log('In the extension host:');
console.log(`  loading it             ${inHost(({ load }) => load)}`);
console.log(`  activate()             ${inHost(({ activate }) => activate)}`);
console.log(`  the host's own         ${inHost(({ total, load, activate }) => total - load - activate)}`);
console.log(`  all of it              ${inHost(({ total }) => total)}`);
console.log(`  an empty extension     ${summary(empty.map(({ total }) => total))}`);
