import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { DeliveryItem, QueueItem, TeamSnapshot } from '../../src/protocol/api-team.ts';
import { ada, type DeliveryLab, deliveryLab } from '../support/delivery/workspace.ts';
import { openMetrics } from '../support/open-metrics.ts';
import { Serving } from '../support/serving.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

interface List<T> {
  items: T[];
}
type Answer = { ok: boolean; message: string };

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
const WORKFLOW = `
name: triage
goal: Look at {{title}}
members: { codex: { role: implementer } }
inputs:
  title: { description: What was reported }
  severity: { type: choice, choices: [low, high], default: low }
tasks:
  - { id: look, title: 'Look at {{title}}', role: codex, instructions: 'Severity {{severity}}.' }
`;

describe('The standing team and deliveries over HTTP', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  let lab: DeliveryLab;
  let serving: Serving;
  const begin = async (config: object = {}) => {
    lab = await deliveryLab(temp.path);
    await lab.configure(config);
    serving = new Serving(lab.workspace, { ...lab.environment, NO_COLOR: '1', PATH: process.env.PATH });
    await serving.start();
  };
  afterEach(() => serving?.stop());

  it('keep a queue that is one with the terminal’s: added once under its key, over a kill too, and in the name of the token', async () => {
    await begin();
    const work = { text: 'Write the page', priority: 'high', due: '2099-01-01T09:00:00Z' };
    const first = await serving.post<Answer>('/queue', work, { 'idempotency-key': 'k1' });
    assert.match(first.message, /^q1, priority 8.*No standing team runs here/);
    await serving.stop('SIGKILL');
    await serving.start();
    const again = await serving.post<Answer>('/queue', work, { 'idempotency-key': 'k1' });
    assert.equal(again.message, 'q1 is in the queue');
    assert.match(await serving.run('queue', 'add', 'Something later'), /q2/);
    const queue = async (status = '') => (await serving.get<List<QueueItem>>(`/queue${status}`)).items;
    const shown = await queue();
    assert.deepEqual(
      shown.map(({ id, text, status, due }) => [id, text, status, due]),
      [
        ['q1', 'Write the page', 'waiting', Date.parse('2099-01-01T09:00:00Z')],
        ['q2', 'Something later', 'waiting', undefined],
      ],
    );
    await serving.post('/team/requests', { kind: 'queue-remove', item: 'q2' });
    assert.deepEqual([(await queue()).length, (await queue('?status=removed')).map(({ id }) => id)], [1, ['q2']]);
    const refused = await serving.ask<{ code: string; detail: string }>('POST', '/team/requests', {
      kind: 'queue-hold',
      item: 'q9',
    });
    assert.deepEqual([refused.status, refused.json.code], [409, 'refused']);
    assert.match(refused.json.detail, /no item "q9"/);
    assert.equal((await serving.ask('POST', '/team/requests', { kind: 'pause' })).status, 409, 'nobody stands');
  });

  it('show who stands and what they did, steer them, and begin a workflow with what it asks for', async () => {
    await begin();
    await mkdir(join(lab.workspace, '.orchestrate', 'workflows'), { recursive: true });
    await writeFile(join(lab.workspace, '.orchestrate', 'workflows', 'triage.yaml'), WORKFLOW);
    await writeFile(join(lab.workspace, '.orchestrate', 'workflows', 'broken.yaml'), 'tasks: [');
    await writeFile(join(lab.workspace, 'quick.yaml'), SCRIPT);
    const { items } =
      await serving.get<List<{ name: string; inputs: { name: string; default?: string }[] }>>('/workflows');
    assert.deepEqual(
      items.map(({ name, inputs }) => [name, inputs.map(input => [input.name, input.default])]),
      [
        [
          'triage',
          [
            ['title', undefined],
            ['severity', 'low'],
          ],
        ],
      ],
    );
    const untold = await serving.ask<{ detail: string }>('POST', '/workflows/triage/start', {});
    assert.match(untold.json.detail, /it asks for title/);
    const strange = await serving.ask<{ detail: string; errors: { message: string }[] }>(
      'POST',
      '/workflows/broken/start',
      {},
    );
    assert.deepEqual([strange.status, strange.json.errors.length > 0], [404, true], 'it says why it cannot be read');

    const team = serving.program('start', '--codex-pool', 'codex', '--rehearse', 'quick.yaml', '--yes');
    const snapshot = () => serving.get<TeamSnapshot>('/team');
    await until(async () => (await snapshot()).runs);
    await serving.post('/workflows/triage/start', { inputs: { title: 'the <b>crash</b>' } });
    await until(async () => (await snapshot()).items.done === 1);
    const { members, host } = await snapshot();
    assert.deepEqual(
      [members.map(({ name, pool, standing }) => [name, pool, standing]), host],
      [[['codex', 'codex', 'idle']], 'terminal'],
    );
    const [item] = (await serving.get<List<QueueItem>>('/queue?status=done')).items;
    assert.deepEqual([item?.text, item?.workflow, item?.sessions.length], ['Look at the <b>crash</b>', 'triage', 1]);
    await serving.post('/team/requests', { kind: 'pause', member: 'codex' });
    assert.equal((await snapshot()).members[0]?.standing, 'paused');
    await serving.post('/team/requests', { kind: 'stop' });
    await team.over;
    assert.equal((await snapshot()).runs, false);
  });

  it('tell who collects figures how much is in the queue, who stands, and how long calls took', async () => {
    lab = await deliveryLab(temp.path);
    const asks = SCRIPT.replace('finish_task: { summary: done }', 'ask_user: { question: May I?, options: [Yes, No] }');
    await writeFile(join(lab.workspace, 'asks.yaml'), asks);
    const env = { ...lab.environment, NO_COLOR: '1', PATH: process.env.PATH };
    serving = new Serving(lab.workspace, env, ['--codex-pool', 'codex', '--rehearse', 'asks.yaml'], 'start');
    await serving.start();
    await serving.post('/queue', { text: 'A <b>secret</b> plan', target: 'codex' });
    await serving.post('/queue', { text: 'Later', target: 'codex' });
    let [text, said] = ['', new Map<string, string>()];
    const sum = (name: string, ...labels: string[]) =>
      [...said]
        .filter(([key]) => key.startsWith(`${name}{`) && labels.every(label => key.includes(label)))
        .reduce((total, [, value]) => total + Number(value), 0);
    const queue = (status: string) => sum('orchestrate_queue_items', `status="${status}"`);
    // It works at the first until somebody answers.
    await until(async () => {
      const headers = { authorization: `Bearer ${serving.token}` };
      text = await (await fetch(`${serving.url}/metrics`, { headers })).text();
      said = openMetrics(text);
      return sum('orchestrate_asks') === 1 && queue('running') === 1;
    });
    assert.deepEqual([queue('waiting'), sum('orchestrate_team_members')], [1, 1], text);
    const calls = sum('orchestrate_calls_total', 'result="succeeded"', 'provider="openai"');
    assert.ok(calls > 0, text);
    assert.equal(sum('orchestrate_call_duration_seconds_count', 'provider="openai"'), calls);
    assert.ok(sum('orchestrate_call_duration_seconds_sum', 'provider="openai"') > 0, text);
    assert.doesNotMatch(text, /secret|May I/);
  });

  it('are served by the team itself where it stands, on a port of its own or not at all', async () => {
    lab = await deliveryLab(temp.path);
    await writeFile(join(lab.workspace, 'quick.yaml'), SCRIPT);
    const env = { ...lab.environment, NO_COLOR: '1', PATH: process.env.PATH };
    serving = new Serving(lab.workspace, env, ['--codex-pool', 'codex', '--rehearse', 'quick.yaml'], 'start');
    await serving.start();
    await serving.post('/queue', { text: 'Do it', target: 'codex' });
    await until(async () => (await serving.get<TeamSnapshot>('/team')).items.done === 1);
    const [item] = (await serving.get<List<QueueItem>>('/queue?status=done')).items;
    const snapshot = await serving.get<{ session: { standing: string } }>(`/sessions/${item?.sessions[0]}`);
    assert.equal(snapshot.session.standing, 'completed');
    const port = String(serving.port);
    await serving.post('/team/requests', { kind: 'stop' });
    await until(
      async () =>
        await serving.ask('GET', '/team').then(
          () => false,
          () => true,
        ),
    );
    await assert.rejects(
      serving.run('start', '--port', port, '--no-http', '--pool', 'a=b'),
      /--port and --no-http exclude each other/,
    );
  });

  it('tell an address of a delivery that waits for a yes, and where it landed', async () => {
    const told: Record<string, unknown>[] = [];
    const receiver = createServer(async (request, response) => {
      let text = '';
      for await (const piece of request.setEncoding('utf8')) text += piece;
      told.push(JSON.parse(text));
      response.end();
    });
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    try {
      await begin();
      const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
      await serving.run('hook', 'add', 'chat', '--to', url, '--on', 'delivery');
      // It looks first when it begins: what stands there then is no news.
      await serving.stop();
      await serving.start();
      const heard = (event: string) => until(() => told.some(each => each.event === event));
      const session = await lab.session('Add a page', write => write(ada, 'page.txt', 'page\n'));
      const { delivery } = await serving.post<DeliveryItem>('/deliveries', { session });
      const { waiting } = await serving.post<{ waiting: string }>('/deliveries/land', { unheld: true });
      await heard('waits');
      await serving.post(`/deliveries/${delivery}/approve`, { candidate: waiting });
      await serving.post('/deliveries/land', { unheld: true });
      await heard('landed');
      const landed = told.find(({ event }) => event === 'landed');
      assert.deepEqual([landed?.delivery, landed?.workspace], [delivery, 'workspace']);
      assert.match(String(landed?.text), new RegExp(`^${delivery} landed on orchestrate/main\\. ${serving.url}`));
      for (const each of told) assert.doesNotMatch(JSON.stringify(each), /page/, 'names and figures alone');
    } finally {
      receiver.closeAllConnections();
      receiver.close();
    }
  });

  it('build, try, approve and land what was accepted: the candidate that was seen, and no other', async () => {
    await begin({ delivery: { checks: ['test -e page.txt'] } });
    const session = await lab.session('Add a page', write => write(ada, 'page.txt', 'page\n'));
    const made = await serving.post<DeliveryItem>('/deliveries', { session });
    assert.deepEqual([made.status, made.target, made.files, made.waits], ['ready', 'main', ['page.txt'], false]);
    const unheld = await serving.post<{ stopped?: string }>('/deliveries/land', {});
    assert.match(unheld.stopped ?? '', /No sandbox holds commands here/);
    const at = `/deliveries/${made.delivery}`;
    const landing = await serving.post<{ waiting: string }>('/deliveries/land', { unheld: true });
    const { items } = await serving.get<List<{ kind: string; what: string; answer: string }>>('/approvals');
    assert.deepEqual(
      items.map(({ kind, what, answer }) => [kind, what, answer]),
      [['delivery', 'Add a page', `/api/v1${at}/approve`]],
    );
    const stale = await serving.ask('POST', `${at}/approve`, { candidate: 'c_another' });
    assert.equal(stale.status, 409);
    const seen = await serving.get<DeliveryItem>(at);
    assert.deepEqual([seen.waits, seen.candidate?.candidate, seen.candidate?.checks], [true, landing.waiting, 'green']);
    await serving.post(`${at}/approve`, { candidate: landing.waiting });
    const landed = await serving.post<{ landed: { ref: string }[] }>('/deliveries/land', { unheld: true });
    assert.equal(landed.landed[0]?.ref, 'refs/heads/orchestrate/main', 'main is checked out and stays as it is');
    await serving.post('/deliveries/fast-forward', { target: 'main' });
    assert.equal(lab.git('show', 'HEAD:page.txt'), 'page');
    assert.equal((await serving.ask('POST', '/deliveries/d_none/hold', {})).status, 404);
  });
});
