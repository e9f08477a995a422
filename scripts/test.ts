/** `npm test`: every suite, each with its counts; the last line is their sum. Goes on after a suite that fails. */
import { globSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { installWebHost } from './host/install.ts';
import { root, suiteTimes } from './host/paths.ts';
import { runScript } from './run-script.ts';
import { type Counts, inTurns, noCounts, runTests, sumOf, type TestRun } from './test-runs.ts';

const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
const leftOpen = join(root, 'test', 'support', 'host', 'left-open.ts');
/** What takes long begins first, so that it is not what everybody waits for at the end. */
const long = ['wire/fault-sessions.test.ts', 'wire/terminal-kills.test.ts'];
/** One test of minutes each, which mostly waits: beside the windows, instead of having everybody wait for it. */
const slow = ['test/wire/delivery/train.test.ts', 'test/wire/kill.test.ts'].map(file => join(root, file));
const minutes = 60_000;

/** The files of a folder: long ones first, then the larger ones, for size tells roughly how much is in them. */
function filesIn(folder: string): string[] {
  const rank = (file: string) => (long.some(name => file.endsWith(name)) ? Infinity : statSync(file).size);
  return globSync(`test/${folder}/**/*.test.ts`, { cwd: root })
    .map(file => join(root, file))
    .filter(file => !slow.includes(file))
    .sort((a, b) => Math.sign(rank(b) - rank(a) || 0));
}

/** Files that need no window share a few processes, which wait more than they compute. */
const plain = (name: string, jobs: number): TestRun => ({
  suite: name,
  name,
  command: [mocha, '--parallel', '--jobs', String(jobs), ...filesIn(name)],
  limitMs: 20 * minutes,
  live: true,
});

const byItself = (file: string): TestRun => ({
  suite: 'wire',
  name: relative(root, file),
  command: [mocha, file],
  limitMs: 20 * minutes,
});

/** Each file has windows and a process of its own. A second attempt is told of at the end. */
const endToEnd = (file: string): TestRun => ({
  suite: 'e2e',
  name: relative(root, file),
  command: [mocha, '--require', leftOpen, '--exit', '--timeout', '150000', '--retries', '1', file],
  limitMs: 15 * minutes,
});

const editor: TestRun = {
  suite: 'editor',
  name: 'editor',
  command: ['test/support/host/editor-tests.ts'],
  limitMs: 15 * minutes,
};

await runScript('build.ts');
// Hundreds of processes compile the same files.
process.env.NODE_COMPILE_CACHE ??= join(root, 'out', 'compile-cache');
process.env.ORCHESTRATE_TEST_PROGRAM = join(root, 'dist', 'cli.js');
await installWebHost();

const results: { run: TestRun; counts: Counts; seconds: number }[] = [];
async function go(run: TestRun): Promise<void> {
  console.log(`\n— ${run.name} —`);
  const started = performance.now();
  const counts = await runTests(run);
  results.push({ run, counts, seconds: (performance.now() - started) / 1000 });
}

const began = performance.now();
await go(plain('unit', 2));
await go(plain('wire', 4));
await inTurns(3, [...slow.map(byItself), editor, ...filesIn('e2e').map(endToEnd)], go);
// What failed beside others has one more attempt with the machine to itself; the first one is told of.
for (const result of results) {
  if (result.run.suite !== 'e2e' || result.counts.failed === 0) continue;
  console.log(`\n— ${result.run.name}, alone —`);
  const { failures, again } = result.counts;
  const counts = await runTests(result.run);
  result.counts = { ...counts, again: [...failures, ...again, ...counts.again] };
}

console.log('\n— results —');
const tell = (suite: string, what: string, said: string) =>
  console.log(`${suite}: ${what}: ${said.split('\n').slice(0, 20).join('\n    ')}\n`);
for (const { run, counts } of results) {
  for (const said of counts.again) tell(run.suite, 'tried again', said);
  for (const said of counts.failures) tell(run.suite, 'failed', said);
}
for (const { run, seconds } of results) if (run.suite === 'e2e') console.log(`${run.name} ${seconds.toFixed(0)} s`);
const times: Record<string, number> = {};
for (const suite of new Set(results.map(({ run }) => run.suite))) {
  const of = results.filter(({ run }) => run.suite === suite);
  const { passed, failed, skipped, again } = sumOf(of.map(({ counts }) => counts));
  const seconds = of.reduce((sum, result) => sum + result.seconds, 0);
  times[suite] = seconds;
  const tries = again.length === 0 ? '' : `, ${again.length} tried again`;
  console.log(
    `${suite.padEnd(8)}${passed} passed, ${failed} failed, ${skipped} skipped${tries} (${seconds.toFixed(0)} s)`,
  );
}
const all = sumOf([noCounts(), ...results.map(({ counts }) => counts)]);
times.all = (performance.now() - began) / 1000;
mkdirSync(dirname(suiteTimes), { recursive: true });
writeFileSync(suiteTimes, JSON.stringify(times));
console.log(`${times.all.toFixed(0)} s in all`);
console.log(`${all.passed} passed, ${all.failed} failed`);
process.exitCode = all.failed > 0 ? 1 : 0;
