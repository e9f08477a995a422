import type { ChildProcess } from 'node:child_process';
import { killGroup } from './process-tree.ts';

const live = new Set<ChildProcess>();

/** When this program ends, what it started ends with it. */
export function endsWithUs(child: ChildProcess): void {
  if (live.size === 0 && !process.listeners('exit').includes(endAll)) process.once('exit', endAll);
  live.add(child);
}

/** It is gone: its number may be another's by now. */
export function isGone(child: ChildProcess): void {
  live.delete(child);
}

function endAll(): void {
  for (const { pid } of live) if (pid !== undefined) killGroup(pid);
}
