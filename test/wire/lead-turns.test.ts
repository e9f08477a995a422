import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { CanonicalRequest, ScriptedAnswer, ScriptedCall } from '../../src/rehearsal/wire/types.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { codeOf, program, terminalLab } from '../support/terminal-lab.ts';
import { endServers } from '../support/wire.ts';

const calls = (...toolCalls: ScriptedCall[]): ScriptedAnswer => ({ toolCalls });
const blocked = calls({ name: 'report_blocker', args: { text: 'The rates cannot be downloaded.' } });
const finish = calls({ name: 'finish_task', args: { summary: 'Done.' } });
const change: ScriptedCall = {
  name: 'change_task',
  args: { task: 'rates', reason: 'Nobody can download them.', instructions: 'Write EXAMPLE rates to rates.json.' },
};
const retry: ScriptedCall = { name: 'retry_task', args: { task: 'rates', advice: 'Example rates will do.' } };

const RATES = {
  id: 'rates',
  title: 'Rates',
  role: 'implementer',
  instructions: 'Download the rates.',
  writes: ['*.json'],
};
const BESIDE = {
  id: 'beside',
  title: 'Beside',
  role: 'implementer',
  instructions: 'Work BESIDE it.',
  writes: ['*.txt'],
};

type Turn = (request: CanonicalRequest, answers: number) => ScriptedAnswer | Promise<ScriptedAnswer>;

/** Who is asked for the rates cannot get them, until the lead has changed the task; who works beside it never ends. */
const model =
  (lead: Turn) =>
  (request: CanonicalRequest): ScriptedAnswer | Promise<ScriptedAnswer> => {
    const answers = request.messages.filter(({ role }) => role === 'assistant').length;
    const told = JSON.stringify(request.messages);
    if (/^Your part: lead$/m.test(request.system)) return lead(request, answers);
    if (told.includes('BESIDE')) return new Promise(() => undefined);
    if (!told.includes('EXAMPLE')) return blocked;
    return answers === 0 ? calls({ name: 'write_file', args: { path: 'rates.json', content: '{}\n' } }) : finish;
  };

describe('a turn of the lead, from the terminal', function () {
  this.timeout(60_000);
  const temp = tempFolder();
  afterEach(endServers);

  async function lab(lead: Turn, { tasks = [RATES], team = {}, budget = {} } = {}) {
    const config = { team: { approvePlan: false, ...team }, budget };
    const made = await terminalLab(temp.path, model(lead), { config });
    const workflow = join(temp.path, 'plan.yaml');
    await writeFile(workflow, stringify({ goal: 'Convert amounts', tasks }));
    return { ...made, orchestrate: (...args: string[]) => made.run(process.execPath, [program, ...args]), workflow };
  }

  const of = (events: readonly { type: string }[], type: string) =>
    events.filter(event => event.type === type) as { type: string; [field: string]: unknown }[];

  it('killed in its middle is taken again, knows what it has done already, and does it once', async () => {
    const asked = Promise.withResolvers<void>();
    const digests: string[] = [];
    let killed = false;
    const { orchestrate, workflow, events } = await lab(({ messages }, answers) => {
      const digest = JSON.stringify(messages[0]);
      if (answers === 0) digests.push(digest);
      if (!killed && answers === 0) return calls(change);
      if (!killed) {
        asked.resolve();
        return new Promise(() => undefined);
      }
      return calls(retry, { name: 'go_on', args: { text: 'Example rates are enough.' } });
    });
    const child = orchestrate('run', '--workflow', workflow, '--yes');
    const ended = codeOf(child);
    await asked.promise;
    child.kill('SIGKILL');
    killed = true;
    assert.equal(await ended, null);
    assert.equal(of(await events(), 'lead-acted').length, 0);

    assert.equal(await codeOf(orchestrate('resume')), 0);
    const all = await events();
    assert.deepEqual(
      of(all, 'lead-called').map(({ turn, because }) => [turn, (because as { key: string }[]).map(({ key }) => key)]),
      [
        [1, ['failed rates 2']],
        [2, ['failed rates 2']],
      ],
    );
    assert.equal(of(all, 'task-changed').length, 1);
    assert.deepEqual(
      of(all, 'lead-acted').map(({ turn, text }) => [turn, text]),
      [[2, 'Example rates are enough.']],
    );
    assert.equal(digests.length, 2);
    assert.equal(of(all, 'session-ended')[0]?.outcome, 'completed');
    assert.deepEqual(
      of(all, 'task-completed').map(({ task }) => task),
      ['rates'],
    );
  });

  it('concludes: what is at work is ended, and log and exit code say that the goal was not reached, and why', async () => {
    const { orchestrate, workflow, events } = await lab(
      () => calls({ name: 'conclude', args: { reason: 'There are no rates without a network.' } }),
      { tasks: [RATES, BESIDE] },
    );
    assert.equal(await codeOf(orchestrate('run', '--workflow', workflow, '--yes')), 1);
    const all = await events();
    assert.deepEqual(
      of(all, 'task-cancelled').map(({ task, by, reason }) => [task, by, reason]),
      [['beside', 'orchestrator', 'There are no rates without a network.']],
    );
    assert.deepEqual(of(all, 'lead-acted')[0]?.did, ['concluded: There are no rates without a network.']);
    const [end] = of(all, 'session-ended');
    assert.equal(end?.outcome, 'failed');
    assert.match(String(end?.reason), /rates/);
  });

  it('ends when its share of the budget is spent, with what it has done, and the session ends with its cause', async () => {
    const usage = { input: 2000, cacheRead: 0, cacheWrite: 0, output: 3000 };
    const { orchestrate, workflow, events } = await lab(
      (_, answers) => ({ ...calls(answers === 0 ? change : { name: 'list_files', args: {} }), usage }),
      { team: { leadShare: 0.1 }, budget: { sessionUsd: 1 } },
    );
    assert.equal(await codeOf(orchestrate('run', '--workflow', workflow, '--yes')), 1);
    const all = await events();
    const [acted, ...more] = of(all, 'lead-acted');
    assert.equal(more.length, 0);
    assert.deepEqual(acted?.did, ['changed instructions of task rates: Nobody can download them.']);
    assert.match(String(acted?.text), /^no answer: the agent budget of lead allows \$0\.10, \$0\.068 of it is spent/);
    const calledBy = new Map(of(all, 'call-intent').map(({ call, agent }) => [call, agent]));
    const costs = of(all, 'call-outcome').flatMap(({ call, cost }) =>
      calledBy.get(call) === 'lead' ? [Number(cost)] : [],
    );
    const spent = costs.reduce((sum, cost) => sum + cost, 0);
    assert.ok(costs.length >= 1 && spent <= 100_000_000, `${costs.length} calls, ${spent}`);
    assert.equal(of(all, 'session-ended')[0]?.outcome, 'failed');
  });

  it('in which the budget of the session ends leaves a session that says so, and goes on with more', async () => {
    const usage = { input: 2000, cacheRead: 0, cacheWrite: 0, output: 4000 };
    const { orchestrate, workflow, events } = await lab(
      (_, answers) =>
        answers === 0
          ? { ...calls(change), usage }
          : calls(retry, { name: 'go_on', args: { text: 'Example rates are enough.' } }),
      { team: { leadShare: 1 }, budget: { sessionUsd: 0.08 } },
    );
    assert.equal(await codeOf(orchestrate('run', '--workflow', workflow, '--yes')), 3);
    assert.equal(of(await events(), 'session-ended')[0]?.outcome, 'budget-spent');
    assert.equal(await codeOf(orchestrate('resume', '--budget', '2', '--yes')), 0);
    const all = await events();
    assert.equal(of(all, 'session-ended').at(-1)?.outcome, 'completed');
    assert.equal(of(all, 'task-changed').length, 1);
  });
});
