import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Redactor } from '../../src/core/redact/redactor.ts';
import { openJournal } from '../../src/core/session/journal.ts';
import { renderLog } from '../../src/core/session/log/render.ts';
import { Timeline } from '../../src/core/session/log/timeline.ts';
import { initialState, reduce } from '../../src/core/session/reduce.ts';
import { buildReport } from '../../src/core/session/report/build.ts';
import { renderReport } from '../../src/core/session/report/render.ts';
import { systemClock } from '../../src/node/clock.ts';
import type { SessionFolder } from '../../src/node/session/session-folder.ts';
import { longSession } from '../support/long-session.ts';
import { sessionFolder } from '../support/own-sessions.ts';
import { inTemporaryFolder } from '../support/temporary.ts';

const redactor = new Redactor('not-a-key-but-registered', 'another-registered-value');
const options = { clock: systemClock, redact: (text: string) => redactor.text(text), log: { write: () => {} } };
const ms = (from: number) => `${(performance.now() - from).toFixed(0)} ms`;

/** The longest time for which nothing else could run meanwhile. */
async function longestBlock(run: () => Promise<unknown>): Promise<string> {
  let longest = 0;
  let last = performance.now();
  const beat = setInterval(() => {
    longest = Math.max(longest, performance.now() - last - 1);
    last = performance.now();
  }, 1);
  await run();
  clearInterval(beat);
  return `${longest.toFixed(1)} ms`;
}

type Open = (folder: string) => SessionFolder;

/** As it is, and as it would be if nothing were sealed. */
const stores = {
  sealed: sessionFolder,
  unsealed: (folder: string) => Object.assign(sessionFolder(folder), { chain: async () => undefined }),
} satisfies Record<string, Open>;
type Kind = keyof typeof stores;

async function owned(folder: string, open: Open = stores.sealed) {
  const store = open(folder);
  await store.lock('terminal');
  return store;
}

/** Milliseconds that the processor was busy with us. */
function processorTime(): () => number {
  const from = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1000;
  };
}

/** Processor time for appending so many events, and for reading them again. */
async function appendAndResume(
  kind: Kind,
  length: number,
): Promise<{ append: number; resume: number; said: string[] }> {
  return inTemporaryFolder(async folder => {
    const store = await owned(folder, stores[kind]);
    const journal = await openJournal(store, options);
    const from = performance.now();
    const appending = processorTime();
    let made = 0;
    for (const event of longSession(length)) {
      journal.append(event);
      // As in a real session, other things happen in between.
      if (++made % 500 === 0) await new Promise(resolve => setImmediate(resolve));
    }
    await journal.flush();
    const took = performance.now() - from;
    const append = appending();
    const { size } = await stat(join(folder, 'events.jsonl'));
    await store.close();
    const again = await owned(folder, stores[kind]);
    const start = performance.now();
    const resuming = processorTime();
    let resume = 0;
    let resumed = '';
    const blocked = await longestBlock(async () => {
      await openJournal(again, options);
      resume = resuming();
      resumed = ms(start);
    });
    await again.close();
    return {
      append,
      resume,
      said: [
        `append ${length} events: ${took.toFixed(0)} ms, ${((1000 * took) / length).toFixed(1)} µs an event, ${(size / 1e6).toFixed(1)} MB`,
        `resume of ${length} events: ${resumed}, longest block ${blocked}`,
      ],
    };
  });
}

/** Milliseconds until so many commits at once are on disk. */
async function commits(kind: Kind, together: number, rounds: number): Promise<number> {
  return inTemporaryFolder(async folder => {
    const store = await owned(folder, stores[kind]);
    const journal = await openJournal(store, options);
    const from = performance.now();
    for (let round = 0; round < rounds; round++)
      await Promise.all(
        Array.from({ length: together }, (_, i) =>
          journal.commit({ type: 'notice', level: 'info', text: `intent ${i}` }),
        ),
      );
    const took = performance.now() - from;
    await store.close();
    return took / rounds;
  });
}

/** What the seal costs: the best of runs that take turns, since what else a machine does only ever adds. */
async function sealedToUnsealed<T extends string>(
  rounds: number,
  measure: (kind: Kind) => Promise<Record<T, number>>,
): Promise<Record<T, string>> {
  const seen: Record<Kind, Record<T, number>[]> = { sealed: [], unsealed: [] };
  for (let round = 0; round < rounds; round++)
    for (const kind of round % 2 === 0 ? (['sealed', 'unsealed'] as const) : (['unsealed', 'sealed'] as const))
      seen[kind].push(await measure(kind));
  const best = (kind: Kind, key: T) => Math.min(...seen[kind].map(each => each[key]));
  const keys = Object.keys(seen.sealed[0] as object) as T[];
  return Object.fromEntries(
    keys.map(key => {
      const [sealed, unsealed] = [best('sealed', key), best('unsealed', key)];
      const more = 100 * (sealed / unsealed - 1);
      return [key, `${sealed.toFixed(2)} to ${unsealed.toFixed(2)} ms, ${more < 0 ? '' : '+'}${more.toFixed(1)} %`];
    }),
  ) as Record<T, string>;
}

for (const length of [10_000, 100_000])
  for (const line of (await appendAndResume('sealed', length)).said) console.log(line);

const LENGTH = 50_000;
const costs = await sealedToUnsealed(9, async kind => {
  const { append, resume } = await appendAndResume(kind, LENGTH);
  return { append, resume, both: append + resume };
});
for (const [what, cost] of Object.entries(costs))
  console.log(`sealed to unsealed, ${what} of ${LENGTH} events, processor time: ${cost}`);
for (const together of [1, 100]) {
  const { took } = await sealedToUnsealed(25, async kind => ({ took: await commits(kind, together, 100) }));
  console.log(`sealed to unsealed, ${together} ${together === 1 ? 'commit' : 'commits at once'}: ${took}`);
}

{
  const state = initialState();
  const timeline = new Timeline();
  let seq = 0;
  for (const event of longSession(184_000)) {
    const dated = { v: 1, seq: ++seq, at: seq * 10, ...event };
    reduce(state, dated);
    timeline.apply(dated, state);
  }
  const rendered = (what: string, render: () => string) => {
    const from = performance.now();
    const text = render();
    console.log(
      `${what} of ${state.agents.size} agents: ${ms(from)}, ${(text.length / 1e3).toFixed(0)} thousand characters`,
    );
  };
  for (let i = 0; i < 3; i++) rendered('log.md', () => renderLog(state, timeline));
  rendered('report.md', () => renderReport(buildReport(state)));
}

for (const together of [1, 10, 100, 1000])
  console.log(
    `${together} commits at once: ${(await commits('sealed', together, 20)).toFixed(2)} ms until all are on disk`,
  );
