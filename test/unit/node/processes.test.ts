import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessRequest } from '../../../src/core/ports.ts';
import { commandEnvironment } from '../../../src/node/process/environment.ts';
import { KeptOutput } from '../../../src/node/process/kept-output.ts';
import { findShell } from '../../../src/node/process/shell.ts';
import { createProcesses, type ProcessOptions } from '../../../src/node/processes.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { until } from '../../support/until.ts';

const alive = (pid: number) => {
  try {
    // A zombie has ended, whoever has yet to take note of it.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe('Processes', function () {
  this.timeout(90_000);
  const folder = tempFolder();
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  const run = (
    command: string,
    {
      signal = new AbortController().signal,
      options = {},
      ...more
    }: Partial<ProcessRequest> & { signal?: AbortSignal; options?: Partial<ProcessOptions> } = {},
  ) =>
    createProcesses({ root: folder.path, graceMs: 300, ...options }).run(
      { command, timeoutMs: 20_000, outputLimit: 10_000, ...more },
      signal,
    );
  const pidIn = (name: string) => Number(readFileSync(join(folder.path, name), 'utf8'));
  const written = (name: string) => {
    const path = join(folder.path, name);
    return existsSync(path) && readFileSync(path, 'utf8').endsWith('\n');
  };

  it('give the output of both streams in the order in which it came, and the exit code', async () => {
    const seen: string[] = [];
    const command = 'for i in 1 2 3; do echo out $i; echo err $i >&2; done; exit 3';
    const outcome = await run(command, { onOutput: text => seen.push(text) });
    assert.equal(outcome.ended, 'exit');
    assert.equal(outcome.exit, 3);
    assert.equal(outcome.output, 'out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n');
    assert.equal(outcome.omitted, 0);
    assert.equal(seen.join(''), outcome.output);
  });

  it('run in the folder that was asked for', async () => {
    await mkdir(join(folder.path, 'sub'));
    assert.equal((await run('pwd')).output.trim(), folder.path);
    assert.equal((await run('pwd', { cwd: 'sub' })).output.trim(), join(folder.path, 'sub'));
  });

  it('say what ended a command that did not end by itself', async () => {
    const outcome = await run('kill -9 $$');
    assert.deepEqual([outcome.ended, outcome.signal], ['signal', 'SIGKILL']);
  });

  it('say why nothing could be started', async () => {
    const missing = await run('ls', { cwd: 'nowhere' });
    assert.equal(missing.ended, 'not-started');
    assert.ok(missing.message);
    assert.equal((await run('ls\0')).ended, 'not-started');
  });

  it('start nothing once aborted', async () => {
    const outcome = await run('touch started', { signal: AbortSignal.abort() });
    assert.equal(outcome.ended, 'aborted');
    assert.ok(!existsSync(join(folder.path, 'started')));
  });

  it('give a command that reads an empty input instead of waiting', async () => {
    assert.equal((await run('cat; echo done')).output, 'done\n');
  });

  it('keep the beginning and the end of a long output, and count the rest', async () => {
    const outcome = await run('echo first; yes ä | head -c 20000000; echo last', { outputLimit: 1000 });
    assert.match(outcome.output, /^first\n/);
    assert.match(outcome.output, /last\n$/);
    assert.match(outcome.output, /\[\.\.\. \d+ bytes left out \.\.\.\]/);
    assert.ok(!outcome.output.includes('\ufffd'));
    const kept = Buffer.byteLength(outcome.output.replace(/\n\[\.\.\. \d+ bytes left out \.\.\.\]\n/, ''));
    assert.equal(kept + outcome.omitted, 20_000_000 + 11);
    assert.ok(kept <= 1000);
  });

  it('end a command that takes too long, with everything that it started', async () => {
    const outcome = await run(
      'sleep 300 & echo $! > pid; (trap "" TERM; sleep 300 & echo $! > stubborn; wait; wait) ; wait',
      { timeoutMs: 700 },
    );
    assert.equal(outcome.ended, 'timeout');
    for (const name of ['pid', 'stubborn']) assert.ok(!alive(pidIn(name)), name);
  });

  it('end what ignores being asked, by force', async () => {
    const abort = new AbortController();
    const running = run('trap "" TERM; echo $$ > pid; while true; do sleep 0.05; done', { signal: abort.signal });
    await until(() => written('pid'));
    abort.abort();
    assert.equal((await running).ended, 'aborted');
    assert.ok(!alive(pidIn('pid')));
  });

  it('end what left the process group too', async () => {
    const abort = new AbortController();
    const running = run("setsid sh -c 'echo $$ > pid; exec sleep 300' > /dev/null 2>&1 & sleep 300", {
      signal: abort.signal,
    });
    await until(() => written('pid'));
    abort.abort();
    assert.equal((await running).ended, 'aborted');
    await until(() => !alive(pidIn('pid')));
  });

  it('let a command clean up when it is told to end', async () => {
    const abort = new AbortController();
    const running = run('trap "echo cleaned; exit 0" TERM; echo ready > ready; while true; do sleep 0.05; done', {
      signal: abort.signal,
    });
    await until(() => written('ready'));
    abort.abort();
    const outcome = await running;
    assert.equal(outcome.ended, 'aborted');
    assert.match(outcome.output, /cleaned/);
  });

  it('do not wait for what a command leaves behind, and end it', async () => {
    const outcome = await run(
      'sleep 300 & echo $! > pid; (trap "" TERM; exec sleep 300) > /dev/null 2>&1 & echo $! > quiet; echo ok',
    );
    assert.deepEqual([outcome.ended, outcome.exit, outcome.output], ['exit', 0, 'ok\n']);
    for (const name of ['pid', 'quiet']) assert.ok(!alive(pidIn(name)), name);
  });

  it('leave no listener on the signal', async () => {
    const { signal } = new AbortController();
    await run('true', { signal });
    await run('true', { signal, cwd: 'nowhere' });
    assert.equal(getEventListeners(signal, 'abort').length, 0);
  });

  it('hold up nobody else during a flood of output', async () => {
    const abort = new AbortController();
    const running = run('yes', { signal: abort.signal });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    await new Promise(resolve => setTimeout(resolve, 500));
    abort.abort();
    await running;
    clearInterval(timer);
    assert.ok(ticks > 10, `${ticks} turns of the event loop`);
  });

  it('end with the program that started them', async () => {
    const script = `
      import { createProcesses } from ${JSON.stringify(new URL('../../../src/node/processes.ts', import.meta.url).href)};
      const command = 'echo $$ > pid; sleep 300';
      // First: the command may have written its id before anything behind its start is reached.
      process.on('SIGTERM', () => process.exit(0));
      void createProcesses({ root: process.cwd() }).run({ command, timeoutMs: 1e6, outputLimit: 10 }, new AbortController().signal);
    `;
    const program = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder.path,
      stdio: 'ignore',
    });
    await until(() => written('pid'));
    program.kill('SIGTERM');
    await once(program, 'exit');
    await until(() => !alive(pidIn('pid')));
  });

  it('know nothing of the secrets around them', async () => {
    const secrets = {
      ANTHROPIC_API_KEY: 'planted-1',
      AWS_SECRET_ACCESS_KEY: 'planted-2',
      DATABASE_URL: 'postgres://u:planted-3@h/db',
      SSH_AUTH_SOCK: '/planted-4',
      VSCODE_GIT_IPC_HANDLE: '/planted-5',
      HTTPS_PROXY: 'http://u:planted-6@proxy',
      MY_OWN: 'planted-7',
      BASH_ENV: './planted-8',
      'BASH_FUNC_ls%%': '() { echo planted-9; }',
    };
    const environment = { ...process.env, ...secrets, HTTP_PROXY: 'http://proxy:3128' };
    const outcome = await run('env; ls', { options: { environment }, env: { EXTRA: 'asked for' } });
    assert.doesNotMatch(outcome.output, /planted/);
    assert.match(outcome.output, /^EXTRA=asked for$/m);
    assert.match(outcome.output, /^HTTP_PROXY=http:\/\/proxy:3128$/m);
  });

  it('find no programs in the workspace by their name alone', () => {
    const PATH = ['/usr/bin', '', '.', 'bin', `${folder.path}/bin`, folder.path, '/bin'].join(':');
    assert.equal(commandEnvironment({ PATH }, folder.path).PATH, '/usr/bin:/bin');
  });
});

describe('The shell of a machine', () => {
  const none = () => false;

  it('is bash where there is one, and judged by its language', () => {
    const here = (path: string) => path === '/usr/bin/bash';
    assert.deepEqual(pick(findShell({ platform: 'linux', env: {}, exists: here })), ['posix', '/usr/bin/bash']);
    assert.deepEqual(pick(findShell({ platform: 'darwin', env: {}, exists: none })), ['posix', '/bin/sh']);
  });

  it('is the one that comes with Git on Windows, else cmd', () => {
    const env = { ProgramFiles: '/P', ComSpec: '/W/cmd.exe' };
    const bash = join('/P', 'Git', 'bin', 'bash.exe');
    assert.deepEqual(pick(findShell({ platform: 'win32', env, exists: path => path === bash })), ['posix', bash]);
    const cmd = findShell({ platform: 'win32', env, exists: none });
    assert.deepEqual(pick(cmd), ['cmd', '/W/cmd.exe']);
    assert.deepEqual(cmd.args('npm test'), ['/d', '/s', '/c', '"chcp 65001>nul & npm test"']);
  });

  const pick = ({ kind, file }: { kind: string; file: string }) => [kind, file];
});

describe('Output of any length', () => {
  it('is kept whole up to the limit', () => {
    const kept = new KeptOutput(10);
    for (const text of ['1234', '5678', '90']) kept.add(Buffer.from(text));
    assert.deepEqual(kept.result(), { output: '1234567890', omitted: 0 });
  });

  it('adds up to what came, wherever it is cut', () => {
    for (let limit = 0; limit < 40; limit++)
      for (const size of [1, 2, 3, 7, 100]) {
        const kept = new KeptOutput(limit);
        const all = Buffer.from('aä€😀'.repeat(8));
        for (let at = 0; at < all.length; at += size) kept.add(all.subarray(at, at + size));
        const { output, omitted } = kept.result();
        assert.ok(!output.includes('\ufffd'));
        const bytes = Buffer.byteLength(output.replace(/\n\[\.\.\. \d+ bytes left out \.\.\.\]\n/, ''));
        assert.equal(bytes + omitted, all.length);
        assert.ok(bytes <= Math.max(limit, omitted === 0 ? all.length : 0));
      }
  });
});
