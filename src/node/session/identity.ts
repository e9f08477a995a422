import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import * as z from 'zod';
import { codeOf } from './errors.ts';

/** One process among all that ever ran, as far as the platform lets us tell. */
export const ProcessIdentity = z.object({
  pid: z.number().int().positive(),
  machine: z.string(),
  /** Differs after each start of the machine. */
  boot: z.string().optional(),
  /** Where the pid counts: containers have their own. */
  pidSpace: z.string().optional(),
  /** When the process started, in the platform's own terms. */
  started: z.string().optional(),
});
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

export type Life = 'alive' | 'gone' | 'unknown';

const run = promisify(execFile);
const quiet = <T>(call: Promise<T>): Promise<T | undefined> => call.catch(() => undefined);
const line = async (path: string) => (await quiet(readFile(path, 'utf8')))?.trim();

/** Clocks read by different means differ a little. */
const START_TOLERANCE_MS = 5000;

async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const stat = await line(`/proc/${pid}/stat`);
    // The name may hold spaces and brackets; the 20th field behind it is the start, in ticks since boot.
    return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  }
  if (process.platform === 'win32') {
    if (pid === process.pid) return String(Math.round(performance.timeOrigin));
    const script = `(Get-Process -Id ${pid}).StartTime.ToUniversalTime().ToString('o')`;
    const args = ['-NoProfile', '-NonInteractive', '-Command', script];
    const shown = await quiet(run('powershell.exe', args, { timeout: 10_000, windowsHide: true }));
    const at = Date.parse(shown?.stdout.trim() ?? '');
    return Number.isNaN(at) ? undefined : String(at);
  }
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const shown = await quiet(run('ps', ['-o', 'lstart=', '-p', String(pid)], { env, timeout: 10_000 }));
  return shown?.stdout.trim() || undefined;
}

function sameStart(a: string, b: string): boolean {
  return process.platform === 'win32' ? Math.abs(Number(a) - Number(b)) <= START_TOLERANCE_MS : a === b;
}

let own: Promise<ProcessIdentity> | undefined;

/** Who we are. */
export function thisProcess(): Promise<ProcessIdentity> {
  own ??= identify();
  return own;
}

async function identify(): Promise<ProcessIdentity> {
  const linux = process.platform === 'linux';
  const [id, boot, pidSpace, started] = await Promise.all([
    linux ? line('/etc/machine-id') : undefined,
    linux ? line('/proc/sys/kernel/random/boot_id') : undefined,
    linux ? quiet(readlink('/proc/self/ns/pid')) : undefined,
    startOf(process.pid),
  ]);
  return {
    pid: process.pid,
    machine: id ? `${hostname()} ${id}` : hostname(),
    ...(boot && { boot }),
    ...(pidSpace && { pidSpace }),
    ...(started && { started }),
  };
}

/** Whether a process still runs: `gone` only where that is certain. */
export async function lifeOf(other: ProcessIdentity): Promise<Life> {
  const me = await thisProcess();
  if (other.machine !== me.machine) return 'unknown';
  if (other.boot !== me.boot) return other.boot && me.boot ? 'gone' : 'unknown';
  if (other.pidSpace !== me.pidSpace) return 'unknown';
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return 'gone';
  }
  const started = other.started === undefined ? undefined : await startOf(other.pid);
  if (started === undefined || other.started === undefined) return 'unknown';
  return sameStart(started, other.started) ? 'alive' : 'gone';
}
