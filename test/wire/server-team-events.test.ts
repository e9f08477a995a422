import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EventSource } from 'eventsource';
import type { DeliveryItem, TeamSnapshot } from '../../src/protocol/api-team.ts';
import { ada, type DeliveryLab, deliveryLab } from '../support/delivery/workspace.ts';
import { Serving } from '../support/serving.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const SCRIPT = `
name: quick
goal: none
providers: { openai: { kind: openai } }
routes: { default: [openai/gpt-6.1-sol] }
parts:
  - role: codex
    turns:
      - tools: [{ finish_task: { summary: done } }]
`;

interface Heard {
  events: { seq: number; type: string; item?: string }[];
  resets: number[];
  /** Numbers that were neither heard nor stood for by a reset, and those that came again. */
  wrong: number[];
}

describe('What happens in a standing team and to its deliveries, over HTTP', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  let lab: DeliveryLab;
  let serving: Serving;
  const sources: EventSource[] = [];
  beforeEach(async () => {
    lab = await deliveryLab(temp.path);
    await lab.configure({});
    await writeFile(join(lab.workspace, 'quick.yaml'), SCRIPT);
    serving = new Serving(lab.workspace, { ...lab.environment, NO_COLOR: '1', PATH: process.env.PATH });
    await serving.start();
  });
  afterEach(async () => {
    for (const source of sources.splice(0)) source.close();
    await serving.stop();
  });

  /** As a client of others does it, which comes back by itself with the number of what it has. */
  function follow(path: string, from?: number): Heard {
    const heard: Heard = { events: [], resets: [], wrong: [] };
    let last = from ?? 0;
    const source = new EventSource(`${serving.url}/api/v1${path}`, {
      fetch: (input, init) =>
        fetch(input, {
          ...init,
          headers: {
            ...(from !== undefined && { 'last-event-id': String(from) }),
            ...init.headers,
            authorization: `Bearer ${serving.token}`,
          },
        }),
    });
    sources.push(source);
    source.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (event.seq !== last + 1) heard.wrong.push(event.seq);
      last = event.seq;
      heard.events.push(event);
    };
    source.addEventListener('reset', ({ data }) => {
      last = JSON.parse(data).seq;
      heard.resets.push(last);
    });
    return heard;
  }
  const types = ({ events }: Heard) => events.map(({ type }) => type);
  const seqs = ({ events }: Heard) => events.map(({ seq }) => seq);
  const upTo = (heard: Heard, seq: number) => until(() => (heard.events.at(-1)?.seq ?? 0) >= seq);
  const team = () => serving.get<TeamSnapshot>('/team');
  const stand = () =>
    serving.program('start', '--no-http', '--codex-pool', 'codex', '--rehearse', 'quick.yaml', '--yes');

  it('comes once and in order, from whoever does it, although the server is killed and begins again', async () => {
    const heard = follow('/team/events');
    await serving.post('/queue', { text: 'First', target: 'codex' });
    await until(() => types(heard).includes('item-added'));
    await serving.stop('SIGKILL');
    await serving.run('queue', 'add', 'While nobody serves', '--target', 'codex');
    await serving.start();
    const standing = stand();
    await until(async () => (await team()).items.done === 2);
    await serving.post('/team/requests', { kind: 'stop' });
    await standing.over;
    const { seq } = await team();
    await upTo(heard, seq);
    assert.deepEqual(
      seqs(heard),
      Array.from({ length: seq }, (_, i) => i + 1),
    );
    assert.deepEqual(
      heard.events.filter(({ type }) => type === 'item-added').map(({ item }) => item),
      ['q1', 'q2'],
    );
    assert.deepEqual(heard.resets, []);
    for (const after of [0, 2, seq - 1]) {
      const late = follow(`/team/events?after=${after}`);
      await upTo(late, seq);
      assert.deepEqual(late.events, heard.events.slice(after));
    }
    const chosen = follow('/team/events?type=item-added');
    await until(() => chosen.events.length === 2);
    assert.deepEqual(new Set(types(chosen)), new Set(['item-added']));
  });

  it('says so where what a reader missed is in the journal no more', async () => {
    const heard = follow('/team/events');
    // So much that the team makes one snapshot of it when it begins.
    const attachments = Array.from({ length: 9 }, () => ({ kind: 'selection', text: 'x'.repeat(100_000) }));
    for (let n = 1; n <= 5; n++)
      await serving.post('/team/requests', { kind: 'queue-add', text: `${n}`, priority: 2, attachments, held: true });
    const before = (await team()).seq;
    await upTo(heard, before);
    const standing = stand();
    // What is asked before it has taken up the queue is refused.
    await until(async () => (await serving.ask('POST', '/team/requests', { kind: 'stop' })).status === 200);
    await standing.over;
    const { seq } = await team();
    await upTo(heard, seq);
    assert.deepEqual(heard.wrong, []);
    assert.equal(heard.events.filter(({ type }) => type === 'item-added').length, 5);
    // This server has heard all of it, too.
    await serving.stop('SIGKILL');
    await serving.start();
    const late = follow('/team/events', 3);
    await upTo(late, seq);
    const [reset = 0] = late.resets;
    assert.ok(reset >= before, `${reset} stands for all before it`);
    assert.deepEqual(late.wrong, []);
    assert.ok(late.events.length > 0);
    assert.deepEqual(
      late.events,
      heard.events.filter(event => event.seq > reset),
    );
    assert.deepEqual(heard.wrong, [], 'and nothing came again');
  });

  it('tells of deliveries too, and of none where there is no git', async () => {
    const heard = follow('/deliveries/events');
    const session = await lab.session('Add a page', write => write(ada, 'page.txt', 'page\n'));
    const made = await serving.post<DeliveryItem>('/deliveries', { session });
    await serving.post(`/deliveries/${made.delivery}/hold`, { reason: 'not today' });
    await until(() => types(heard).includes('delivery-held'));
    await serving.stop('SIGKILL');
    await serving.start();
    await serving.post(`/deliveries/${made.delivery}/release`, {});
    await until(() => types(heard).includes('delivery-released'));
    assert.deepEqual(
      seqs(heard),
      seqs(heard).map((_, i) => i + 1),
    );
    assert.equal(types(heard).filter(type => type === 'delivery-opened').length, 1);
    const plain = await Serving.in(join(temp.path, 'plain'));
    const refused = await plain.ask<{ detail: string }>('GET', '/deliveries/events').finally(() => plain.stop());
    assert.equal(refused.status, 409);
    assert.match(refused.json.detail, /git/);
  });
});
