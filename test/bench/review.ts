import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createChanges } from '../../src/core/changes/changes.ts';
import { lineDiff } from '../../src/core/changes/diff.ts';
import { agentWrote } from '../../src/core/changes/edit.ts';
import { hunkMap } from '../../src/core/changes/hunks.ts';
import { weaveOf } from '../../src/core/changes/weave.ts';
import { openJournal } from '../../src/core/session/journal.ts';
import { systemClock } from '../../src/node/clock.ts';
import { createSession } from '../../src/node/session/sessions.ts';
import { sweepBlobs } from '../../src/node/session/sweep.ts';
import { NodeWorkspace } from '../../src/node/workspace.ts';
import { memoryJournal } from '../support/memory-journal.ts';
import { MemoryWorkspace, sha256 } from '../support/memory-workspace.ts';
import { sessionsIn } from '../support/own-sessions.ts';

/** The same numbers every time. */
const random = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};
const next = random(7);
const pick = (count: number) => Math.floor(next() * count);
const words =
  'const let return if else for while await async export type value index result error name path line'.split(' ');
const line = () => {
  const kind = next();
  if (kind < 0.1) return '\n';
  if (kind < 0.2) return '}\n';
  return `${'  '.repeat(pick(4))}${Array.from({ length: 3 + pick(8) }, () => words[pick(words.length)]).join(' ')};\n`;
};
const file = (lines: number) => Array.from({ length: lines }, line);
const changed = (lines: readonly string[], changes: number) => {
  const result = [...lines];
  for (let i = 0; i < changes; i++) {
    const at = pick(result.length);
    const kind = next();
    if (kind < 0.4) result.splice(at, 1, line());
    else if (kind < 0.7) result.splice(at, 0, line(), line());
    else if (kind < 0.9) result.splice(at, 2);
    else result.splice(at, 3, line(), line());
  }
  return result;
};

/** Prints median, 99th percentile and worst of many runs, in ms. */
const measured = async (what: string, runs: number, run: (index: number) => unknown) => {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await run(i);
    times.push(performance.now() - start);
  }
  const [first] = times;
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    (times[Math.min(times.length - 1, Math.floor(share * times.length))] as number).toFixed(2);
  console.log(
    `${what}: median ${at(0.5)} ms, 99 % ${at(0.99)} ms, worst ${at(1)} ms, first ${first?.toFixed(2)} ms (${runs} runs)`,
  );
};

/** The longest time for which nothing else could run meanwhile. */
const longestBlock = async (run: () => Promise<unknown>) => {
  let longest = 0;
  let last = performance.now();
  let running = true;
  const tick = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (running) setImmediate(tick);
  };
  setImmediate(tick);
  const start = performance.now();
  await run();
  const took = performance.now() - start;
  await new Promise(resolve => setImmediate(resolve));
  running = false;
  return `${took.toFixed(0)} ms, longest block ${longest.toFixed(1)} ms`;
};

const author = { agent: 'ada', task: 'ui', model: 'anthropic/opus' };
let ids = 0;
const newId = (prefix: string) => `${prefix}-${++ids}`;
const over = (workspace: MemoryWorkspace, journal = memoryJournal()) => ({
  journal,
  changes: createChanges({ files: workspace, journal, hash: sha256, newId }),
});

const base = file(20_000);
const now = changed(base, 500);
await measured('line diff, 20,000 lines, 500 changes', 40, () => lineDiff(base, now));
await measured('diff, authorship and hunks, 20,000 lines, 500 changes', 40, () => {
  const { hunks } = hunkMap(agentWrote(weaveOf(base), now, author));
  if (hunks.length < 300) throw new Error('too few hunks');
});
await measured('line diff, 20,000 lines, all different', 5, () => lineDiff(base, file(20_000)));

{
  const lines = file(5_000);
  const workspace = new MemoryWorkspace({ 'a.ts': lines.join('') });
  const { changes } = over(workspace);
  const after = changed(lines, 210);
  await changes.agentFiles.write({ path: 'a.ts', content: after.join(''), author, seen: sha256(lines.join('')) });
  const hunks = changes.peek('a.ts')?.hunks.length;
  await measured(`a keystroke in a file of 5,000 lines with ${hunks} pending hunks, hunks drawn again`, 500, index => {
    const at = 10 + (index % 4_000);
    changes.typed('a.ts', { from: at, removed: 1, lines: [`typed ${index}\n`] });
    changes.peek('a.ts');
  });
}

{
  const files = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`src/f${i}.ts`, file(300).join('')]));
  const workspace = new MemoryWorkspace(files);
  const { changes, journal } = over(workspace);
  const writing = async () => {
    for (const [path, text] of Object.entries(files)) {
      const content = changed(text.match(/.*\n/g) ?? [], 5).join('');
      await changes.agentFiles.write({ path, content, author, seen: sha256(text) });
    }
  };
  console.log(`1,000 files of 300 lines written as agents do: ${await longestBlock(writing)}`);
  const again = over(
    workspace,
    memoryJournal(() => 0, journal.events),
  );
  for (const [hash, bytes] of journal.blobs) again.journal.blobs.set(hash, bytes);
  console.log(`a session with 1,000 pending files opened: ${await longestBlock(() => again.changes.open())}`);
  const hunks = again.changes.pendingFiles().reduce((sum, one) => sum + one.hunks, 0);
  await measured(`list of 1,000 pending files with ${hunks} hunks`, 20, () => again.changes.pendingFiles());
  console.log(`1,000 files accepted: ${await longestBlock(() => again.changes.accept({}, again.changes.views()))}`);
  if (again.changes.pendingFiles().length > 0) throw new Error('not all accepted');
}

{
  const folder = await mkdtemp(join(tmpdir(), 'orchestrate-bench-'));
  const { store } = await createSession(sessionsIn(folder));
  if (!(await store.lock('terminal')).ok) throw new Error('the new session has an owner');
  const log = { write: () => undefined };
  const journal = await openJournal(store, { clock: systemClock, redact: text => text, log });
  const changes = createChanges({ files: new NodeWorkspace(folder), journal, hash: sha256, newId });
  const writing = async () => {
    for (let i = 0; i < 1_000; i++) {
      const content = file(60).join('');
      await changes.agentFiles.write({ path: `src/f${i}.ts`, content, author, seen: null });
    }
  };
  console.log(`1,000 files of 60 lines written as agents do, on disk: ${await longestBlock(writing)}`);
  console.log(`half of them rejected, on disk: ${await longestBlock(() => changes.reject({}, half(changes.views())))}`);
  console.log(`the other half accepted, on disk: ${await longestBlock(() => changes.accept({}, changes.views()))}`);
  if (changes.pendingFiles().length > 0) throw new Error('not all decided');
  await journal.close();
  console.log(`stored contents cleaned: ${await longestBlock(() => sweepBlobs(store))}`);
  await store.close();
  await rm(folder, { recursive: true, force: true });
}

function half(views: Map<string, string>) {
  return new Map([...views].filter((_, index) => index % 2 === 0));
}
