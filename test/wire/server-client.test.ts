import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChangeItem, SessionSnapshot } from '../../src/protocol/api.ts';
import type { JournalEvent } from '../../src/protocol/events.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { generatedClient } from '../support/generated-client.ts';
import { Serving } from '../support/serving.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { terminalLab } from '../support/terminal-lab.ts';
import { until } from '../support/until.ts';
import { endServers } from '../support/wire.ts';

/** One who asks for the colour, paints in it, and is done. */
function painter(request: CanonicalRequest): ScriptedAnswer {
  const tasks = [{ id: 'paint', title: 'Paint', role: 'implementer', instructions: 'Paint it.', writes: ['**'] }];
  if (request.tools.some(tool => tool.name === 'propose_plan'))
    return { toolCalls: [{ name: 'propose_plan', args: { goal: 'Paint', tasks } }] };
  const turns = request.messages.filter(({ role }) => role === 'assistant').length;
  const [asked, painted, done] = [
    { name: 'ask_user', args: { question: 'Red or blue?' } },
    { name: 'write_file', args: { path: 'wall.txt', content: 'blue\n' } },
    { name: 'finish_task', args: { summary: 'Painted.' } },
  ];
  const call = [asked, painted, done][turns] ?? done;
  return { toolCalls: call ? [call] : [] };
}

describe('A client that was generated from the OpenAPI document', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  let serving: Serving | undefined;
  afterEach(async () => {
    await serving?.stop();
    serving = undefined;
    await endServers();
  });

  it('compiles, and leads a session from its goal to the report', async () => {
    const lab = await terminalLab(temp.path, painter);
    serving = new Serving(lab.workspace, { ...lab.env, NO_COLOR: '1' });
    await serving.start();
    const folder = join(temp.path, 'generated');
    await mkdir(folder);
    const document = await serving.get('/openapi.json');
    const api = await generatedClient(document, folder, serving.url, serving.token);
    const called = new Set<string>();
    /** What an operation answers; a problem document fails. */
    const ask = async <T>(operation: string, options: Parameters<(typeof api)[string]>[0] = {}): Promise<T> => {
      called.add(operation);
      const { data, error, response } = (await api[operation]?.(options)) ?? {};
      assert.equal(error, undefined, `${operation}: ${response?.status} ${JSON.stringify(error)}`);
      return data as T;
    };

    assert.deepEqual((await ask<{ access: string }>('whoAmI')).access, 'full');
    const { id } = await ask<{ id: string }>('startSession', {
      body: { goal: 'Paint the wall' },
      headers: { 'Idempotency-Key': 'one' },
    });
    const path = { session: id };
    const heard: JournalEvent[] = [];
    const { stream } = (await api.streamEvents?.({ path, query: { deltas: 'no' }, sseMaxRetryAttempts: 1 })) ?? {};
    const listening = (async () => {
      for await (const event of stream ?? []) {
        heard.push(event as JournalEvent);
        if (heard.at(-1)?.type === 'session-ended') return;
      }
    })();

    const snapshot = () => ask<SessionSnapshot>('getSession', { path });
    await until(
      async () =>
        (await snapshot()).session.standing === 'awaiting-approval' ||
        heard.some(({ type }) => type === 'permission-asked'),
    );
    const plan = await ask<{ yaml: string; revision: number }>('getPlan', { path });
    assert.match(plan.yaml, /Paint/);
    await ask('approvePlan', { path, body: { revision: plan.revision } });
    await until(async () => (await snapshot()).asks.some(({ request }) => request.kind === 'question'));
    const { items: asks } = await ask<{ items: { id: string }[] }>('listAsks', { path });
    await ask('requestOfSession', { path, body: { kind: 'answer', ask: asks[0]?.id, text: 'Blue' } });
    await listening;
    assert.deepEqual(
      heard.map(({ seq }) => seq),
      heard.map((_, i) => i + 1),
    );
    await until(async () => !(await snapshot()).runs);

    const { items } = await ask<{ items: ChangeItem[] }>('listChanges', { path });
    assert.deepEqual(
      items.map(each => each.path),
      ['wall.txt'],
    );
    const change = await ask<{ after: string }>('getChange', { path, query: { path: 'wall.txt' } });
    assert.equal(change.after, 'blue\n');
    await ask('acceptChanges', { path, body: { path: 'wall.txt', seen: { 'wall.txt': items[0]?.seen } } });
    assert.deepEqual((await ask<{ items: unknown[] }>('listChanges', { path })).items, []);
    assert.equal(await readFile(join(lab.workspace, 'wall.txt'), 'utf8'), 'blue\n');
    const report = await ask<{ session: { outcome: { outcome: string } } }>('getReport', { path });
    assert.equal(report.session.outcome.outcome, 'completed');
    assert.match(await ask<string>('getReportText', { path }), /Paint/);

    // All that is only looked at answers as the document has it, or says as a problem document why there is nothing.
    const paths = document.paths as Record<
      string,
      { get?: { operationId: string; parameters?: { name: string; in: string }[] } }
    >;
    for (const { get } of Object.values(paths)) {
      if (!get || called.has(get.operationId) || get.operationId.startsWith('stream')) continue;
      const named = (get.parameters ?? []).filter(each => each.in === 'path' && each.name !== 'session');
      const filled = Object.fromEntries(named.map(({ name }) => [name, 'none']));
      const { error, response } = (await api[get.operationId]?.({ path: { ...path, ...filled } })) ?? {};
      const { status = 0 } = response ?? {};
      assert.ok(
        status === 200 || (status < 500 && typeof (error as { code?: string }).code === 'string'),
        `${get.operationId}: ${status} ${JSON.stringify(error)}`,
      );
      if (named.length === 0)
        assert.ok(status === 200 || get.operationId.includes('Deliver'), `${get.operationId}: ${status}`);
    }
  });
});
