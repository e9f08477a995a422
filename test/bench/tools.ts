/**
 * What agents' tools cost on large workspaces: searching and listing 50,000 files beside ripgrep, reading a file of 100,000
 * lines and an output of 100 MB beside cat, each taken in turns, with the memory that is used on top.
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SearchQuery } from '../../src/core/ports.ts';
import { createProcesses } from '../../src/node/processes.ts';
import { findRipgrep } from '../../src/node/ripgrep.ts';
import { NodeWorkspace } from '../../src/node/workspace.ts';
import { AgentWorld } from '../support/agent-world.ts';
import { call, calls } from '../support/scripted-router.ts';
import { inTemporaryFolder } from '../support/temporary.ts';

const FOLDERS = 500;
const EACH = 100;
const LINES = 100_000;
const OUTPUT_MB = 100;
const ROUNDS = 3;

const run = promisify(execFile);
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const timed = async (work: () => Promise<unknown>) => {
  const from = performance.now();
  await work();
  return performance.now() - from;
};

/** Both in turns; the memory is the most that was used on top of what there was before. */
async function beside(name: string, other: string, ours: () => Promise<unknown>, theirs: () => Promise<unknown>) {
  const [mine, its]: [number[], number[]] = [[], []];
  await ours();
  await theirs();
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 5);
  for (let round = 0; round < ROUNDS; round++) {
    mine.push(await timed(ours));
    its.push(await timed(theirs));
  }
  clearInterval(watch);
  const [a, b] = [median(mine), median(its)];
  const memory = ((Math.max(peak, process.memoryUsage.rss()) - before) / 1e6).toFixed(0);
  console.log(
    `${name}: ${a.toFixed(0)} ms, ${other} ${b.toFixed(0)} ms: ${(a / b).toFixed(1)} times, ${memory} MB on top`,
  );
}

const ripgrep = await findRipgrep();
if (!ripgrep) throw new Error('ripgrep is not installed, and there is nothing to compare with.');

await inTemporaryFolder(async folder => {
  const text = Array.from({ length: 20 }, (_, i) => `export const value${i} = compute(${i}, 'some words');`).join('\n');
  for (let at = 0; at < FOLDERS; at++) {
    const path = join(folder, `src/part${at % 20}/f${at}`);
    await mkdir(path, { recursive: true });
    const mark = at % 50 === 0 ? '\nneedle(42);\n' : '\n';
    await Promise.all(Array.from({ length: EACH }, (_, i) => writeFile(join(path, `m${i}.ts`), text + mark)));
  }
  await writeFile(join(folder, 'long.txt'), Array.from({ length: LINES }, (_, i) => `line ${i} of it`).join('\n'));
  const withIt = new NodeWorkspace(folder, { ripgrep });
  const without = new NodeWorkspace(folder);
  const rg = (...args: string[]) => run(ripgrep, args, { cwd: folder, maxBuffer: 1e9 }).catch(() => undefined);

  const queries: [string, SearchQuery, string[]][] = [
    ['a rare expression', { pattern: 'needle\\(\\d+\\)', regex: true, limit: 2000 }, ['needle\\(\\d+\\)']],
    ['nothing', { pattern: 'nowhere at all', limit: 200 }, ['-F', 'nowhere at all']],
    ['what stands everywhere', { pattern: 'value7 =', limit: 200 }, ['-F', 'value7 =']],
  ];
  for (const [name, query, args] of queries) {
    await beside(
      `search ${name}, with ripgrep’s help`,
      'ripgrep',
      () => withIt.search(query),
      () => rg('-i', '-n', ...args, '.'),
    );
    await beside(
      `search ${name}, without`,
      'ripgrep',
      () => without.search(query),
      () => rg('-i', '-n', ...args, '.'),
    );
  }
  const list = () => without.list({ limit: 150 }).then(() => without.folders({}));
  await beside('list 50,000 files as a tree', 'ripgrep --files', list, () => rg('--files'));

  const read = async () => {
    const finish = calls(call('finish_task', { summary: 'done' }));
    const world = new AgentWorld([calls(call('read_file', { path: 'long.txt', from: 50_000 })), finish]);
    world.host.agentFiles = {
      ...world.host.agentFiles,
      read: async path => {
        const found = await without.read(path);
        return found && { ...found, text: new TextDecoder().decode(found.bytes) };
      },
    };
    world.host.files = without;
    await world.run();
    if (!world.told(1).startsWith('long.txt: lines 50000 to 51999 of 100000.'))
      throw new Error(world.told(1).slice(0, 300));
  };
  await beside('read a page of 100,000 lines', 'cat', read, () =>
    run('cat', [join(folder, 'long.txt')], { maxBuffer: 1e9 }),
  );

  const processes = createProcesses({ root: folder });
  const flood = `head -c ${OUTPUT_MB}000000 /dev/zero | tr '\\0' x`;
  const { signal } = new AbortController();
  const take = () => processes.run({ command: flood, timeoutMs: 120_000, outputLimit: 30_000 }, signal);
  await beside(`take ${OUTPUT_MB} MB of output`, 'cat', take, () =>
    run('/bin/sh', ['-c', `${flood} | cat > /dev/null`]),
  );
});
