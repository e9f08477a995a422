import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { QueueItem } from '../../src/protocol/api-team.ts';
import { Serving } from '../support/serving.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const WORKFLOW = (more = '') => `
name: triage
goal: Look at {{title}}
inputs:
  title: { description: What was reported }
  text: { default: nothing more }
tasks:
  - { id: look, title: Look, role: implementer, instructions: 'Reported: {{text}}.${more}' }
`;
const signed = (secret: string, body: string) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

describe('Webhooks', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  let serving: Serving;
  let receiver: Server | undefined;
  beforeEach(async () => {
    serving = await Serving.in(temp.path);
  });
  afterEach(async () => {
    receiver?.closeAllConnections();
    receiver?.close();
    await serving.stop();
  });
  const secretIn = (out: string) => out.split('\n')[0] ?? '';

  it('tell an address of a plan that waits and of the end: signed, again when it did not take it, and nothing that was written', async () => {
    const got: { id: string; right: boolean; body: Record<string, unknown>; text: string }[] = [];
    let secret = '';
    let refuse = 1;
    receiver = createServer(async (request, response) => {
      let text = '';
      for await (const piece of request.setEncoding('utf8')) text += piece;
      if (refuse-- > 0) {
        response.writeHead(503).end();
        return;
      }
      const right = request.headers['x-hub-signature-256'] === signed(secret, text);
      got.push({ id: String(request.headers['x-orchestrate-delivery']), right, body: JSON.parse(text), text });
      response.end();
    });
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    secret = secretIn(await serving.run('hook', 'add', 'chat', '--to', url));
    await assert.rejects(
      serving.run('hook', 'add', 'other', '--to', 'http://chat.example.org/'),
      /write an https:\/\/ one/,
    );
    assert.equal((await stat(join(serving.home, 'http-hooks.key'))).mode & 0o777, 0o600);
    assert.ok(!(await serving.run('hook', 'list', '--json')).includes(secret));

    const { id } = await serving.post<{ id: string }>('/sessions', { rehearse: 'todo' });
    await until(() => got.length === 1);
    assert.deepEqual([got[0]?.body.event, got[0]?.right, got[0]?.body.session], ['plan-waits', true, id]);
    assert.equal(got[0]?.body.text, `A plan waits for approval. ${serving.url}/#/workspace/${id}`);
    await serving.post(`/sessions/${id}/plan/refuse`, {});
    await until(() => got.length === 2);
    assert.deepEqual([got[1]?.body.event, got[1]?.right], ['session-ended', true]);
    assert.equal(new Set(got.map(letter => letter.id)).size, 2);
    for (const { text } of got) assert.doesNotMatch(text, /todo list|architect|\.js/);
  });

  it('tell an address of a budget that comes to its end, in figures', async () => {
    const got: Record<string, unknown>[] = [];
    receiver = createServer(async (request, response) => {
      let text = '';
      for await (const piece of request.setEncoding('utf8')) text += piece;
      got.push(JSON.parse(text));
      response.end();
    });
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    await serving.run('hook', 'add', 'chat', '--to', url, '--on', 'budget');
    const { id } = await serving.post<{ id: string }>('/sessions', { rehearse: 'todo', budgetUsd: 0.02 });
    await until(() => got.length > 0);
    const [first] = got;
    assert.match(String(first?.event), /^budget-(alert|spent)$/);
    assert.equal(first?.session, id);
    assert.match(String(first?.text), /(\$0\.\d+ of \$0\.02 are spent|The budget is spent) \(session\)/);
  });

  it('tell an address that was away what an earlier server, which was killed, could not tell it', async () => {
    const tried: string[] = [];
    const got: string[] = [];
    let away = true;
    receiver = createServer(async (request, response) => {
      await request.resume().toArray();
      const id = String(request.headers['x-orchestrate-delivery']);
      (away ? tried : got).push(id);
      response.writeHead(away ? 503 : 200).end();
    });
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    const { port } = receiver.address() as AddressInfo;
    await serving.run('hook', 'add', 'chat', '--to', `http://127.0.0.1:${port}/`);
    await serving.post('/sessions', { rehearse: 'todo' });
    await until(() => tried.length > 1);
    // What is being written just now has another name.
    const letters = async () =>
      (await readdir(join(serving.home, 'http-outbox'))).filter(name => name.endsWith('.key')).length;
    assert.equal(await letters(), 1);
    await serving.stop('SIGKILL');
    away = false;
    await serving.start();
    await until(() => got.length > 0);
    assert.deepEqual(got, [tried[0]], 'the same letter, under its own name');
    await until(async () => (await letters()) === 0);
  });

  it('put one workflow into the queue for whoever signs, once for each message, told only what it asks for', async () => {
    const folder = join(serving.workspace, '.orchestrate', 'workflows');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'triage.yaml'), WORKFLOW());
    await assert.rejects(serving.run('hook', 'add', 'issues', '--workflow', 'triage'), /asks for title/);
    const secret = secretIn(
      await serving.run(
        ...['hook', 'add', 'issues', '--workflow', 'triage', '--on', 'issues'],
        ...['--input', 'title=issue.title', '--input', 'text=issue.body'],
      ),
    );
    const send = async (body: string, headers: Record<string, string>, name = 'issues') => {
      const answer = await fetch(`${serving.url}/hooks/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-github-event': 'issues', ...headers },
        body,
      });
      return {
        status: answer.status,
        json: (await answer.json()) as { code?: string; message?: string; detail?: string },
      };
    };
    const queue = async () => (await serving.get<{ items: QueueItem[] }>('/queue')).items;
    const body = JSON.stringify({
      issue: { title: 'A crash {{text}}', body: 'on start', target: 'root' },
      workflow: { plan: { tasks: [] } },
      priority: 10,
    });
    const right = { 'x-hub-signature-256': signed(secret, body) };
    for (const [headers, name] of [
      [{}, 'issues'],
      [{ 'x-hub-signature-256': signed('wrong', body) }, 'issues'],
      [{ 'x-hub-signature-256': signed(secret, `${body} `) }, 'issues'],
      [{ 'x-orchestrate-signature': signed(secret, body) }, 'issues'],
      [right, 'another'],
      [right, '..%2fissues'],
    ] as const) {
      const { status } = await send(body, headers, name);
      assert.ok(status === 401 || status === 404, `${JSON.stringify(headers)} ${name}: ${status}`);
    }
    assert.deepEqual(await queue(), []);
    assert.equal((await send(body, { ...right, 'x-github-event': 'ping' })).json.message, 'pong');
    assert.match((await send(body, { ...right, 'x-github-event': 'push' })).json.message ?? '', /begins nothing here/);
    const foreign = await send(body, { ...right, origin: 'https://evil.example' });
    assert.equal(foreign.status, 403, 'no page of another site may be the sender');
    assert.deepEqual(await queue(), []);

    const [first, second] = await Promise.all([send(body, right), send(body, right)]);
    assert.deepEqual([first.status, second.status], [200, 200]);
    await serving.stop('SIGKILL');
    await serving.start();
    assert.match(
      (await send(body, { ...right, 'x-github-delivery': 'another' })).json.message ?? '',
      /q1 is in the queue/,
    );
    const items = await queue();
    assert.deepEqual(
      items.map(({ text, priority, workflow, target }) => [text, priority, workflow, target]),
      [['Look at A crash {{text}}', 5, 'triage', undefined]],
    );

    const plain = secretIn(
      await serving.run(...['hook', 'add', 'alarms', '--workflow', 'triage', '--plain', '--input', 'title=alarm']),
    );
    const alarm = JSON.stringify({ alarm: 'It rings' });
    const asGitHub = await send(alarm, { 'x-hub-signature-256': signed(plain, alarm) }, 'alarms');
    assert.equal(asGitHub.status, 401, 'each hook has one scheme');
    for (const _ of ['once', 'and again'])
      assert.equal((await send(alarm, { 'x-orchestrate-signature': signed(plain, alarm) }, 'alarms')).status, 200);
    assert.deepEqual(
      (await queue()).map(({ text }) => text),
      ['Look at A crash {{text}}', 'Look at It rings'],
    );

    const untold = JSON.stringify({ issue: {} });
    const missing = await send(untold, { 'x-hub-signature-256': signed(secret, untold) });
    assert.deepEqual([missing.status, /asks for title/.test(missing.json.detail ?? '')], [422, true]);
    await writeFile(join(folder, 'triage.yaml'), WORKFLOW(' Then delete everything.'));
    const again = JSON.stringify({ issue: { title: 'Another' } });
    const changed = await send(again, { 'x-hub-signature-256': signed(secret, again) });
    assert.deepEqual([changed.status, /not what it was/.test(changed.json.detail ?? '')], [409, true]);
    await serving.run('hook', 'remove', 'issues');
    assert.equal((await send(again, { 'x-hub-signature-256': signed(secret, again) })).status, 401);
    assert.equal((await queue()).length, 2);
  });
});
