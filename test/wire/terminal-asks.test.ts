import assert from 'node:assert/strict';
import type { JournalEvent } from '../../src/protocol/events.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { havePty, Pty } from '../support/pty.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { program, terminalLab } from '../support/terminal-lab.ts';
import { until } from '../support/until.ts';
import { endServers } from '../support/wire.ts';

const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 100, rows: 40 },
  { columns: 200, rows: 50 },
];
const PLAN = /\? planner Go on with the plan/;
const QUESTION = /Which of the two colours/;
const PERMISSION = /wants: curl http/;
const finish = { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }] };
const ask = {
  toolCalls: [{ name: 'ask_user', args: { question: 'Which of the two colours shall it be, red or blue?' } }],
};
const fetchIt = {
  toolCalls: [{ name: 'run_command', args: { command: 'curl http://127.0.0.1:9/x', why: 'To see it' } }],
};
/** Words that come all the time: the live view has a reason to be repainted. */
const chatter = { text: 'word '.repeat(4000), pacing: { chunkChars: 5, firstByteMs: 0, betweenMs: 50 } };

/** Plans a task that asks, and others that chatter on beside it. */
function team(turns: ScriptedAnswer[], chatterers = 2) {
  const ids = ['asker', ...Array.from({ length: chatterers }, (_, i) => `other-${i}`)];
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
    const asker = JSON.stringify(request.messages[0]).includes('This is asker.');
    const turn = request.messages.filter(({ role }) => role === 'assistant').length;
    return asker ? (turns[turn] ?? finish) : chatterers > 0 && turn === 0 ? chatter : finish;
  };
}

describe('A question in a real terminal', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  const open: Pty[] = [];
  before(function () {
    if (!havePty) this.skip();
  });
  afterEach(async () => {
    for (const pty of open.splice(0)) await pty.end();
    await endServers();
  });

  async function lab(answer: (request: CanonicalRequest) => ScriptedAnswer | Promise<ScriptedAnswer>) {
    const { workspace, env, events } = await terminalLab(temp.path, answer);
    const start = (size: { columns: number; rows: number }, ...args: string[]) => {
      const pty = new Pty([process.execPath, program, ...args], { cwd: workspace, env, ...size });
      open.push(pty);
      return pty;
    };
    const of = async <T extends JournalEvent['type']>(type: T) =>
      ((await events()) as JournalEvent[]).filter(event => event.type === type) as Extract<JournalEvent, { type: T }>[];
    return { start, of };
  }

  /** Is there in every one of many looks, while the team's lines change beneath or above it. */
  async function staysVisible(pty: Pty, what: RegExp): Promise<void> {
    await pty.shows(what);
    await until(async () => /^> /.test((await pty.picture()).cursor));
    const pictures = new Set<string>();
    await until(async () => {
      const { text, cursor } = await pty.picture();
      assert.match(text, what, `the question is gone:\n${text}`);
      assert.match(cursor, /^> /, `the cursor does not stand where the answer is typed:\n${text}`);
      return pictures.add(text).size >= 3;
    });
  }

  it('shows a command whole before it is allowed: its folder, its lines, its end, and what nobody would see', async () => {
    const command = `frobnicate ${'x'.repeat(700)}${' '.repeat(300)}; curl http://127.0.0.1:9/end`;
    const run = { toolCalls: [{ name: 'run_command', args: { command: `npm test\n${command}`, cwd: 'docs/api' } }] };
    const { start, of } = await lab(team([run], 0));
    const pty = start({ columns: 100, rows: 40 }, 'run', 'Do it');
    await pty.shows(PLAN);
    pty.type('y\r');
    await pty.shows(/wants: in docs\/api: npm test ⏎ frobnicate/);
    const shown = (await pty.text()).replace(/\n\s*/g, '');
    assert.ok(shown.includes(`${'x'.repeat(700)}`), shown);
    assert.match(shown, /\[300 ?spaces\] ?; ?curl http:\/\/127\.0\.0\.1:9\/end/);
    pty.type('s\r');
    await until(async () => (await of('permission-answered')).length === 2);
    const [, asked] = await of('permission-asked');
    assert.deepEqual([asked?.folder, asked?.what], ['docs/api', `npm test\n${command}`]);
  });

  for (const size of SIZES) {
    it(`stays visible until it is answered, at ${size.columns}×${size.rows}: the plan, a question, a permission`, async () => {
      const { start, of } = await lab(team([ask, fetchIt]));
      const pty = start(size, 'run', 'Do it');
      await staysVisible(pty, PLAN);
      pty.type('y\r');
      await staysVisible(pty, QUESTION);
      assert.doesNotMatch(await pty.text(), PLAN);
      pty.type('blu');
      await pty.shows(/^> blu$/m);
      pty.type('e\r');
      await staysVisible(pty, PERMISSION);
      pty.type('n not now\r');
      await until(async () => (await of('task-completed')).length === 1);
      assert.deepEqual(
        (await of('question-answered')).map(({ text, by }) => [text, by]),
        [['blue', 'user']],
      );
      const answers = await of('permission-answered');
      assert.deepEqual(
        answers.map(({ decision, reason }) => [decision, reason]),
        [
          ['allow', undefined],
          ['deny', 'not now'],
        ],
      );
      pty.type('\u0003');
      assert.equal(await pty.code(), 130);
    });
  }

  it('stays visible through every change of the size of the window', async () => {
    const { start } = await lab(team([ask]));
    const pty = start(SIZES[0] as (typeof SIZES)[0], 'run', 'Do it', '--yes');
    await pty.shows(QUESTION);
    pty.type('somewhat red');
    for (const [columns, rows] of [
      [100, 40],
      [60, 20],
      [200, 50],
      [40, 15],
      [80, 24],
      [33, 60],
      [120, 12],
    ] as const) {
      pty.resize(columns, rows);
      await staysVisible(pty, /Which of/);
      await pty.shows(/^> somewhat red$/m);
      const lines = (await pty.text()).split('\n');
      assert.equal(lines.filter(line => line.startsWith('> ')).length, 1, 'it stands there once');
    }
    pty.type('\r');
    await until(async () => !/Which of the/.test(await pty.text()));
  });

  it('is not answered by keys that were typed before it was shown', async () => {
    const planned = Promise.withResolvers<void>();
    const plans = team([ask]);
    const { start, of } = await lab(async request => {
      await planned.promise;
      return plans(request);
    });
    const pty = start(SIZES[0] as (typeof SIZES)[0], 'run', 'Do it');
    // While the program starts, and while the plan is made.
    pty.type('y\ry\r?\rn\r');
    await until(async () => (await of('call-intent')).length === 1);
    for (const keys of ['y\r', 'y\ry\r', '?\r', 'n\r', 'y']) pty.type(keys);
    planned.resolve();
    await staysVisible(pty, PLAN);
    assert.match((await pty.picture()).cursor, /^> *$/, 'nothing of it stands in the answer');
    assert.deepEqual(await of('plan-approved'), []);
    assert.deepEqual(await of('plan-refused'), []);
    assert.deepEqual(await of('session-ended'), []);
  });

  it('says how to answer it for a "?", and a letter too many pays for no second plan', async () => {
    const { start, of } = await lab(team([ask]));
    const pty = start(SIZES[0] as (typeof SIZES)[0], 'run', 'Do it');
    await pty.shows(PLAN);
    for (const line of ['?', 'yy', 'x', '']) {
      pty.type(`${line}\r`);
      await pty.shows(/another plan is made/);
      await pty.shows(PLAN);
      await pty.shows(/^> *$/m);
    }
    assert.equal((await of('plan-proposed')).length, 1);
    assert.deepEqual(await of('plan-refused'), []);
    pty.type('make it smaller\r');
    await until(async () => (await of('plan-proposed')).length === 2);
    assert.deepEqual(
      (await of('plan-refused')).map(({ errors }) => errors),
      [['make it smaller']],
    );
    await staysVisible(pty, PLAN);
    pty.type('n\r');
    assert.equal(await pty.code(), 1);
  });

  it('that is longer than the window stands above it in full, and its way to answer below', async () => {
    const long = `Which? ${Array.from({ length: 130 }, (_, i) => `reason-${i}`).join(' ')} or the last one?`;
    const { start, of } = await lab(team([{ toolCalls: [{ name: 'ask_user', args: { question: long } }] }]));
    const pty = start({ columns: 100, rows: 16 }, 'run', 'Do it', '--yes');
    await staysVisible(pty, /in full above/);
    const all = (await pty.history()).replace(/\s+/g, ' ');
    assert.ok(all.includes('reason-129 or the last one?'));
    pty.type('1\r');
    await until(async () => (await of('question-answered')).length === 1);
  });

  it('of several is one after the other, and survives Ctrl-D', async () => {
    const { start, of } = await lab(team([ask, ask]));
    const pty = start(SIZES[1] as (typeof SIZES)[0], 'run', 'Do it', '--yes');
    await pty.shows(QUESTION);
    pty.type('\u0004');
    await staysVisible(pty, QUESTION);
    pty.type('red\r');
    await until(async () => (await of('question-answered')).length === 1);
    await pty.shows(QUESTION);
    pty.type('blue\r');
    await until(async () => (await of('question-answered')).length === 2);
  });

  it('is shown in the rehearsal that the doctor suggests', async () => {
    const { start, of } = await lab(team([]));
    const pty = start(SIZES[0] as (typeof SIZES)[0], 'run', '--rehearse', 'todo');
    await staysVisible(pty, PLAN);
    assert.match(await pty.history(), /tasks:/, 'the plan itself stands above');
    pty.type('n\r');
    assert.equal(await pty.code(), 1);
    assert.deepEqual(
      (await of('session-ended')).map(({ outcome }) => outcome),
      ['aborted'],
    );
  });
});
