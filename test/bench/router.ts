/**
 * What our layer costs over the same streams read by hand and by the vendors' bare SDKs: CPU of this process for each
 * stream and time to the first token, for 1, 16 and 256 streams at once; then the time from a fault to the first token
 * of the next model. Servers run in a process of their own.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Provider } from '../../src/core/routing/contract.ts';
import { openJournal } from '../../src/core/session/journal.ts';
import { systemClock } from '../../src/node/clock.ts';
import type { Vendor } from '../../src/rehearsal/wire/types.ts';
import { bareSdks, floor, type Read } from '../support/bare-clients.ts';
import { liveRouter } from '../support/live-router.ts';
import { sessionFolder } from '../support/own-sessions.ts';
import { models, providerOf, requestOf } from '../support/providers.ts';
import type { Listening } from '../support/replay-server.ts';
import { inTemporaryFolder } from '../support/temporary.ts';

const EVENTS = 200;
const ROUNDS = 7;
const compared: Exclude<Vendor, 'ollama'>[] = ['anthropic', 'openai', 'openai-compatible', 'google'];
const price = { input: 1, output: 1 };

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

type Rounds = Record<string, { cpu: number[]; first: number[] }>;

function paired(
  rounds: Rounds,
  name: string,
  other: string,
  what: 'cpu' | 'first',
  compared: (mine: number, its: number) => number,
): number {
  const its = rounds[other]?.[what] ?? [];
  return median((rounds[name]?.[what] ?? []).map((mine, round) => compared(mine, its[round] ?? Number.NaN)));
}

async function startServers(): Promise<Listening & { end(): void }> {
  const child = fork(new URL('../support/replay-server.ts', import.meta.url), [String(EVENTS)]);
  const [urls] = await once(child, 'message');
  return { ...(urls as Listening), end: () => child.disconnect() };
}

/** Runs `streams` reads, `at` of them at once; CPU in ms for each stream, and the times to first token. */
async function measure(read: Read, streams: number, at: number): Promise<{ cpu: number; first: number }> {
  const firsts: number[] = [];
  let started = 0;
  const worker = async () => {
    while (started++ < streams) {
      const from = performance.now();
      let first: number | undefined;
      const text = await read(() => {
        first ??= performance.now() - from;
      });
      if (text.length < EVENTS * 19 || first === undefined) throw new Error(`only ${text.length} characters came`);
      firsts.push(first);
    }
  };
  globalThis.gc?.();
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: at }, worker));
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1000 / streams, first: median(firsts) };
}

function throughProvider(provider: Provider, vendor: Vendor): Read {
  return async first => {
    let text = '';
    const events = provider.stream(requestOf(vendor, { tools: [] }), new AbortController().signal);
    for await (const event of events) {
      if (event.type === 'text') {
        first();
        text += event.text;
      } else if (event.type === 'error') throw new Error(event.message);
    }
    return text;
  };
}

const routed = (vendor: Vendor, more: Record<string, unknown> = {}) => {
  const { system, messages } = requestOf(vendor);
  return {
    turn: 1,
    tools: [],
    system,
    messages,
    maxOutputTokens: 1000,
    route: [`${vendor}/${models[vendor]}`],
    ...more,
  };
};

function throughRouter(live: ReturnType<typeof liveRouter>, vendor: Vendor): Read {
  let agents = 0;
  return async first => {
    let text = '';
    const request = { ...routed(vendor), agent: `agent-${agents++}` };
    for await (const event of live.router.complete(request, new AbortController().signal)) {
      if (event.type === 'text') {
        first();
        text += event.text;
      } else if (event.type === 'failed') throw new Error(JSON.stringify(event.failure));
    }
    return text;
  };
}

async function compare(servers: Listening, folder: string) {
  const store = sessionFolder(folder);
  await store.lock('terminal');
  const disk = await openJournal(store, { clock: systemClock, redact: text => text, log: { write() {} } });
  const settings = { concurrency: 1000 };
  console.log(`${EVENTS} events a stream, ${ROUNDS} rounds, medians; CPU a stream and time to first token in ms`);
  for (const vendor of compared) {
    const provider = providerOf(servers.urls, vendor);
    const prices = { [`${vendor}/${models[vendor]}`]: price };
    const inMemory = liveRouter([provider], { settings, prices });
    const onDisk = liveRouter([provider], { settings, prices, journal: disk });
    const readers: Record<string, Read> = {
      floor: floor(servers.urls, vendor),
      sdk: await bareSdks[vendor](servers.urls[vendor]),
      provider: throughProvider(provider, vendor),
      router: throughRouter(inMemory, vendor),
      'router+disk': throughRouter(onDisk, vendor),
    };
    for (const read of Object.values(readers)) await measure(read, 64, 8);
    for (const at of [1, 16, 256]) {
      const got: Rounds = {};
      for (let round = 0; round < ROUNDS; round++) {
        const order = Object.entries(readers);
        for (const [name, read] of round % 2 ? order.reverse() : order) {
          const { cpu, first } = await measure(read, Math.max(at, 32), at);
          got[name] ??= { cpu: [], first: [] };
          got[name].cpu.push(cpu);
          got[name].first.push(first);
        }
      }
      for (const name of Object.keys(readers)) {
        // Rounds are compared with themselves: what else the machine does meanwhile changes from one to the next.
        const against = (other: string) => paired(got, name, other, 'cpu', (mine, its) => mine / its).toFixed(2);
        const added = paired(got, name, 'sdk', 'first', (mine, its) => mine - its).toFixed(2);
        const { cpu, first } = { cpu: median(got[name]?.cpu ?? []), first: median(got[name]?.first ?? []) };
        console.log(
          [
            vendor.padEnd(18),
            `${at} at once`.padEnd(12),
            name.padEnd(12),
            `CPU ${cpu.toFixed(2)} = ${against('floor')} floor = ${against('sdk')} SDK`.padEnd(44),
            `first token ${first.toFixed(2)} (${added} over SDK)`,
          ].join(' '),
        );
      }
    }
    inMemory.dispose();
    onDisk.dispose();
  }
  await disk.flush();
  await store.close();
}

/** Milliseconds from the fault to the next model's first token, less what that model takes by itself. */
async function failover(servers: Listening) {
  const [first, second] = ['anthropic', 'openai'] as const;
  const route = [`${first}/${models[first]}`, `${second}/${models[second]}`];
  const prices = Object.fromEntries(route.map(ref => [ref, price]));
  const backup = providerOf(servers.urls, second);
  for (const [what, urls, settings] of [
    ['refused with 429', servers.limited, {}],
    ['cut in mid-stream', servers.broken, { retries: 0 }],
  ] as const) {
    const times: number[] = [];
    const alone: number[] = [];
    for (let i = 0; i < 60; i++) {
      const live = liveRouter([providerOf(urls, first), backup], { settings, prices });
      let fault: number | undefined;
      let last = 0;
      for await (const event of live.router.complete(
        { ...routed(first, { route }), agent: 'a' },
        new AbortController().signal,
      )) {
        if (event.type === 'discard') fault = performance.now();
        if (event.type === 'text' && fault !== undefined && last === 0) last = performance.now();
      }
      if (fault === undefined) throw new Error('there was no fault');
      times.push(last - fault);
      const from = performance.now();
      let own = 0;
      for await (const event of live.router.complete({ ...routed(second), agent: 'b' }, new AbortController().signal))
        if (event.type === 'text' && own === 0) own = performance.now() - from;
      alone.push(own);
      live.dispose();
    }
    const [total, own] = [median(times.slice(10)), median(alone.slice(10))];
    console.log(
      `${what}: ${total.toFixed(2)} ms from the fault to the next model's first token, ${own.toFixed(2)} ms of them its own`,
    );
  }
}

const servers = await startServers();
try {
  await failover(servers);
  await inTemporaryFolder(folder => compare(servers, folder));
} finally {
  servers.end();
}
