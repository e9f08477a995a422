import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Guard, startGuard, TOKEN } from './guard.ts';

export interface ServerOptions {
  /** The folder that installWebHost gives. */
  host: string;
  dataDir: string;
  extensionsDir?: string;
  /** Instead of all that VS Code ships. */
  builtInDir?: string;
  /** Makes the page read the test payload from its address. */
  testDriver?: boolean;
  workspaceTrust?: boolean;
  port?: number;
  env?: NodeJS.ProcessEnv;
  onOutput?: (text: string) => void;
}

export interface Server {
  /** The page's address, with the token that lets one in. */
  address(query: Record<string, string>): string;
  port: number;
  /** Resolves when the process has ended, for whatever reason. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

const startLimitMs = 60_000;
const stopLimitMs = 5_000;

/** Starts VS Code's server behind a guard that listens on 127.0.0.1; nothing else of it can be reached. */
export async function startServer(options: ServerOptions): Promise<Server> {
  // Made for nobody but this user.
  const folder = await mkdtemp(join(tmpdir(), 'orchestrate-'));
  const socket = process.platform === 'win32' ? `\\\\.\\pipe\\orchestrate-${randomUUID()}` : join(folder, 'socket');
  const child = spawn(process.execPath, serverArguments(options, socket), {
    cwd: options.host,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group, so that the extension hosts below it end with it.
    detached: process.platform !== 'win32',
  });
  const ended = new Promise<void>(done => child.once('close', () => done()));
  let guard: Guard | undefined;
  const stop = async () => {
    await guard?.close();
    await end(child, ended);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await listening(child, options.onOutput);
    guard = await startGuard(socket, options.port);
  } catch (error) {
    await stop();
    throw error;
  }
  const { port, token } = guard;
  const address = (query: Record<string, string>) =>
    `http://127.0.0.1:${port}/?${new URLSearchParams({ [TOKEN]: token, ...query })}`;
  return { address, port, ended, stop };
}

function serverArguments(options: ServerOptions, socket: string): string[] {
  const list = [join('out', 'server-main.js'), '--socket-path', socket];
  list.push('--without-connection-token', '--accept-server-license-terms', '--telemetry-level', 'off');
  list.push('--server-data-dir', options.dataDir);
  if (options.extensionsDir) list.push('--extensions-dir', options.extensionsDir);
  if (options.builtInDir) list.push('--builtin-extensions-dir', options.builtInDir);
  if (options.testDriver) list.push('--enable-smoke-test-driver');
  if (options.workspaceTrust === false) list.push('--disable-workspace-trust');
  return list;
}

function listening(child: ChildProcess, onOutput?: (text: string) => void): Promise<void> {
  return new Promise((done, fail) => {
    let output = '';
    const timer = setTimeout(() => fail(new Error(`VS Code's server did not start:\n${output}`)), startLimitMs);
    const settle = (act: () => void) => {
      clearTimeout(timer);
      act();
    };
    const hear = (text: string) => {
      onOutput?.(text);
      if (output.length < 20_000) output += text;
      if (output.includes('Extension host agent listening on')) settle(done);
    };
    child.stdout?.setEncoding('utf8').on('data', hear);
    child.stderr?.setEncoding('utf8').on('data', hear);
    child.once('error', error => settle(() => fail(error)));
    child.once('close', code => settle(() => fail(new Error(`VS Code's server ended with code ${code}:\n${output}`))));
  });
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  signal(child, 'SIGTERM');
  const late = setTimeout(() => signal(child, 'SIGKILL'), stopLimitMs);
  await ended;
  clearTimeout(late);
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (process.platform === 'win32' || child.pid === undefined) child.kill(name);
    else process.kill(-child.pid, name);
  } catch {
    child.kill(name);
  }
}
