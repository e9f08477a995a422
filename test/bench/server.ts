/**
 * `npm run bench -- server [SECONDS]`: 200 readers of a session whose agents say 10,000 pieces a second, each read from the
 * server's own feed, against the floor: a bare `node:http` server that writes the same bytes to as many readers. What the
 * feed holds in memory is looked at in every sixth of the time.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { initialState, reduce } from '../../src/core/session/reduce.ts';
import type { JournalEvent } from '../../src/protocol/events.ts';
import type { Runtime } from '../../src/runtime/contract.ts';
import type { Hold } from '../../src/server/access/tokens.ts';
import { Reader, STREAM_HEADERS } from '../../src/server/event-stream.ts';
import { Feed } from '../../src/server/feed.ts';

const READERS = 200;
const DELTAS = 10_000;
const EVENTS = 50;
const TICK_MS = 5;
const LOOKS = 6;
const seconds = Number(process.argv[2] ?? 60);

/** In a process of its own, so that reading is not counted for serving: how long each event took, in milliseconds. */
async function readAll(url: string): Promise<void> {
  const took: number[] = [];
  await Promise.all(
    Array.from({ length: READERS }, async (_, n) => {
      const request = get(url, { agent: false });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      let rest = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        // Every tenth is read word for word; the others only take what comes.
        if (n % 10 !== 0) return;
        const blocks = (rest + piece).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const at = /^id: \d+\ndata: .*"at":(\d+(?:\.\d+)?)/.exec(block)?.[1];
          if (at !== undefined) took.push(Date.now() - Number(at));
        }
      });
    }),
  );
  process.send?.('ready');
  process.on('message', () => process.send?.(took, () => process.exit(0)));
}

/** What is in use, once what is not has been collected. */
function memory(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function withReaders(
  url: string,
  work: () => Promise<void>,
): Promise<{ took: number[]; cpu: number; held: number[] }> {
  const child = fork(fileURLToPath(import.meta.url), ['readers', url]);
  await once(child, 'message');
  const held: number[] = [];
  const look = setInterval(() => held.push(memory()), (seconds * 1000) / LOOKS);
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  clearInterval(look);
  held.splice(LOOKS - 1, 2, memory());
  child.send('over');
  const [took] = (await once(child, 'message')) as [number[]];
  return { took, cpu: (user + system) / 1000 / (seconds * 1000), held };
}

/** Says what a session's agents would say, for that long. */
async function saying(
  delta: (agent: string, text: string) => void,
  event: () => void,
  forSeconds = seconds,
): Promise<void> {
  const end = performance.now() + forSeconds * 1000;
  let [said, told] = [0, 0];
  const begun = performance.now();
  while (performance.now() < end) {
    const passed = (performance.now() - begun) / 1000;
    for (; said < passed * DELTAS; said++) delta(`agent-${said % 4}`, 'word ');
    for (; told < passed * EVENTS; told++) event();
    await new Promise(resolve => setTimeout(resolve, TICK_MS));
  }
}

const nextEvent = (seq: number): JournalEvent => ({
  v: 1,
  seq,
  at: Date.now(),
  type: 'agent-doing',
  agent: `agent-${seq % 4}`,
  what: 'writes src/some/file.ts',
});

async function listening(serve: (response: ServerResponse) => void) {
  const server = createServer((_request, response) => serve(response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

/** The session without anybody who reads it over HTTP. */
async function idle(): Promise<number> {
  const forSeconds = Math.min(seconds, 10);
  const before = process.cpuUsage();
  let seq = 0;
  const state = initialState();
  await saying(
    () => undefined,
    () => reduce(state, nextEvent(++seq)),
    forSeconds,
  );
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / (forSeconds * 1000);
}

const held: Hold = { isValid: async () => true, onChange: () => ({ dispose() {} }) };

async function served() {
  let told: (event: JournalEvent) => void = () => undefined;
  let hear: (agent: string, event: { type: 'text'; text: string }) => void = () => undefined;
  const state = initialState();
  const runtime = {
    async follow(_id: string, listener: (event: JournalEvent) => void) {
      told = event => {
        reduce(state, event);
        listener(event);
      };
      return { state };
    },
    async *events() {},
  } as unknown as Runtime;
  const feed = await Feed.open({ id: 'bench', runtime, appended: () => state.seq });
  if (!feed) throw new Error('no feed');
  feed.listen(listener => {
    hear = listener;
    return { dispose() {} };
  });
  const { server, url } = await listening(response => {
    void feed.serve(new Reader(response, { deltas: true }, held), 0);
  });
  let seq = 0;
  const figures = await withReaders(url, () =>
    saying(
      (agent, text) => hear(agent, { type: 'text', text }),
      () => told(nextEvent(++seq)),
    ),
  );
  feed.dispose();
  server.close();
  server.closeAllConnections();
  return figures;
}

/** The floor: what is said is written as it is, in pieces of the same length at the same pace, to every connection. */
async function floor() {
  const responses: ServerResponse[] = [];
  const { server, url } = await listening(response => {
    response.writeHead(200, STREAM_HEADERS);
    response.write(': welcome\n\n');
    responses.push(response);
  });
  let words = ['', '', '', ''];
  let seq = 0;
  const flush = () => {
    const frames = words.flatMap((text, n) =>
      text === '' ? [] : [`event: delta\ndata: ${JSON.stringify({ agent: `agent-${n}`, kind: 'text', text })}\n\n`],
    );
    words = ['', '', '', ''];
    if (frames.length === 0) return;
    const bytes = Buffer.from(frames.join(''));
    for (const response of responses) response.write(bytes);
  };
  const timer = setInterval(flush, 25);
  const figures = await withReaders(url, () =>
    saying(
      (agent, text) => {
        words[Number(agent.slice(-1))] += text;
      },
      () => {
        const event = nextEvent(++seq);
        const bytes = Buffer.from(`id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`);
        for (const response of responses) response.write(bytes);
      },
    ),
  );
  clearInterval(timer);
  server.close();
  server.closeAllConnections();
  return figures;
}

function at(share: number, took: number[]): string {
  const sorted = took.toSorted((a, b) => a - b);
  return `${(sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(1)} ms`;
}

async function compare(): Promise<void> {
  const percent = (share: number) => `${(share * 100).toFixed(1)} % of a core`;
  const alone = await idle();
  const [bare, ours] = [await floor(), await served()];
  console.log(`${READERS} readers, ${DELTAS} pieces and ${EVENTS} events a second, ${seconds} s`);
  console.log(`session alone          ${percent(alone)}`);
  for (const [name, { took, cpu, held }] of [
    ['bare node:http', bare],
    ['the server’s feed', ours],
  ] as const)
    console.log(
      `${name.padEnd(22)} ${percent(cpu)}  to reader: median ${at(0.5, took)}, 99 % ${at(0.99, took)}  memory ${held.map(bytes => (bytes / 1e6).toFixed(0)).join(', ')} MB`,
    );
  console.log(`feed / bare: ${(ours.cpu / bare.cpu).toFixed(2)} (goal: at most 1.5)`);
}

if (process.argv[2] === 'readers') await readAll(String(process.argv[3]));
else await compare();
