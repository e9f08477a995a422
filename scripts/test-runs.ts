import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import type { Counts } from '../test/support/reporter.ts';
import { root } from './host/paths.ts';

export type { Counts };

/** One process of tests. */
export interface TestRun {
  suite: string;
  name: string;
  /** What Node is to run. */
  command: string[];
  /** It is ended after that time, and has failed: a run that hangs must not keep the others from being told. */
  limitMs: number;
  /** Prints while it runs, instead of all at its end, where others print beside it. */
  live?: true;
}

export const noCounts = (): Counts => ({ passed: 0, failed: 0, skipped: 0, failures: [], again: [] });

export function sumOf(all: readonly Counts[]): Counts {
  const sum = noCounts();
  for (const part of all) {
    for (const key of ['passed', 'failed', 'skipped'] as const) sum[key] += part[key];
    sum.failures.push(...part.failures);
    sum.again.push(...part.again);
  }
  return sum;
}

export async function runTests({ name, command, limitMs, live }: TestRun): Promise<Counts> {
  const file = join(tmpdir(), `orchestrate-counts-${process.pid}-${name.replaceAll(/\W/g, '-')}`);
  const env = { ...process.env, ORCHESTRATE_TEST_COUNTS: file };
  const own = process.platform !== 'win32';
  const out = live ? 'inherit' : 'pipe';
  const child = spawn(process.execPath, command, { cwd: root, env, stdio: ['ignore', out, out], detached: own });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => said.push(chunk));
  const endAll = () => {
    // With everything that it started: servers, browsers, programs.
    try {
      if (child.pid !== undefined) own ? process.kill(-child.pid, 'SIGKILL') : child.kill('SIGKILL');
    } catch {
      // Nothing of it is left.
    }
  };
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    endAll();
  }, limitMs);
  const stopped = () => {
    endAll();
    process.exit(130);
  };
  process.once('SIGINT', stopped).once('SIGTERM', stopped);
  const closed = once(child, 'close');
  const [code] = await once(child, 'exit');
  endAll();
  await Promise.race([closed, setTimeoutPromise(2000)]);
  clearTimeout(timer);
  process.off('SIGINT', stopped).off('SIGTERM', stopped);
  process.stdout.write(Buffer.concat(said));
  const counts = read(file);
  rmSync(file, { force: true });
  // A run that dies before or beside its tests counts as one failure.
  if (late) counts.failures.push(`${name} was not done after ${limitMs / 60_000} minutes`);
  else if (code !== 0 && counts.failed === 0) counts.failures.push(`${name} ended with code ${code}`);
  counts.failed = Math.max(counts.failed, counts.failures.length);
  return counts;
}

function read(file: string): Counts {
  try {
    return sumOf(
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as Counts),
    );
  } catch {
    // No counts: the run never came to its end.
    return noCounts();
  }
}

/** So many of them at once, begun in their order. */
export async function inTurns<T>(atOnce: number, all: readonly T[], each: (one: T) => Promise<void>): Promise<void> {
  const left = [...all];
  const worker = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await each(next);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
