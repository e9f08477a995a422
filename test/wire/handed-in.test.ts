import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalEvent } from '../../src/protocol/events.ts';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { pixelPng } from '../support/pixel.ts';
import { havePty, Pty } from '../support/pty.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { codeOf, program, terminalLab } from '../support/terminal-lab.ts';
import { until } from '../support/until.ts';
import { endServers } from '../support/wire.ts';

/** Another picture with the same look: what stands behind the end of a PNG shows nothing. */
const also = (mark: string) => Buffer.concat([pixelPng, Buffer.from(mark)]);

const finish = { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }] };
const question = { toolCalls: [{ name: 'ask_user', args: { question: 'Which blue?' } }] };

/** How many images a model is shown in all of a request, and what it is told of them. */
const shown = (request: CanonicalRequest) => JSON.stringify(request.messages).split('"image/png"').length - 1;
const told = (request: CanonicalRequest, text: string) => JSON.stringify(request.messages).includes(text);

describe('Images that a person hands in, in the terminal', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  const open: Pty[] = [];
  afterEach(async () => {
    for (const pty of open.splice(0)) await pty.end();
    await endServers();
  });

  async function lab(answer: (request: CanonicalRequest) => ScriptedAnswer) {
    const asked: CanonicalRequest[] = [];
    const { workspace, env, run, events } = await terminalLab(temp.path, request => {
      asked.push(request);
      return answer(request);
    });
    for (const name of ['design.png', 'blue.png', 'next.png']) await writeFile(join(workspace, name), also(name));
    const said = async (...args: string[]) => {
      const child = run(process.execPath, [program, ...args]);
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', part => (text += part));
      return { code: await codeOf(child), text };
    };
    const of = async <T extends JournalEvent['type']>(type: T) =>
      ((await events()) as JournalEvent[]).filter(event => event.type === type) as Extract<JournalEvent, { type: T }>[];
    const inTerminal = (...args: string[]) => {
      const size = { columns: 100, rows: 30 };
      const pty = new Pty([process.execPath, program, ...args], { cwd: workspace, env, ...size });
      open.push(pty);
      return pty;
    };
    return { asked, workspace, said, of, inTerminal };
  }

  const planning = ({ tools }: CanonicalRequest) => tools.some(({ name }) => name === 'propose_plan');
  const turnOf = ({ messages }: CanonicalRequest) => messages.filter(({ role }) => role === 'assistant').length;
  const task = (id: string, more = {}) => ({
    ...{ id, title: id, role: 'implementer', instructions: `Do ${id}.`, writes: [`${id}.txt`] },
    ...more,
  });
  const plan = (...tasks: object[]) => ({ toolCalls: [{ name: 'propose_plan', args: { goal: 'Blue', tasks } }] });

  it('reach the planner and the agents that they concern, with the goal, an answer and queued work', async function () {
    if (!havePty) this.skip();
    const { asked, said, of, inTerminal } = await lab(request => {
      if (planning(request)) return plan(task('page', { consumes: ['design.png'] }), task('words'));
      if (told(request, 'Do page.') && turnOf(request) === 0) return question;
      return finish;
    });
    const run = inTerminal('run', 'Make it look like @design.png', '--yes');
    await run.shows(/Which blue\?/);
    await until(async () => (await of('question-asked')).length === 1);
    const queued = await said('queue', 'add', 'Then this', '--attach', 'next.png');
    assert.equal(queued.code, 0, queued.text);
    const answered = await said('answer', 'this one', '--attach', 'blue.png');
    assert.equal(answered.code, 0, answered.text);
    await until(async () => (await of('session-ended')).length === 1);
    assert.deepEqual(
      (await of('session-ended')).map(({ outcome }) => outcome),
      ['completed'],
    );
    const [planned] = asked.filter(planning);
    assert.equal(planned && shown(planned), 1);
    const first = (text: string) =>
      asked.find(request => !planning(request) && told(request, text)) as CanonicalRequest;
    assert.equal(shown(first('Do page.')), 1);
    assert.ok(told(first('Do page.'), '\\"design.png\\": an image, PNG, 1 × 1 pixels'));
    assert.equal(shown(first('Do words.')), 0, 'the plan says who has to see it');
    assert.equal(shown(first('Then this')), 1);
    const after = asked.find(request => told(request, 'The user answers: this one')) as CanonicalRequest;
    assert.equal(shown(after), 2);
    assert.ok(told(after, 'kept as artifact \\"blue.png\\"'));
    // A picture stands in the journal once, however many are shown it, and never in its lines.
    const [started] = await of('session-started');
    const refs = (await of('agent-message')).flatMap(({ images = [] }) => images.map(({ blob }) => blob));
    assert.ok(refs.includes(started?.attached?.[0]?.blob ?? ''));
    for (const event of await of('agent-message')) assert.ok(JSON.stringify(event).length < 20_000);
    const report = await said('report');
    assert.match(report.text, /!\[design\.png\][\s\S]*!\[next\.png\]|!\[next\.png\][\s\S]*!\[design\.png\]/);
  });

  it('that cannot be shown are refused in a sentence, before anything is paid for', async () => {
    const { asked, said, workspace } = await lab(() => finish);
    await writeFile(join(workspace, 'huge.png'), pixelPng);
    await truncate(join(workspace, 'huge.png'), 50 * 1024 * 1024);
    await writeFile(join(workspace, 'words.png'), 'no picture at all');
    await writeFile(join(workspace, 'cut.png'), pixelPng.subarray(0, 40));
    const refused = async (...args: string[]) => {
      const { code, text } = await said('run', 'Like this', '--yes', ...args);
      assert.equal(code, 2, text);
      return text;
    };
    assert.match(
      await refused('--attach', 'huge.png'),
      /huge\.png has 52428800 bytes, and an image can be shown up to 3750000\. Make a smaller copy/,
    );
    assert.match(
      await refused('--attach', 'words.png'),
      /words\.png is no image that models can be shown: PNG, JPEG, GIF or WebP/,
    );
    assert.match(await refused('--attach', 'cut.png'), /cut\.png begins like an image but is cut off or damaged/);
    assert.match(await refused('--attach', 'nowhere.png'), /There is no file .*nowhere\.png/);
    const many = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].flatMap(n => ['--attach', `${n}.png`]);
    assert.match(await refused(...many), /9 images are more than the 8/);
    assert.equal(asked.length, 0);
  });

  it('are there again when a finished session is asked for more', async () => {
    const { asked, said } = await lab(request => (planning(request) ? plan(task('page')) : finish));
    assert.equal((await said('run', 'Like this', '--yes', '--json', '--attach', 'design.png')).code, 0);
    const more = await said('resume', '--ask', 'And now like that', '--yes', '--attach', 'next.png', '--json');
    assert.equal(more.code, 0, more.text);
    const last = asked.find(request => told(request, 'And now like that')) as CanonicalRequest;
    assert.equal(shown(last), 1);
    assert.ok(told(last, '\\"next.png\\": an image'));
  });
});
