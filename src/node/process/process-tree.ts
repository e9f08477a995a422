import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';

/** Set in the environment of everything a command starts, so that what leaves its group is found all the same. */
export const MARK = 'ORCHESTRATE_COMMAND';

/** Ends a command's processes: the group, and on Linux also those that left it. Never throws. */
export async function signalTree(pid: number, mark: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (process.platform === 'win32') return taskkill(pid);
  const strays = await straysOf(pid, mark);
  send(-pid, signal);
  for (const stray of strays) send(stray, signal);
}

/** Whether anything of a command's group is still there, or, with its mark, anything that left the group. */
export async function treeLives(pid: number, mark?: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  return (send(-pid, 0) && (await groupRuns(pid))) || (mark !== undefined && (await straysOf(pid, mark)).length > 0);
}

/** At once and without waiting, for when this program itself ends. */
export function killGroup(pid: number): void {
  if (process.platform !== 'win32') send(-pid, 'SIGKILL');
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // Gone already, or not ours.
    return false;
  }
}

/** Windows has no signals for console programs: the tree is ended by force. */
function taskkill(pid: number): Promise<void> {
  return new Promise(resolve => {
    execFile('taskkill', ['/PID', String(pid), '/T', '/F'], { windowsHide: true }, () => resolve());
  });
}

async function straysOf(pid: number, mark: string): Promise<number[]> {
  try {
    return process.platform === 'linux' ? await markedProcesses(mark) : await descendants(pid);
  } catch {
    return [];
  }
}

/** The processes that a command started and what these started, on Linux. */
export async function markedProcesses(mark: string): Promise<number[]> {
  const sign = Buffer.from(`${MARK}=${mark}\0`);
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async name => {
      const environment = await readFile(`/proc/${name}/environ`).catch(() => undefined);
      return environment?.includes(sign) ? Number(name) : undefined;
    }),
  );
  return found.filter(one => one !== undefined && one !== process.pid) as number[];
}

/** What has ended and was not fetched by its parent yet does nothing any more. */
async function groupRuns(group: number): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const pids = (await readdir('/proc').catch(() => [])).filter(name => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async name => {
      const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
      // The name before stands in brackets and may hold anything.
      const [state, , of] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return Number(of) === group && state !== 'Z' && state !== 'X';
    }),
  );
  return found.includes(true);
}

async function descendants(root: number): Promise<number[]> {
  const table = await new Promise<string>((resolve, reject) => {
    execFile('ps', ['-A', '-o', 'pid=,ppid='], { maxBuffer: 8 * 1024 * 1024 }, (error, out) =>
      error ? reject(error) : resolve(out),
    );
  });
  const children = new Map<number, number[]>();
  for (const line of table.split('\n')) {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    if (pid === undefined || parent === undefined || Number.isNaN(pid)) continue;
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found: number[] = [];
  const open = [...(children.get(root) ?? [])];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    found.push(at);
    open.push(...(children.get(at) ?? []));
  }
  return found;
}
