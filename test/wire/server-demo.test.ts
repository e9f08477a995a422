import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Validator } from '@seriousme/openapi-schema-validator';
import { EventSource } from 'eventsource';
import type { ChangedFile, ChangeItem, SessionSnapshot } from '../../src/protocol/api.ts';
import type { JournalEvent } from '../../src/protocol/events.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { openMetrics } from '../support/open-metrics.ts';
import { Serving } from '../support/serving.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { program, terminalLab } from '../support/terminal-lab.ts';
import { until } from '../support/until.ts';
import { endServers } from '../support/wire.ts';

const curl = async (...args: string[]) => (await promisify(execFile)('curl', ['-sS', ...args])).stdout;
interface Page<T> {
  items: T[];
  next?: string;
}

describe('The whole way over HTTP alone', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  let serving: Serving | undefined;
  const sources: EventSource[] = [];
  afterEach(async () => {
    for (const source of sources.splice(0)) source.close();
    await serving?.stop();
    serving = undefined;
    await endServers();
  });

  /** Every event that an EventSource of npm's hears, and what streams beside them. */
  function listen(url: string, token: string) {
    const heard = { events: [] as JournalEvent[], deltas: [] as { agent: string; kind: string; text: string }[] };
    const source = new EventSource(url, {
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } }),
    });
    sources.push(source);
    source.onmessage = ({ data }) => heard.events.push(JSON.parse(data));
    source.addEventListener('delta', ({ data }) => heard.deltas.push(JSON.parse(data)));
    return heard;
  }

  it('begins, shows the plan, has it approved, is followed, reviewed and reported by fetch, curl and an EventSource', async () => {
    serving = await Serving.in(temp.path);
    const { url, token } = serving;
    const bearer = `Authorization: Bearer ${token}`;

    const begun = await serving.post<{ id: string }>('/sessions', { rehearse: 'todo' }, { 'idempotency-key': 'one' });
    const again = await serving.ask<{ id: string }>(
      'POST',
      '/sessions',
      { rehearse: 'todo' },
      { 'idempotency-key': 'one' },
    );
    assert.deepEqual([again.json.id, again.headers.get('idempotency-replayed')], [begun.id, 'true']);
    const at = `/sessions/${begun.id}`;
    const heard = listen(`${url}/api/v1${at}/events`, token);
    await until(() => heard.events.some(event => event.type === 'permission-asked'));

    const plan = await serving.get<{ revision: number; waits: boolean; yaml: string }>(`${at}/plan`);
    assert.equal(plan.waits, true);
    assert.match(plan.yaml, /tasks:/);
    assert.equal(await curl('-H', bearer, `${url}/api/v1${at}/plan.yaml`), plan.yaml);
    const stale = await serving.ask('POST', `${at}/plan/approve`, { revision: 7 });
    assert.equal(stale.status, 409, 'a plan that nobody has seen is not approved');
    const wrong = await serving.ask('POST', `${at}/plan/approve`, { revision: plan.revision, plan: 'goal: none' });
    assert.match(String(wrong.json.detail), /the plan was not accepted/);
    const edited = plan.yaml.replace(/^goal: .*$/m, 'goal: Build a todo list that we like');
    await serving.post(`${at}/plan/approve`, { revision: plan.revision, plan: edited });

    // While agents work, what collects figures is told of them.
    await until(async () => {
      const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
      assert.match(answer.headers.get('content-type') ?? '', /^application\/openmetrics-text; version=1\.0\.0/);
      const samples = [...openMetrics(await answer.text())];
      const of = (name: string, label: string) =>
        samples.some(([key, value]) => key.startsWith(`${name}{`) && key.includes(label) && Number(value) > 0);
      return (
        of('orchestrate_sessions', 'runs="true"') &&
        of('orchestrate_agents', 'status="running"') &&
        of('orchestrate_calls_total', 'result="succeeded"') &&
        of('orchestrate_call_duration_seconds_count', 'provider="') &&
        of('orchestrate_tokens_total', 'bucket="output"')
      );
    }, 100);
    await until(() => heard.events.some(event => event.type === 'session-ended'), 200);
    const seqs = heard.events.map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      seqs.map((_, i) => i + 1),
      'every event once and in order',
    );
    assert.ok(
      heard.deltas.some(({ kind, text }) => kind === 'text' && text !== ''),
      'words are heard as they stream',
    );
    const approved = heard.events.findLast(event => event.type === 'request-received');
    assert.deepEqual(approved?.type === 'request-received' && [approved.body.kind, approved.by], [
      'approve-plan',
      'local',
    ]);

    await until(async () => !(await serving?.get<SessionSnapshot>(at))?.runs);
    const snapshot = await serving.ask<SessionSnapshot>('GET', at);
    assert.deepEqual(
      [snapshot.json.session.standing, snapshot.json.session.progress.done, snapshot.json.seq],
      ['completed', 6, seqs.length],
    );
    assert.equal(snapshot.json.session.goal, 'Build a simple todo list web application');
    const etag = snapshot.headers.get('etag') ?? '';
    assert.equal((await serving.ask('GET', at, undefined, { 'if-none-match': etag })).status, 304);

    const { items: agents } = await serving.get<Page<{ id: string }>>(`${at}/agents`);
    const pages: string[] = [];
    for (let next: string | undefined = ''; next !== undefined; ) {
      const page: Page<{ id: string }> = await serving.get(`${at}/agents?limit=2${next && `&cursor=${next}`}`);
      pages.push(...page.items.map(({ id }) => id));
      next = page.next;
    }
    assert.deepEqual(
      pages,
      agents.map(({ id }) => id),
    );
    const { entries } = await serving.get<{ entries: { by: string }[] }>(
      `${at}/agents/${agents.at(-1)?.id}/transcript`,
    );
    assert.ok(entries.some(({ by }) => by === 'agent'));
    for (const table of ['findings', 'issues', 'decisions', 'artifacts', 'queue', 'asks', 'providers'])
      assert.ok(Array.isArray((await serving.get<Page<unknown>>(`${at}/${table}`)).items), table);
    const { items: artifacts } = await serving.get<Page<{ id: string }>>(`${at}/artifacts`);
    assert.match(await serving.get<string>(`${at}/artifacts/${artifacts[0]?.id}`), /openapi|todos/);

    await review(serving, at);
    assert.match(await curl('-H', bearer, `${url}/api/v1${at}/report.md`), /todo list/);
    const report = await serving.ask('GET', `${at}/report.html`);
    assert.match(report.headers.get('content-security-policy') ?? '', /sandbox/);
    const { session } = await serving.get<{ session: { outcome: { outcome: string } } }>(`${at}/report`);
    assert.equal(session.outcome.outcome, 'completed');
    assert.match(await serving.get<string>(`${at}/log.md`), /Request of `local`, over HTTP, approve-plan: done/);
    const { items } = await serving.get<Page<{ id: string; runs: boolean; host?: string }>>('/sessions');
    assert.deepEqual(
      items.map(({ id, runs }) => [id, runs]),
      [[begun.id, false]],
    );
  });

  async function review(serving: Serving, at: string): Promise<void> {
    const { items } = await serving.get<Page<ChangeItem>>(`${at}/changes`);
    const store = items.find(({ path }) => path === 'server/store.js');
    assert.ok(store && items.some(({ path }) => path === 'README.md'));
    const file = await serving.get<ChangedFile>(`${at}/changes/file?path=server/store.js`);
    assert.equal(file.before, null);
    assert.equal(file.after, await readFile(join(serving.workspace, 'server/store.js'), 'utf8'));
    assert.match(file.diff ?? '', /^--- \/dev\/null\n\+\+\+ b\/server\/store\.js\n@@ -0,0 \+1,/);
    const old = await serving.ask('POST', `${at}/changes/accept`, { path: store.path, seen: { [store.path]: 'none' } });
    assert.equal(old.status, 409, 'what was not seen is not decided');
    const body = { path: store.path, hunks: file.hunks.map(({ id }) => id), seen: { [store.path]: store.seen } };
    const done = await serving.post(`${at}/changes/accept`, body, { 'idempotency-key': 'accept-1' });
    assert.match(String(done.message), /1 hunk in 1 file accepted/);
    await serving.post(`${at}/changes/reject`, { path: 'README.md', reason: 'too short' });
    await assert.rejects(readFile(join(serving.workspace, 'README.md')), { code: 'ENOENT' });
    // Over a restart the journal remembers what was asked under a key.
    await serving.stop();
    await serving.start();
    assert.deepEqual(await serving.post(`${at}/changes/accept`, body, { 'idempotency-key': 'accept-1' }), done);
    const other = await serving.ask('POST', `${at}/changes/accept`, { path: 'x' }, { 'idempotency-key': 'accept-1' });
    assert.deepEqual([other.status, other.json.code], [422, 'key-reused']);
    const left = await serving.get<Page<ChangeItem>>(`${at}/changes`);
    assert.equal(left.items.length, items.length - 2);
    const who = await serving.get<Page<{ by?: string; body?: { kind: string } }>>(
      `${at}/journal?type=request-received`,
    );
    assert.deepEqual(
      who.items.map(({ by, body }) => [by, body?.kind]).filter(([, kind]) => kind === 'accept' || kind === 'reject'),
      [
        ['local', 'accept'],
        ['local', 'accept'],
        ['local', 'reject'],
      ],
    );
  }

  it('answers what an agent asks, steers it, and says in the journal whose token it was', async () => {
    const finish = { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }] };
    const question = { toolCalls: [{ name: 'ask_user', args: { question: 'Red or blue?' } }] };
    const lab = await terminalLab(temp.path, (request: CanonicalRequest): ScriptedAnswer => {
      const tasks = [{ id: 'paint', title: 'Paint', role: 'implementer', instructions: 'Paint it.', writes: ['**'] }];
      if (request.tools.some(tool => tool.name === 'propose_plan'))
        return { toolCalls: [{ name: 'propose_plan', args: { goal: 'Paint', tasks } }] };
      return request.messages.some(({ role }) => role === 'assistant') ? finish : question;
    });
    serving = new Serving(lab.workspace, { ...lab.env, NO_COLOR: '1' });
    await serving.start();
    const made = await promisify(execFile)(process.execPath, [program, 'token', 'add', 'phone'], { env: lab.env });
    const phone = { authorization: `Bearer ${made.stdout.split('\n')[0]}` };
    const { id } = await serving.post<{ id: string }>('/sessions', { goal: 'Paint it' }, phone);
    const at = `/sessions/${id}`;
    const asks = async () => (await serving?.get<SessionSnapshot>(at))?.asks ?? [];
    await until(async () => (await asks()).length > 0);
    await serving.post(`${at}/plan/approve`, { revision: 1 }, phone);
    await until(async () => (await asks()).some(({ request }) => request.kind === 'question'));
    await serving.post(`${at}/requests`, { kind: 'pause' }, phone);
    assert.equal((await serving.get<SessionSnapshot>(at)).session.status, 'paused');
    await serving.post(`${at}/requests`, { kind: 'unpause' }, phone);
    await serving.post(`${at}/requests`, { kind: 'raise-budget', sessionUsd: 9 }, phone);
    const [ask] = await asks();
    assert.deepEqual(ask?.request, { kind: 'question', text: 'Red or blue?', options: [] });
    const nobody = await serving.ask('POST', `${at}/requests`, { kind: 'nudge', agent: 'nobody-1', text: 'Go' }, phone);
    assert.deepEqual([nobody.status, nobody.json.code], [409, 'refused']);
    await serving.post(`${at}/requests`, { kind: 'answer', ask: ask?.id, text: 'Blue' }, phone);
    await until(async () => !(await serving?.get<SessionSnapshot>(at))?.runs);
    const events = await lab.events();
    assert.equal(events.find(({ type }) => type === 'session-started').by, 'phone');
    const asked = events.filter(({ type }) => type === 'request-received');
    assert.deepEqual(
      asked.map(({ by, body }) => [by, body.kind]),
      ['approve-plan', 'pause', 'unpause', 'raise-budget', 'nudge', 'answer'].map(kind => ['phone', kind]),
    );
    assert.equal(events.find(({ type }) => type === 'question-answered').text, 'Blue');
    const more = await serving.ask('POST', `${at}/requests`, { kind: 'pause' });
    assert.deepEqual([more.status, more.json.code], [409, 'not-running']);
  });

  it('describes itself in a document that a validator of others finds valid, with every address', async () => {
    serving = await Serving.in(temp.path);
    const document = await serving.get('/openapi.json');
    const validated = await new Validator().validate(structuredClone(document));
    assert.deepEqual(validated, { valid: true });
    const paths = Object.keys(document.paths as object);
    for (const path of ['/sessions', '/sessions/{session}/events', '/sessions/{session}/changes/accept', '/doctor'])
      assert.ok(paths.includes(`/api/v1${path}`), path);
  });
});
