import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Redactor } from '../../src/core/redact.ts';
import { openJournal } from '../../src/core/session/journal.ts';
import { renderLog } from '../../src/core/session/log/render.ts';
import { Timeline } from '../../src/core/session/log/timeline.ts';
import { initialState, reduce } from '../../src/core/session/reduce.ts';
import { buildReport } from '../../src/core/session/report/build.ts';
import { renderReport } from '../../src/core/session/report/render.ts';
import { systemClock } from '../../src/node/clock.ts';
import { SessionFolder } from '../../src/node/session/session-folder.ts';
import { longSession } from '../support/long-session.ts';
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

async function owned(folder: string) {
  const store = new SessionFolder(folder, systemClock);
  await store.lock('terminal');
  return store;
}

for (const length of [10_000, 100_000]) {
  await inTemporaryFolder(async folder => {
    const store = await owned(folder);
    const journal = await openJournal(store, options);
    const from = performance.now();
    let made = 0;
    for (const event of longSession(length)) {
      journal.append(event);
      // As in a real session, other things happen in between.
      if (++made % 500 === 0) await new Promise(resolve => setImmediate(resolve));
    }
    await journal.flush();
    const took = performance.now() - from;
    const { size } = await stat(join(folder, 'events.jsonl'));
    console.log(
      `append ${length} events: ${took.toFixed(0)} ms, ${((1000 * took) / length).toFixed(1)} µs an event, ${(size / 1e6).toFixed(1)} MB`,
    );
    await store.close();
    for (const time of ['first', 'second']) {
      const again = await owned(folder);
      const start = performance.now();
      let blocked = '';
      let resumed = '';
      blocked = await longestBlock(async () => {
        await openJournal(again, options);
        resumed = ms(start);
      });
      console.log(`resume of ${length} events, ${time} time: ${resumed}, longest block ${blocked}`);
      await again.close();
    }
  });
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

await inTemporaryFolder(async folder => {
  const store = await owned(folder);
  const journal = await openJournal(store, options);
  for (const together of [1, 10, 100, 1000]) {
    const rounds = 20;
    const from = performance.now();
    for (let round = 0; round < rounds; round++) {
      const commits = Array.from({ length: together }, (_, i) =>
        journal.commit({ type: 'notice', level: 'info', text: `intent ${i}` }),
      );
      await Promise.all(commits);
    }
    console.log(
      `${together} commits at once: ${((performance.now() - from) / rounds).toFixed(2)} ms until all are on disk`,
    );
  }
  await store.close();
});
