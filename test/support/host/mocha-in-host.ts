/** Runs inside the extension host: the contract of @vscode/test-electron is that `run` rejects when a test fails. */
import { connect } from 'node:net';
import { format } from 'node:util';
import Mocha from 'mocha';
import CountingReporter from '../reporter.ts';

/** Set by the process that started the host. */
const { ORCHESTRATE_TEST_FILES = '[]', ORCHESTRATE_TEST_PORT, ORCHESTRATE_TEST_GREP } = process.env;

export async function run(): Promise<void> {
  // The host's console is full of the workbench's own lines, so the results take a way of their own.
  const socket = connect(Number(ORCHESTRATE_TEST_PORT), '127.0.0.1');
  const { log, error } = console;
  const write = (...args: unknown[]) => void socket.write(`${format(...args)}\n`);
  Object.assign(console, { log: write, error: write });
  // Mocha has taken its reference before us.
  Object.assign(Mocha.reporters.Base, { consoleLog: write });
  const failures = await runMocha().catch(failure => {
    write(failure);
    return 1;
  });
  Object.assign(console, { log, error });
  await new Promise<void>(done => socket.end(done));
  if (failures > 0) throw new Error(`${failures} tests failed`);
}

async function runMocha(): Promise<number> {
  const mocha = new Mocha({
    ui: 'bdd',
    color: false,
    timeout: 60_000,
    slow: 5_000,
    retries: 1,
    reporter: CountingReporter,
    ...(ORCHESTRATE_TEST_GREP ? { grep: ORCHESTRATE_TEST_GREP } : {}),
  });
  for (const file of JSON.parse(ORCHESTRATE_TEST_FILES) as string[]) mocha.addFile(file);
  await mocha.loadFilesAsync();
  return new Promise(done => mocha.run(done));
}
