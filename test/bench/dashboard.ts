/**
 * `npm run bench -- dashboard [SECONDS]`: 200 agents at work on 1,000 tasks, 10,000 token deltas a second, in a real VS
 * Code: what the page is told, how long it and the host are held, and what memory does (a leak grows from part to part;
 * what has a bound, as the end of what each agent said, stands still once it is full); then the same while it is hidden.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Frame } from 'playwright-core';
import { root } from '../../scripts/host/paths.ts';
import type { HostFigures } from '../support/dashboard/bench-extension.ts';
import { buildStage } from '../support/dashboard/build.ts';
import { Workbench } from '../support/host/workbench.ts';

const seconds = Number(process.argv[2] ?? 60);
/** How long the page's tasks are traced, while all agents stream. */
const TRACED_MS = 5000;

interface PageFigures {
  messages: number;
  longestHandlerMs: number;
  longestTaskMs: number;
  tasksOver50Ms: number;
  frames: number;
  dropped: number;
  heapMb: number;
}

/** Begins to count in the page: its listener begins by reading the message, and ours is called after it. */
const count = `(() => {
  const figures = { messages: 0, longestHandlerMs: 0, longestTaskMs: 0, tasksOver50Ms: 0, frames: 0, dropped: 0 };
  window.figures = figures;
  let began = 0;
  const data = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data').get;
  Object.defineProperty(MessageEvent.prototype, 'data', {
    get() {
      began = performance.now();
      return data.call(this);
    },
  });
  window.addEventListener('message', () => {
    figures.messages++;
    figures.longestHandlerMs = Math.max(figures.longestHandlerMs, performance.now() - began);
  });
  new PerformanceObserver(list => {
    for (const { duration } of list.getEntries()) {
      figures.tasksOver50Ms++;
      figures.longestTaskMs = Math.max(figures.longestTaskMs, duration);
    }
  }).observe({ type: 'longtask' });
  let last;
  const frame = at => {
    if (last !== undefined) {
      figures.frames++;
      figures.dropped += Math.max(0, Math.round((at - last) / (1000 / 60)) - 1);
    }
    last = at;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})()`;

/** What the page's heap holds after a collection. */
async function heap(workbench: Workbench, frame: Frame): Promise<number> {
  const context = workbench.page.context();
  // A page of another process has a session of its own.
  const session = await context.newCDPSession(frame).catch(() => context.newCDPSession(workbench.page));
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 2 ** 20;
}

interface TraceEvent {
  name: string;
  /** Microseconds of the processor. */
  tdur?: number;
  pid: number;
  tid: number;
}

/** The longest task, by the processor's time, of the thread that the page shares with the workbench; traced meanwhile. */
async function longestTask({ page }: Workbench): Promise<number> {
  const browser = page.context().browser();
  if (!browser) throw new Error('the page has no browser');
  await browser.startTracing(page, { categories: ['toplevel'] });
  await page.waitForTimeout(TRACED_MS);
  const { traceEvents } = JSON.parse(String(await browser.stopTracing())) as { traceEvents: TraceEvent[] };
  // Only main threads have the number of their process.
  const tasks = traceEvents.filter(({ name, pid, tid }) => name.endsWith('RunTask') && pid === tid);
  return tasks.reduce((longest, { tdur = 0 }) => Math.max(longest, tdur / 1000), 0);
}

async function told(result: string): Promise<HostFigures> {
  for (;;) {
    const text = await readFile(result, 'utf8').catch(() => '');
    if (text) {
      await rm(result);
      return JSON.parse(text);
    }
    await new Promise(resolve => setTimeout(resolve, 500));
  }
}

async function measure(workbench: Workbench, result: string) {
  while ((await workbench.offered('Stage: Open Dashboard')).length === 0) await workbench.page.waitForTimeout(300);
  await workbench.run('Stage: Open Dashboard');
  const frame = await workbench.dashboard();
  await frame.getByText('Something large').waitFor();
  await frame.getByText('Task number 0').waitFor();
  await frame.evaluate(count);
  const before = await heap(workbench, frame);
  await workbench.run('Stage: seen');
  const longestTaskCpuMs = await longestTask(workbench);
  const host = await told(result);
  const page = { ...(await frame.evaluate<PageFigures>('window.figures')), longestTaskCpuMs };
  page.heapMb = await heap(workbench, frame);
  await workbench.run('File: New Untitled Text File');
  await workbench.run('Stage: hidden');
  return { host, page, before, hidden: await told(result) };
}

await promisify(execFile)(process.execPath, [join(root, 'scripts', 'build.ts'), '--production'], { cwd: root });
const extension = await buildStage('bench-extension', ['seen', 'hidden']);
const scratch = await mkdtemp(join(tmpdir(), 'orchestrate-bench-'));
const result = join(scratch, 'result.json');
const env = { ORCHESTRATE_BENCH_RESULT: result, ORCHESTRATE_BENCH_SECONDS: String(seconds) };
try {
  await using workbench = await Workbench.open({ extension, env, size: { width: 1400, height: 1000 } });
  const { host, page, before, hidden } = await measure(workbench, result);
  const say = (what: string, figure: string) => console.log(`${what.padEnd(34)}${figure}`);
  const mb = (value: number) => `${value.toFixed(1)} MB`;
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  say('deltas a second', (host.deltas / host.seconds).toFixed(0));
  say('journal events a second', (host.events / host.seconds).toFixed(0));
  say('messages a second', (host.messages / host.seconds).toFixed(1));
  say('size of a message', `${(host.bytes / host.messages / 1024).toFixed(1)} KB`);
  say('host: longest handler', `${ms(host.longestHandlerMs)}, ${ms(host.longestHandlerCpuMs)} of the processor`);
  say('host: loop late', `p99 ${ms(host.loopMs.p99)}, at most ${ms(host.loopMs.max)} (the load included)`);
  say('host: heap in the course of it', `${host.heapMb.map(value => value.toFixed(1)).join(', ')} MB`);
  say('page: longest handler', ms(page.longestHandlerMs));
  say('page: tasks over 50 ms', `${page.tasksOver50Ms}, the longest ${ms(page.longestTaskMs)}`);
  say(
    'page: longest task, processor',
    `${ms(page.longestTaskCpuMs)} (${TRACED_MS / 1000} s traced, the workbench included)`,
  );
  say('page: frames', `${page.frames} drawn, ${page.dropped} dropped`);
  say('page: heap', `${mb(before)} to ${mb(page.heapMb)}`);
  say('hidden: messages a second', (hidden.messages / hidden.seconds).toFixed(2));
  say('hidden: longest handler', ms(hidden.longestHandlerMs));
} finally {
  await rm(scratch, { recursive: true, force: true });
}
