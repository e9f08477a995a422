import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import type { AgentStreamEvent } from '../../../src/core/agent/contract.ts';
import { initialState, reduce } from '../../../src/core/session/reduce.ts';
import type { JournalEvent } from '../../../src/protocol/events.ts';
import type { Runtime } from '../../../src/runtime/contract.ts';
import type { Hold } from '../../../src/server/access/tokens.ts';
import { eventFrame, Reader } from '../../../src/server/event-stream.ts';
import { Feed } from '../../../src/server/feed.ts';
import { until } from '../../support/until.ts';

const held: Hold = { isValid: async () => true, onChange: () => ({ dispose() {} }) };

const doing = (seq: number, what: string): JournalEvent => ({
  ...{ v: 1, seq, at: seq, type: 'agent-doing' },
  agent: `a${seq % 3}`,
  what,
});

/** A session whose journal is in memory, and what its readers hear over real connections. */
class Stage {
  readonly events: JournalEvent[] = [];
  /** Events so far that may not be on disk yet. */
  appended = 0;
  port = 0;
  readonly #state = initialState();
  #told: (event: JournalEvent) => void = () => undefined;
  hear: (agent: string, event: AgentStreamEvent) => void = () => undefined;
  #feed: Feed | undefined;
  #server: Server | undefined;

  async open(): Promise<void> {
    const runtime = {
      follow: async (_id: string, listener: (event: JournalEvent) => void) => {
        this.#told = listener;
        return { state: this.#state };
      },
      events: async function* (this: Stage) {
        for (let at = 0; at < this.events.length; at += 7) yield this.events.slice(at, at + 7);
      }.bind(this),
    } as unknown as Runtime;
    const feed = await Feed.open({ id: 'any', runtime, appended: () => this.appended });
    assert.ok(feed);
    this.#feed = feed;
    feed.listen(listener => {
      this.hear = listener;
      return { dispose() {} };
    });
    this.#server = createServer((request, response) => {
      const after = Number(request.headers['last-event-id'] ?? 0);
      void feed.serve(new Reader(response, { deltas: true }, held), after);
    });
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    ({ port: this.port } = this.#server.address() as AddressInfo);
  }

  get readers(): number {
    return this.#feed?.readers ?? 0;
  }

  append(what = 'works'): void {
    const event = doing(this.events.length + 1, what);
    this.events.push(event);
    this.appended = event.seq;
    reduce(this.#state, event);
    this.#told(event);
  }

  async reader(after = 0): Promise<IncomingMessage> {
    const request = get(`http://127.0.0.1:${this.port}/`, {
      agent: false,
      headers: { 'last-event-id': String(after) },
    });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    return response;
  }

  close(): void {
    this.#feed?.dispose();
    this.#server?.close();
    this.#server?.closeAllConnections();
  }
}

/** What a reader has taken so far: numbers of events, and words of agents between them. */
function taken(response: IncomingMessage): { seqs: number[]; words: { agent: string; text: string; after: number }[] } {
  const heard = { seqs: [] as number[], words: [] as { agent: string; text: string; after: number }[] };
  let rest = '';
  response.setEncoding('utf8').on('data', (piece: string) => {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const id = /^id: (\d+)\ndata: /.exec(block)?.[1];
      const data = /^event: delta\ndata: (.*)$/.exec(block)?.[1];
      if (id !== undefined) heard.seqs.push(Number(id));
      if (data !== undefined) heard.words.push({ ...JSON.parse(data), after: heard.seqs.at(-1) ?? 0 });
    }
  });
  return heard;
}

const upTo = (last: number, after = 0) => Array.from({ length: last - after }, (_, i) => after + i + 1);

describe('The feed of a session', function () {
  this.timeout(60_000);
  let stage: Stage;
  beforeEach(async () => {
    stage = new Stage();
    await stage.open();
  });
  afterEach(() => stage.close());

  it('tells each reader every event once and in order, whenever it comes and wherever it goes on', async () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.constant({ kind: 'event' as const }) },
        { weight: 2, arbitrary: fc.record({ kind: fc.constant('word' as const), agent: fc.nat(2) }) },
        { weight: 1, arbitrary: fc.record({ kind: fc.constant('reader' as const), back: fc.nat(12) }) },
        { weight: 1, arbitrary: fc.constant({ kind: 'pause' as const }) },
      ),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async each => {
        const readers: { after: number; heard: ReturnType<typeof taken>; response: IncomingMessage }[] = [];
        for (const step of each) {
          if (step.kind === 'event') stage.append();
          else if (step.kind === 'word') stage.hear(`a${step.agent}`, { type: 'text', text: 'word ' });
          else if (step.kind === 'pause') await new Promise(resolve => setImmediate(resolve));
          else {
            const after = Math.max(0, stage.events.length - step.back);
            const response = await stage.reader(after);
            readers.push({ after, response, heard: taken(response) });
          }
        }
        stage.append();
        const last = stage.events.length;
        await until(() => readers.every(({ heard }) => (heard.seqs.at(-1) ?? 0) >= last), 1);
        for (const { after, heard, response } of readers) {
          assert.deepEqual(heard.seqs, upTo(last, after));
          response.destroy();
        }
        await until(() => stage.readers === 0, 1);
      }),
      { numRuns: 60 },
    );
  });

  it('reads from the journal what it does not keep ready, while more comes', async () => {
    for (let n = 0; n < 3200; n++) stage.append();
    const heard = taken(await stage.reader(5));
    stage.append();
    await until(() => heard.seqs.at(-1) === 3201);
    assert.deepEqual(heard.seqs, upTo(3201, 5));
  });

  it('puts together what each agent says between two events, though they speak at the same time, and keeps its place', async () => {
    const heard = taken(await stage.reader());
    await until(() => stage.readers === 1);
    stage.append();
    for (let n = 0; n < 50; n++) for (const agent of ['a', 'b']) stage.hear(agent, { type: 'text', text: `${n} ` });
    for (const name of ['read_file', 'list_files'])
      stage.hear('a', { type: 'tool-call-start', name } as AgentStreamEvent);
    stage.append();
    stage.hear('b', { type: 'text', text: 'later' });
    await until(() => heard.words.some(({ text }) => text === 'later'));
    const all = Array.from({ length: 50 }, (_, n) => `${n} `).join('');
    assert.deepEqual(
      heard.words.map(({ agent, text, after }) => [agent, text, after]),
      [
        ['a', all, 1],
        ['b', all, 1],
        ['a', 'read_file', 1],
        ['a', 'list_files', 1],
        ['b', 'later', 2],
      ],
    );
  });

  it('keeps of an event nothing but the event', () => {
    const { bytes } = eventFrame(doing(7, 'größer'));
    assert.equal(bytes.buffer.byteLength, bytes.byteLength);
    assert.match(bytes.toString(), /^id: 7\ndata: \{.*größer.*\}\n\n$/);
  });

  it('cuts off who leaves too much waiting, with nothing kept of it, and goes on with it by the number', async () => {
    const slow = await stage.reader();
    let closed = false;
    slow.pause().on('close', () => {
      closed = true;
    });
    const quick = taken(await stage.reader());
    await until(() => stage.readers === 2);
    const large = 'x'.repeat(100_000);
    await until(() => {
      stage.append(large);
      return stage.readers === 1;
    }, 1);
    // What has been left waiting is a few megabytes at most: a socket's buffers and the limit.
    assert.ok(stage.events.length < 200, `${stage.events.length} pieces of 100 kB were kept for it`);
    const had = taken(slow);
    slow.resume();
    await until(() => closed);
    const last = had.seqs.at(-1) ?? 0;
    assert.deepEqual(had.seqs, upTo(last));
    assert.ok(last < stage.events.length);
    const again = taken(await stage.reader(last));
    await until(() => again.seqs.at(-1) === stage.events.length);
    assert.deepEqual(again.seqs, upTo(stage.events.length, last), 'also where it has missed more than may wait');
    assert.deepEqual(quick.seqs, upTo(stage.events.length));
  });
});
