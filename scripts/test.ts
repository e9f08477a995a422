/** `npm test`: every suite, each with its counts; the last line is their sum. Goes on after a suite that fails. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Counts } from '../test/support/reporter.ts';
import { root, suiteTimes } from './host/paths.ts';
import { runScript } from './run-script.ts';

const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
/** Files, processes and sockets have bad moments; an attempt that failed is told at the end all the same. */
const twice = ['--retries', '1'];

const suites: { name: string; command: string[]; files: string }[] = [
  { name: 'unit', command: [mocha, ...twice, 'test/unit/**/*.test.ts'], files: 'test/unit/**/*.test.ts' },
  { name: 'wire', command: [mocha, ...twice, 'test/wire/**/*.test.ts'], files: 'test/wire/**/*.test.ts' },
  { name: 'editor', command: ['test/support/host/editor-tests.ts'], files: 'test/editor/**/*.test.ts' },
  {
    name: 'e2e',
    command: [mocha, '--timeout', '300000', '--retries', '2', 'test/e2e/**/*.test.ts'],
    files: 'test/e2e/**/*.test.ts',
  },
];

async function run(name: string, command: string[]): Promise<Counts> {
  const file = join(tmpdir(), `orchestrate-counts-${process.pid}-${name}`);
  const env = { ...process.env, ORCHESTRATE_TEST_COUNTS: file };
  const child = spawn(process.execPath, command, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'close');
  const total = read(file);
  rmSync(file, { force: true });
  // A suite that dies before or beside its tests counts as one failure.
  if (code !== 0 && total.failed === 0) {
    total.failed = 1;
    total.failures.push(`${name} ended with code ${code}`);
  }
  return total;
}

function read(file: string): Counts {
  const total: Counts = { passed: 0, failed: 0, skipped: 0, failures: [], again: [] };
  try {
    for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
      const part = JSON.parse(line) as Counts;
      for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += part[key];
      total.failures.push(...part.failures);
      total.again.push(...part.again);
    }
  } catch {
    // No counts: the suite never came to its end.
  }
  return total;
}

await runScript('build.ts');
const results: { name: string; counts: Counts; seconds: number }[] = [];
for (const { name, command, files } of suites) {
  if (globSync(files, { cwd: root }).length === 0) continue;
  console.log(`\n— ${name} tests —`);
  const start = performance.now();
  const counts = await run(name, command);
  results.push({ name, counts, seconds: (performance.now() - start) / 1000 });
}

mkdirSync(dirname(suiteTimes), { recursive: true });
writeFileSync(suiteTimes, JSON.stringify(Object.fromEntries(results.map(({ name, seconds }) => [name, seconds]))));

const sum = { passed: 0, failed: 0 };
console.log('\n— results —');
const tell = (suite: string, what: string, said: string) =>
  console.log(`${suite}: ${what}: ${said.split('\n').slice(0, 20).join('\n    ')}\n`);
for (const { name, counts } of results) {
  for (const said of counts.again) tell(name, 'tried again', said);
  for (const said of counts.failures) tell(name, 'failed', said);
}
for (const { name, counts, seconds } of results) {
  const { passed, failed, skipped } = counts;
  console.log(`${name.padEnd(8)}${passed} passed, ${failed} failed, ${skipped} skipped (${seconds.toFixed(0)} s)`);
  sum.passed += passed;
  sum.failed += failed;
}
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = sum.failed > 0 ? 1 : 0;
