/**
 * What the sandbox costs: a command in it over a bare one, taken in turns, and 1,000 files that a command changed brought
 * under review, with a journal on disk.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { claimsOf } from '../../src/core/agent/claims.ts';
import { landChanges } from '../../src/core/agent/landing.ts';
import { createChanges } from '../../src/core/changes/changes.ts';
import { openJournal } from '../../src/core/session/journal.ts';
import { systemClock } from '../../src/node/clock.ts';
import { hashOf } from '../../src/node/hash.ts';
import { newId } from '../../src/node/new-id.ts';
import { createProcesses } from '../../src/node/processes.ts';
import { NodeWorkspace } from '../../src/node/workspace.ts';
import { sessionFolder } from '../support/own-sessions.ts';
import { sandboxHere } from '../support/sandbox.ts';
import { sandboxLab } from '../support/sandbox-lab.ts';
import { inTemporaryFolder } from '../support/temporary.ts';

const ROUNDS = 40;
const FILES = 1000;
const GOAL_MS = 40;

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const timed = async (run: () => Promise<unknown>) => {
  const from = performance.now();
  await run();
  return performance.now() - from;
};

const standing = await sandboxHere();
if (!standing.holds) throw new Error(`commands cannot be held here: ${standing.why} ${standing.advice}`);
const lab = await sandboxLab({
  workspace: Object.fromEntries(Array.from({ length: FILES }, (_, i) => [`src/${i}.txt`, `line ${i}\n`])),
});
const bare = createProcesses({ root: lab.root });
const { signal } = new AbortController();
const [held, free]: [number[], number[]] = [[], []];
for (let round = 0; round < ROUNDS; round++) {
  free.push(await timed(() => bare.run({ command: 'true', timeoutMs: 10_000, outputLimit: 1000 }, signal)));
  held.push(await timed(async () => (await lab.run('true')).close([])));
}
const more = median(held.map((ms, i) => ms - (free[i] ?? 0)));
console.log(
  `a command: bare ${median(free).toFixed(1)} ms, held ${median(held).toFixed(1)} ms, ${more.toFixed(1)} ms more (goal: at most ${GOAL_MS})`,
);

await inTemporaryFolder(async folder => {
  const files = new NodeWorkspace(lab.root);
  await mkdir(join(folder, 'session'));
  const store = sessionFolder(join(folder, 'session'));
  const lock = await store.lock('terminal');
  if (!lock.ok) throw new Error('the session is somebody else’s');
  const journal = await openJournal(store, {
    clock: systemClock,
    redact: text => text,
    log: { write: () => undefined },
  });
  const changes = createChanges({ files, journal, hash: hashOf, newId });
  await changes.open();
  const run = await lab.run('for f in src/*; do echo more >> $f; done', { write: ['src/**'], seconds: 120 });
  const attention = {
    permission: async () => ({ decision: 'deny', scope: 'once' }) as const,
    question: async () => ({ answered: false, reason: 'nobody-there' }) as const,
  };
  const landing = {
    author: { agent: 'a1' },
    claims: claimsOf(['src/**']),
    changes: run.changes,
    content: ({ path }: { path: string }) => run.read(path),
    advice: '',
  };
  const ms = await timed(() =>
    landChanges({ journal, agentFiles: changes.agentFiles, files, attention }, landing, signal),
  );
  await run.close([]);
  console.log(
    `${run.changes.length} files that a command changed: ${run.outcome.ms.toFixed(0)} ms to run, ${ms.toFixed(0)} ms to bring under review`,
  );
  await journal.close();
  await store.close();
});
await lab.end();
