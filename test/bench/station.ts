/**
 * What a standing team costs over the work itself: 1,000 items through 20 members, all of them in the queue from the
 * beginning, with the journal on disk and sealed. Each piece of work takes a fixed time and does nothing; the floor is the same
 * work through 20 workers that take it from a list. Times from a free member to the next start are those of a team that has work for
 * everybody. Memory is what is in use after a collection, by hundreds of items.
 *
 * `--items 1000`, `--members 20`, `--ms 20` change what is measured.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEvents } from '../../src/core/session/journal.ts';
import type { OpenRun, RunEnd, RunRequest, Runs, StationState } from '../../src/core/station/contract.ts';
import { stationKind } from '../../src/core/station/reduce.ts';
import { Station } from '../../src/core/station/station.ts';
import { systemClock } from '../../src/node/clock.ts';
import { hashOf } from '../../src/node/hash.ts';
import { sealSecret } from '../../src/node/session/secret.ts';
import { makeStationFolder, stationFolder } from '../../src/node/session/station-folder.ts';
import type { StationEvent } from '../../src/protocol/station.ts';
import { inTemporaryFolder } from '../support/temporary.ts';

const { values } = parseArgs({
  options: {
    items: { type: 'string', default: '1000' },
    members: { type: 'string', default: '20' },
    ms: { type: 'string', default: '20' },
  },
});
const [items, members, ms] = [Number(values.items), Number(values.members), Number(values.ms)];

/** How late timers are tells what else the machine is at. */
const lateness: number[] = [];
const work = () => {
  const began = performance.now();
  return new Promise<void>(resolve =>
    setTimeout(() => {
      lateness.push(performance.now() - began - ms);
      resolve();
    }, ms),
  );
};

/** Work that only takes its time. */
class IdleRuns implements Runs {
  readonly gaps: number[] = [];
  readonly #freeSince = new Map<string, number>();

  alone(): boolean {
    return false;
  }

  async open({ members: [member] }: RunRequest): Promise<{ ok: true; run: OpenRun }> {
    const name = member?.name ?? '';
    const since = this.#freeSince.get(name);
    if (since !== undefined) this.gaps.push(performance.now() - since);
    const done = work().then((): RunEnd => {
      this.#freeSince.set(name, performance.now());
      return { outcome: 'completed', reason: 'done', ms, cost: 1_000_000, tokens: 1000 };
    });
    const run: OpenRun = {
      done,
      pulse: () => ({ lastAt: Date.now(), asks: [], local: false }),
      changed: () => new Map(),
      watch: () => ({ dispose() {} }),
      stop() {},
      abort() {},
      setAside() {},
    };
    return { ok: true, run };
  }
}

const quantile = (all: readonly number[], share: number) =>
  all.toSorted((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * share))] ?? Number.NaN;

async function costOf(run: () => Promise<unknown>): Promise<{ cpu: number; wall: number }> {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  await run();
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / 1000, wall: performance.now() - wall };
}

const heap = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
};

await inTemporaryFolder(async folder => {
  const sessions = { workspace: folder, clock: systemClock, secret: sealSecret(join(folder, 'home')) };
  const store = stationFolder(sessions);
  await makeStationFolder(sessions);
  const taken = await store.lock('terminal');
  if (!taken.ok) throw new Error('somebody else owns the folder');
  const log = { write() {} };
  const journal = await openEvents<StationState, StationEvent>(store, stationKind, {
    clock: systemClock,
    log,
    redact: text => text,
  });
  const runs = new IdleRuns();
  let sessionsBegun = 0;
  const station = new Station({
    journal,
    clock: systemClock,
    log,
    runs,
    newSession: () => `s${++sessionsBegun}`,
    hashOf,
  });
  for (let i = 0; i < items; i++)
    station.handle({ kind: 'queue-add', text: `Piece of work ${i}`, priority: i % 8 }, `add-${i}`);

  const floor = await costOf(async () => {
    let left = items;
    const worker = async () => {
      while (left-- > 0) await work();
    };
    await Promise.all(Array.from({ length: members }, worker));
  });
  const late = quantile(lateness, 0.5);

  const memory: number[] = [heap()];
  let [ended, pausedCpu, pausedWall] = [0, 0, 0];
  const over = Promise.withResolvers<void>();
  journal.subscribe(event => {
    if (event.type !== 'run-ended') return;
    ended++;
    if (ended % 100 === 0) {
      // Looking is not the team's own cost.
      const [wall, cpu] = [performance.now(), process.cpuUsage()];
      memory.push(heap());
      const { user, system } = process.cpuUsage(cpu);
      pausedCpu += (user + system) / 1000;
      pausedWall += performance.now() - wall;
    }
    if (ended === items) over.resolve();
  });
  const team = await costOf(async () => {
    station.start({
      pid: process.pid,
      host: 'terminal',
      version: '0',
      members: Array.from({ length: members }, (_, i) => ({ name: `m${i}`, role: 'implementer' })),
    });
    await over.promise;
    await station.stop('all is done');
    await journal.flush();
  });
  const size = journal.size;
  await journal.close();
  await store.close();

  const cpu = (team.cpu - pausedCpu - floor.cpu) / items;
  const wall = (team.wall - pausedWall) / floor.wall;
  console.log(`${items} items of ${ms} ms through ${members} members`);
  console.log(`  overhead for each item: ${cpu.toFixed(2)} ms of processor`);
  console.log(`  all of it took ${wall.toFixed(2)} times as long as the same work taken from a list`);
  console.log(
    `  from a free member to the next start: ${quantile(runs.gaps, 0.5).toFixed(1)} ms half of the time, ${quantile(runs.gaps, 0.95).toFixed(1)} ms at 95 % (timers were ${late.toFixed(1)} ms late)`,
  );
  console.log(`  memory after each hundred: ${memory.map(mb => mb.toFixed(1)).join(', ')} MB`);
  console.log(`  journal: ${(size / items).toFixed(0)} bytes for each item`);
});
