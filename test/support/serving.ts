import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { program } from './terminal-lab.ts';

export interface Reply<T> {
  status: number;
  headers: Headers;
  json: T;
}

/** `orchestrate serve` in a process of its own, and a client of its API that knows nothing else of it. */
export class Serving {
  readonly workspace: string;
  readonly home: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #args: string[];
  readonly #command: string;
  #child: ChildProcess | undefined;
  readonly #others: ChildProcess[] = [];
  url = '';
  token = '';
  /** What it printed on stderr. */
  said = '';

  constructor(workspace: string, env: NodeJS.ProcessEnv, args: string[] = [], command: 'serve' | 'start' = 'serve') {
    this.workspace = workspace;
    this.home = env.ORCHESTRATE_HOME ?? '';
    this.#env = env;
    this.#args = args;
    this.#command = command;
  }

  /** In a fresh workspace and home below a folder. */
  static async in(folder: string, ...args: string[]): Promise<Serving> {
    const [workspace, home] = [join(folder, 'workspace'), join(folder, 'home')];
    for (const each of [workspace, home]) await mkdir(each, { recursive: true });
    const serving = new Serving(workspace, { ...process.env, ORCHESTRATE_HOME: home, NO_COLOR: '1' }, args);
    await serving.start();
    return serving;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Begins, or begins again where it was before. */
  async start(): Promise<void> {
    const port = this.url === '' ? '0' : String(this.port);
    const child = spawn(process.execPath, [program, this.#command, '--port', port, ...this.#args], {
      cwd: this.workspace,
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', text => {
      this.said += text;
    });
    let out = '';
    await new Promise<void>((resolve, reject) => {
      child.once('close', code => reject(new Error(`serve ended with ${code}: ${this.said}`)));
      child.stdout.setEncoding('utf8').on('data', text => {
        out += text;
        const [, url, token] = /(http\S+)\/#token=([\w-]+)/.exec(out) ?? [];
        if (url === undefined || token === undefined) return;
        this.url = url;
        this.token = token;
        resolve();
      });
    });
  }

  /** Ends it: with Ctrl-C, or as a power cut would. */
  async stop(signal: 'SIGINT' | 'SIGKILL' = 'SIGINT'): Promise<void> {
    for (const other of this.#others.splice(0)) other.kill('SIGKILL');
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
  }

  /** A command that goes on until somebody ends it; `over` resolves when it has. */
  program(...args: string[]): { over: Promise<unknown> } {
    const child = spawn(process.execPath, [program, ...args], { cwd: this.workspace, env: this.#env, stdio: 'ignore' });
    this.#others.push(child);
    return { over: once(child, 'close') };
  }

  /** Another command of the program, in the same workspace: what it printed. */
  async run(...args: string[]): Promise<string> {
    const options = { cwd: this.workspace, env: this.#env };
    return (await promisify(execFile)(process.execPath, [program, ...args], options)).stdout;
  }

  async ask<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply<T>> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, json: (isJson ? JSON.parse(text) : text) as T };
  }

  /** What is there; anything but 200 is a failure of the test. */
  async get<T = Record<string, unknown>>(path: string): Promise<T> {
    const { status, json } = await this.ask<T>('GET', path);
    assert.equal(status, 200, `${path}: ${JSON.stringify(json)}`);
    return json;
  }

  async post<T = Record<string, unknown>>(path: string, body: unknown, headers?: Record<string, string>): Promise<T> {
    const { status, json } = await this.ask<T>('POST', path, body, headers);
    assert.ok(status < 300, `${path}: ${status} ${JSON.stringify(json)}`);
    return json;
  }
}
