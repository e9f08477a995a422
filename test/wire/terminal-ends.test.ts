import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parse, stringify } from 'yaml';
import type { JournalEvent } from '../../src/protocol/events.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { codeOf, program, terminalLab } from '../support/terminal-lab.ts';
import { until } from '../support/until.ts';
import { endServers } from '../support/wire.ts';

const slowly = { chunkChars: 5, firstByteMs: 0, betweenMs: 100 };
const finish = { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }] };
const endless = { text: 'word '.repeat(4000), pacing: slowly };

/** Plans tasks with these ids; each of their agents says these turns, then that it is done. */
function team(ids: string[], turns: (task: string) => ScriptedAnswer[] = () => []) {
  const tasks = ids.map(id => ({
    id,
    title: id,
    role: 'implementer',
    instructions: `This is ${id}.`,
    writes: [`${id}/**`],
  }));
  return (request: CanonicalRequest): ScriptedAnswer => {
    if (request.tools.some(tool => tool.name === 'propose_plan'))
      return { toolCalls: [{ name: 'propose_plan', args: { goal: 'Do it', tasks } }] };
    const prompt = JSON.stringify(request.messages[0]);
    const task = ids.find(id => prompt.includes(`This is ${id}.`)) ?? '';
    return turns(task)[request.messages.filter(({ role }) => role === 'assistant').length] ?? finish;
  };
}

const all = <T extends JournalEvent['type']>(events: JournalEvent[], type: T) =>
  events.filter((event): event is Extract<JournalEvent, { type: T }> => event.type === type);

describe('How a session ends in the terminal', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  afterEach(endServers);

  async function lab(answer: (request: CanonicalRequest) => ScriptedAnswer) {
    const { run, events, ...rest } = await terminalLab(temp.path, answer);
    const start = (...args: string[]) => run(process.execPath, [program, ...args]);
    const said = async (...args: string[]) => {
      const child = start(...args);
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', part => (text += part));
      return { code: await codeOf(child), text };
    };
    /** Starts it and interrupts it when this has happened. */
    const interrupted = async (type: JournalEvent['type'], ...args: string[]) => {
      const child = start(...args);
      const lines = createInterface({ input: child.stdout });
      lines.on('line', () => undefined);
      await until(async () => all((await events()) as JournalEvent[], type).length > 0);
      child.kill('SIGINT');
      return codeOf(child);
    };
    return { ...rest, start, said, interrupted, events: events as () => Promise<JournalEvent[]> };
  }

  it('spends a budget of $0.24 with four agents at work instead of calling it spent', async () => {
    const pause = { text: 'word '.repeat(20), pacing: { chunkChars: 5, firstByteMs: 0, betweenMs: 20 } };
    const look = { ...pause, toolCalls: [{ name: 'list_files', args: {} }], usage: { input: 1500, output: 300 } };
    const { said, events } = await lab(team(['a', 'b', 'c', 'd'], () => [look, look]));
    const { code, text } = await said('run', 'Do it', '--yes', '--budget', '0.24');
    assert.equal(code, 0, text);
    assert.deepEqual(all(await events(), 'budget-spent'), []);
    assert.ok(all(await events(), 'call-outcome').every(({ result }) => result.ok));
  });

  it('keeps the limit that it began with when it is resumed, until somebody changes it', async () => {
    let hold = true;
    const { said, interrupted, events } = await lab(team(['a'], () => (hold ? [endless] : [])));
    assert.equal(await interrupted('task-started', 'run', 'Do it', '--yes', '--budget', '0.5'), 130);
    hold = false;
    const resumed = await said('resume', '--yes');
    assert.equal(resumed.code, 0, resumed.text);
    assert.deepEqual(all(await events(), 'budget-changed'), [], 'nobody changed it');
    const status = JSON.parse((await said('status', '--json')).text);
    assert.equal(status.limitNanoUsd, 500_000_000);
    assert.equal((await said('resume', '--ask', 'More', '--budget', '0.000001')).code, 2, 'less than what is spent');
    assert.equal((await said('budget', '2')).code, 0, 'a session that nobody runs can be given more');
    assert.equal(JSON.parse((await said('status', '--json')).text).limitNanoUsd, 2_000_000_000);
  });

  it('does not go on over a budget that is spent because it is resumed', async () => {
    const { said, events } = await lab(team(['a', 'b']));
    assert.equal((await said('run', 'Do it', '--yes', '--budget', '0.02')).code, 3);
    const calls = all(await events(), 'call-intent').length;
    const again = await said('resume', '--yes');
    assert.equal(again.code, 3, again.text);
    assert.match(again.text, /resume \S+ --budget USD/);
    assert.equal(all(await events(), 'call-intent').length, calls);
    assert.equal((await said('resume', '--yes', '--budget', '1')).code, 0);
  });

  it('does not call done what was aborted, not even after a resume', async () => {
    const { said, start, events } = await lab(team(['a', 'b', 'c'], () => [endless]));
    const child = start('run', 'Do it', '--yes', '--json');
    const ended = codeOf(child);
    child.stdout.resume();
    await until(async () => all(await events(), 'task-started').length > 0);
    assert.equal((await said('abort')).code, 0);
    assert.equal(await ended, 1);
    const again = await said('resume', '-y');
    assert.equal(again.code, 1, again.text);
    assert.match(again.text, /0 of 3 tasks/);
    assert.match(again.text, /3 tasks were cancelled \(a, b, c\)/);
    assert.doesNotMatch(again.text, /Done|checklist holds/);
    assert.match((await said('list')).text, /aborted/);
    const report = (await said('report')).text;
    assert.match(report, /Aborted \(3 tasks were cancelled/);
  });

  it('does not call done what one of its agents was aborted in', async () => {
    const { said, start, events } = await lab(team(['a', 'b'], task => (task === 'a' ? [endless] : [])));
    const child = start('run', 'Do it', '--yes', '--json');
    const ended = codeOf(child);
    child.stdout.resume();
    const working = async () => all(await events(), 'agent-started').find(({ task }) => task === 'a')?.agent;
    await until(async () => (await working()) && all(await events(), 'task-completed').length > 0);
    assert.equal((await said('abort', '--agent', (await working()) as string)).code, 0);
    assert.equal(await ended, 1);
    const end = all(await events(), 'session-ended').at(-1);
    assert.match(`${end?.outcome}: ${end?.reason}`, /^aborted: task a was cancelled/);
  });

  it('for want of a model is made good by the next resume, and names what was wrong and what to do', async () => {
    let dead = true;
    const { said, events } = await lab(request => {
      if (dead && !request.tools.some(tool => tool.name === 'propose_plan'))
        return { fault: { kind: 'unauthorized' } } as ScriptedAnswer;
      return team(['a', 'b'])(request);
    });
    const first = await said('run', 'Do it', '--yes');
    assert.equal(first.code, 1);
    assert.match(first.text, /2 tasks failed \(a, b\): .*anthropic refused its key/);
    assert.match(first.text, /Go on: +orchestrate resume \S+ {3}when the cause is mended/);
    const still = await said('resume', '--yes');
    assert.equal(still.code, 1);
    dead = false;
    const last = await said('resume', '--yes');
    assert.equal(last.code, 0, last.text);
    assert.match(last.text, /2 of 2 tasks/);
    assert.equal(all(await events(), 'plan-proposed').length, 1, 'no second plan was paid for');
  });

  it('with an aborted task can be made good by a retry of it', async () => {
    let hold = true;
    const { said, start, events } = await lab(team(['a', 'b'], task => (task === 'a' && hold ? [endless] : [])));
    const child = start('run', 'Do it', '--yes', '--json');
    const ended = codeOf(child);
    child.stdout.resume();
    const working = async () => all(await events(), 'agent-started').find(({ task }) => task === 'a')?.agent;
    await until(async () => (await working()) && all(await events(), 'task-completed').length > 0);
    assert.equal((await said('retry', 'b')).code, 1, 'what is done is not done again');
    assert.equal((await said('abort', '--agent', (await working()) as string)).code, 0);
    await ended;
    hold = false;
    const wrong = await said('retry', 'nothing', '--yes');
    assert.equal(wrong.code, 2);
    assert.match(wrong.text, /there is no task "nothing".*a, b/);
    const again = await said('retry', 'a', '--yes');
    assert.equal(again.code, 0, again.text);
    assert.equal((await said('retry')).code, 2, 'there is nothing left to try');
  });

  it('waits for a person where a command was cut off, and a retry of its task runs it again', async () => {
    const plan =
      'goal: Do it\ntasks:\n  - { id: deploy, kind: command, title: Deploy, run: node deploy.js }\n  - { id: after, kind: check, title: See, needs: [deploy], checks: [{ exists: [deployed] }] }\n';
    const { said, start, workspace } = await lab(team([]));
    // It outlives whoever is killed, and ends when it is to be quick or its folder is gone.
    const deploy =
      "const fs = require('node:fs'); fs.appendFileSync('log', 'x'); if (fs.existsSync('quick')) fs.writeFileSync('deployed', 'yes'); else setInterval(() => fs.existsSync('log') && !fs.existsSync('quick') || process.exit(), 100);";
    await writeFile(join(workspace, 'deploy.js'), deploy);
    await writeFile(join(workspace, 'plan.yaml'), plan);
    const config = join(workspace, '..', 'home', 'config.yaml');
    const own = parse(await readFile(config, 'utf8'));
    await writeFile(
      config,
      stringify({ ...own, permissions: { ...own.permissions, commands: { allow: ['node deploy.js'] } } }),
    );
    const runs = async () => (await readFile(join(workspace, 'log'), 'utf8').catch(() => '')).length;
    const child = start('run', '--workflow', 'plan.yaml', '--yes');
    const ended = codeOf(child);
    await until(async () => (await runs()) === 1);
    child.kill('SIGKILL');
    await ended;
    await writeFile(join(workspace, 'quick'), '');
    const waits = await said('resume', '--yes');
    assert.equal(waits.code, 130, waits.text);
    assert.match(waits.text, /nobody is there to say whether the command of deploy, cut off before, may run again/);
    assert.match(waits.text, /Run it: +orchestrate retry deploy --session/);
    assert.equal(await runs(), 1);
    const again = await said('retry', 'deploy', '--yes');
    assert.equal(again.code, 0, again.text);
    assert.equal(await runs(), 2);
  });
});
