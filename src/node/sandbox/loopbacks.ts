import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Tools } from './bubblewrap.ts';

/** A network of its own with nothing but a loopback, which lasts as long as this process. */
interface Loopback {
  pid: number;
  users: number;
  end(): void;
}

const STARTING_MS = 10_000;

/** Networks that several commands of one owner share, each there while one of them runs. */
export class Loopbacks {
  readonly #owners = new Map<string, Promise<Loopback>>();

  /** Runs with the owner's network, told by a process that is in it. */
  async sharing<T>(owner: string, tools: Tools, run: (pid: number) => Promise<T>): Promise<T> {
    const opening = this.#owners.get(owner) ?? open(tools);
    this.#owners.set(owner, opening);
    const loopback = await opening.catch((error: unknown) => {
      this.#owners.delete(owner);
      throw error;
    });
    loopback.users++;
    try {
      return await run(loopback.pid);
    } finally {
      loopback.users--;
      if (loopback.users === 0) {
        this.#owners.delete(owner);
        loopback.end();
      }
    }
  }
}

/** bubblewrap sets up the loopback; who enters the network enters its namespace of users first, in which it has a say. */
async function open({ bwrap, unshare, shell }: Tools): Promise<Loopback> {
  const inner = [bwrap, '--unshare-net', '--die-with-parent', '--dev-bind', '/', '/', '--'];
  const holding = [shell, '-c', 'echo $$; exec cat'];
  const child = spawn(unshare, ['--user', '--map-root-user', '--', ...inner, ...holding], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {},
    cwd: '/',
  });
  child.stdin.on('error', () => {});
  let problem = '';
  child.stderr.on('data', (chunk: Buffer) => {
    problem += chunk.toString().slice(0, 1000);
  });
  // It ends with its input, and so with this program, however that ends.
  const end = () => child.stdin.destroy();
  const timer = AbortSignal.timeout(STARTING_MS);
  const first = await Promise.race([
    once(child.stdout, 'data', { signal: timer }).then(([chunk]) => Number(String(chunk).trim())),
    once(child, 'close').then(() => Number.NaN),
  ]).catch(() => Number.NaN);
  if (Number.isInteger(first)) return { pid: first, users: 0, end };
  end();
  throw new Error(`no loopback could be made for commands to share: ${problem.trim() || 'it did not start'}`);
}
