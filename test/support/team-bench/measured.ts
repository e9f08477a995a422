import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Task } from './task.ts';

export interface Measured {
  wallMs: number;
  cpuMs: number;
  /** The most memory the process ever had, in bytes. */
  peak: number;
  /** The longest time for which nothing else could run. */
  blockedMs: number;
}

export async function measured(run: () => Promise<unknown>): Promise<Measured> {
  globalThis.gc?.();
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  await run();
  const { user, system } = process.cpuUsage(cpu);
  delays.disable();
  return {
    wallMs: performance.now() - wall,
    cpuMs: (user + system) / 1000,
    peak: process.resourceUsage().maxRSS * 1024,
    blockedMs: delays.max / 1e6,
  };
}

/** Takes the task a parent sends, and sends back what came of it. */
export function work<T>(run: (task: Task) => Promise<T>): void {
  process.once('message', task => {
    void run(task as Task).then(result => {
      process.send?.(result as object, () => process.disconnect());
    });
  });
}
