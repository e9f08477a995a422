import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { EventSource } from 'eventsource';
import type { JournalEvent } from '../../src/protocol/events.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { Serving } from '../support/serving.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { terminalLab } from '../support/terminal-lab.ts';
import { until } from '../support/until.ts';
import { endServers } from '../support/wire.ts';

const finish = { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }] };
const chatter = { text: 'a word and another\n\ndata: not an event\n\n'.repeat(40), toolCalls: finish.toolCalls };

/** A team of two that says a lot. */
function team(request: CanonicalRequest): ScriptedAnswer {
  const tasks = ['one', 'two'].map(id => ({
    id,
    title: id,
    role: 'implementer',
    instructions: 'Go.',
    writes: [`${id}/**`],
  }));
  if (request.tools.some(tool => tool.name === 'propose_plan'))
    return { toolCalls: [{ name: 'propose_plan', args: { goal: 'Go', tasks } }] };
  return chatter;
}

describe('The events of a session over HTTP', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  let serving: Serving;
  const sources: EventSource[] = [];
  const connections: IncomingMessage[] = [];
  beforeEach(async () => {
    const lab = await terminalLab(temp.path, team);
    serving = new Serving(lab.workspace, { ...lab.env, NO_COLOR: '1' });
    await serving.start();
  });
  afterEach(async () => {
    for (const source of sources.splice(0)) source.close();
    for (const connection of connections.splice(0)) connection.destroy();
    await serving.stop();
    await endServers();
  });

  const follow = (path: string) => {
    const heard: JournalEvent[] = [];
    const source = new EventSource(`${serving.url}/api/v1${path}`, {
      fetch: (input, init) =>
        fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${serving.token}` } }),
    });
    sources.push(source);
    source.onmessage = ({ data }) => heard.push(JSON.parse(data));
    return heard;
  };
  /** What stands on the wire, for readers that read by themselves. */
  async function open(path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
    const request = get(`${serving.url}/api/v1${path}`, {
      headers: { authorization: `Bearer ${serving.token}`, ...headers },
    });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    connections.push(response);
    return response;
  }
  const begin = async () => (await serving.post<{ id: string }>('/sessions', { goal: 'Go' })).id;
  const approve = async (id: string) => {
    await until(async () => (await serving.ask<{ waits: boolean }>('GET', `/sessions/${id}/plan`)).json.waits);
    await serving.post(`/sessions/${id}/plan/approve`, { revision: 1 });
  };
  const isOver = (heard: JournalEvent[]) => heard.some(({ type }) => type === 'session-ended');
  const seqs = (heard: JournalEvent[]) => heard.map(({ seq }) => seq);

  it('come once and in order although the server is killed in the middle and begins again, and the session goes on', async () => {
    const id = await begin();
    const heard = follow(`/sessions/${id}/events`);
    await until(() => heard.some(({ type }) => type === 'permission-asked'));
    await serving.stop('SIGKILL');
    await serving.start();
    await serving.post(`/sessions/${id}/resume`, {});
    await approve(id);
    await until(() => isOver(heard));
    assert.ok(heard.some(({ type }) => type === 'session-resumed'));
    assert.deepEqual(
      seqs(heard),
      seqs(heard).map((_, i) => i + 1),
    );
    // Whoever comes later, from wherever in it, gets the same.
    const { items } = await serving.get<{ items: JournalEvent[] }>(`/sessions/${id}/journal?limit=1000`);
    assert.deepEqual(heard, items);
    for (const after of [0, 3, heard.length - 1]) {
      const late = follow(`/sessions/${id}/events?after=${after}`);
      await until(() => isOver(late));
      assert.deepEqual(seqs(late), seqs(heard).slice(after));
    }
  });

  it('are told to a hundred readers alike, and filtered by agent and type for who wants less', async () => {
    const id = await begin();
    const all = Array.from({ length: 100 }, () => follow(`/sessions/${id}/events?deltas=no`));
    const agents = follow(`/sessions/${id}/events?agent=implementer-1`);
    const ends = follow(`/sessions/${id}/events?type=task-completed,session-ended`);
    await approve(id);
    await until(() => all.every(isOver) && isOver(ends));
    const [first = []] = all;
    for (const each of all) assert.deepEqual(seqs(each), seqs(first));
    assert.deepEqual(
      ends.map(({ type }) => type),
      ['task-completed', 'task-completed', 'session-ended'],
    );
    assert.deepEqual(seqs(agents), seqs(first.filter(event => 'agent' in event && event.agent === 'implementer-1')));
  });

  it('stay whole whatever agents say: what looks like an event in their words is none', async () => {
    const id = await begin();
    const response = await open(`/sessions/${id}/events`);
    let text = '';
    response.setEncoding('utf8').on('data', piece => {
      text += piece;
    });
    await approve(id);
    await until(() => text.includes('"type":"session-ended"'));
    const lines = text.split('\n').filter(line => line !== '');
    const known = /^(: (welcome|beat)|id: \d+|event: delta|data: \{.*\})$/;
    assert.deepEqual(
      lines.filter(line => !known.test(line)),
      [],
    );
    assert.ok(!lines.includes('data: not an event'));
    const said = lines.filter(line => line.startsWith('data: {"agent"')).map(line => JSON.parse(line.slice(6)));
    assert.ok(said.some(({ kind, text }) => kind === 'text' && text.includes('\n\ndata: not an event')));
  });

  it('say so when a reader has seen what is in no journal, and refuse a number that is none', async () => {
    const id = await begin();
    const response = await open(`/sessions/${id}/events`, { 'last-event-id': '999999' });
    let text = '';
    response.on('data', piece => {
      text += piece;
    });
    await until(() => /event: reset\ndata: \{"seq":\d+\}/.test(text));
    for (const bad of ['-1', '1e3', 'x', '1\u00e9'])
      assert.equal((await open(`/sessions/${id}/events`, { 'last-event-id': bad })).statusCode, 400);
  });
});
