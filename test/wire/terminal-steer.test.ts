import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalEvent } from '../../src/protocol/events.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { havePty, Pty } from '../support/pty.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { codeOf, program, terminalLab } from '../support/terminal-lab.ts';
import { until } from '../support/until.ts';
import { endServers } from '../support/wire.ts';

const finish = { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }] };
const endless = { text: 'word '.repeat(4000), pacing: { chunkChars: 5, firstByteMs: 0, betweenMs: 100 } };
const question = { toolCalls: [{ name: 'ask_user', args: { question: 'Red or blue?' } }] };
const fetchIt = { toolCalls: [{ name: 'run_command', args: { command: 'curl http://127.0.0.1:9/x', why: 'To see' } }] };

function team(turns: ScriptedAnswer[]) {
  const task = { id: 'only', title: 'Do it', role: 'implementer', instructions: 'Do it.', writes: ['**'] };
  return ({ tools, messages }: CanonicalRequest): ScriptedAnswer => {
    if (tools.some(({ name }) => name === 'propose_plan'))
      return { toolCalls: [{ name: 'propose_plan', args: { goal: 'Do it', tasks: [task] } }] };
    return turns[messages.filter(({ role }) => role === 'assistant').length] ?? finish;
  };
}

describe('Beside a session, in another terminal', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  const open: Pty[] = [];
  afterEach(async () => {
    for (const pty of open.splice(0)) await pty.end();
    await endServers();
  });

  async function lab(answer: (request: CanonicalRequest) => ScriptedAnswer) {
    const { workspace, env, run, events } = await terminalLab(temp.path, answer);
    const said = async (...args: string[]) => {
      const child = run(process.execPath, [program, ...args]);
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', part => (text += part));
      return { code: await codeOf(child), text };
    };
    const inTerminal = (...args: string[]) => {
      const size = { columns: 100, rows: 30 };
      const pty = new Pty([process.execPath, program, ...args], { cwd: workspace, env, ...size });
      open.push(pty);
      return pty;
    };
    const of = async <T extends JournalEvent['type']>(type: T) =>
      ((await events()) as JournalEvent[]).filter(event => event.type === type) as Extract<JournalEvent, { type: T }>[];
    return { said, inTerminal, of, workspace };
  }

  it('status and monitor show the id under which something is asked, and answer takes it', async function () {
    if (!havePty) this.skip();
    const { said, inTerminal, of } = await lab(team([question, fetchIt, fetchIt]));
    const run = inTerminal('run', 'Do it', '--yes');
    await run.shows(/Red or blue\?/);
    await until(async () => (await of('question-asked')).length === 1);
    const ask = (await of('question-asked'))[0]?.ask as string;
    assert.match((await said('status')).text, new RegExp(`orchestrate answer ${ask}`));
    const monitor = inTerminal('monitor');
    await monitor.shows(new RegExp(`orchestrate answer ${ask}`));
    const listed = await said('answer');
    assert.equal(listed.code, 0);
    assert.match(listed.text, new RegExp(`Red or blue\\?[\\s\\S]*orchestrate answer ${ask} TEXT`));
    assert.equal((await said('answer', ask)).code, 2, 'an answer has words');
    assert.equal((await said('answer', ask, 'blue')).code, 0);
    assert.deepEqual(
      (await of('question-answered')).map(({ text }) => text),
      ['blue'],
    );
    await until(async () => (await of('permission-asked')).length === 1);
    assert.equal((await said('answer', 'perhaps')).code, 2);
    assert.equal((await said('answer', 'deny: not now')).code, 0, 'in quotes, without an id where one thing is asked');
    await until(async () => (await of('permission-asked')).length === 2);
    const session = (await of('session-started'))[0]?.session as string;
    const second = (await of('permission-asked'))[1]?.ask as string;
    assert.equal((await said('answer', session, second, 'deny', 'not', 'now', 'either')).code, 0);
    assert.deepEqual(
      (await of('permission-answered'))
        .filter(({ by }) => by === 'user')
        .map(({ decision, reason }) => [decision, reason]),
      [
        ['deny', 'not now'],
        ['deny', 'not now either'],
      ],
    );
    assert.equal(await run.code(), 0);
  });

  it('answer alone asks in a terminal', async function () {
    if (!havePty) this.skip();
    const { inTerminal, of } = await lab(team([question]));
    const run = inTerminal('run', 'Do it', '--yes');
    await run.shows(/Red or blue\?/);
    const other = inTerminal('answer');
    await other.shows(/Red or blue\?[\s\S]*^> /m);
    other.type('red\r');
    await until(async () => (await of('question-answered')).length === 1);
    assert.equal(await other.code(), 0);
    assert.equal(await run.code(), 0);
  });

  it('logs of an agent that is not there say so, and name those who are', async () => {
    const { said } = await lab(team([]));
    assert.equal((await said('run', 'Do it', '--yes')).code, 0);
    const { code, text } = await said('logs', '--agent', 'nobody');
    assert.equal(code, 2);
    assert.match(text, /There is no agent "nobody".*implementer-1/);
    assert.equal((await said('logs', '--agent', 'implementer-1')).code, 0);
  });

  it('status after an outage says that tokens are unknown, not that there were none', async () => {
    const { said } = await lab(() => ({ fault: { kind: 'server-error' } }));
    assert.equal((await said('run', 'Do it', '--yes')).code, 1);
    const { text } = await said('status');
    assert.match(text, /unknown tokens/);
    assert.doesNotMatch(text, / 0 tokens/);
  });

  it('Ctrl-C says what it does, and the second one what it did', async function () {
    if (!havePty) this.skip();
    const stubborn = { toolCalls: [{ name: 'run_command', args: { command: 'npm test', why: 'To see' } }] };
    const { inTerminal, of } = await lab(team([endless, stubborn]));
    const run = inTerminal('run', 'Do it', '--yes');
    await until(async () => (await of('call-intent')).length === 2);
    run.type('\u0003\u0003');
    assert.equal(await run.code(), 130);
    const text = await run.history();
    assert.match(text, /Stopping: what is under way is brought to an end\. Ctrl-C again stops at once/);
    assert.match(text, /Stopped at once\.[\s\S]*orchestrate resume/);
  });

  it('hunks are labelled, and keep their names while others are decided', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => `line ${i}`);
    const edits = [3, 30, 55].map(at => ({ old: `line ${at}\n`, new: `line ${at} changed\n` }));
    const { said, workspace } = await lab(
      team([
        { toolCalls: [{ name: 'read_file', args: { path: 'a.txt' } }] },
        { toolCalls: [{ name: 'edit_file', args: { path: 'a.txt', edits } }] },
      ]),
    );
    await writeFile(join(workspace, 'a.txt'), `${lines.join('\n')}\n`);
    assert.equal((await said('run', 'Do it', '--yes')).code, 0);
    const names = async () =>
      [...(await said('changes', 'a.txt')).text.matchAll(/@@ hunk (\S+)/g)].map(([, name]) => name);
    const [first, second, third] = await names();
    assert.ok(first && second && third);
    assert.equal((await said('accept', `a.txt#${second}`)).code, 0);
    assert.deepEqual(await names(), [first, third]);
    assert.equal((await said('reject', `a.txt#${first}`)).code, 0);
    assert.deepEqual(await names(), [third]);
    const text = await readFile(join(workspace, 'a.txt'), 'utf8');
    assert.deepEqual(text.match(/line \d+ changed/g), ['line 30 changed', 'line 55 changed']);
  });
});
