import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { program, terminalLab } from '../support/terminal-lab.ts';
import { endServers } from '../support/wire.ts';

const finish = { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }] };
const note = (text: string) => ({ toolCalls: [{ name: 'note_decision', args: { text, rationale: 'It is so.' } }] });
const publish = (bytes: number) => ({
  toolCalls: [{ name: 'publish_artifact', args: { name: 'large', content: 'word '.repeat(bytes / 5) } }],
});
const task = (id: string, needs: string[] = []) => ({
  id,
  title: id,
  role: 'implementer',
  instructions: `Do the ${id} part.`,
  needs,
});

describe('A session in the terminal whose folder takes no more', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  before(function () {
    if (process.platform === 'win32') this.skip();
  });
  afterEach(endServers);

  /** Two tasks: the first is done in one turn, the second says these turns. */
  async function lab(turns: (turn: number) => ScriptedAnswer) {
    const asked: string[] = [];
    const answer = (request: CanonicalRequest) => {
      if (request.tools.some(tool => tool.name === 'propose_plan')) {
        const tasks = [task('first'), task('second', ['first'])];
        return { toolCalls: [{ name: 'propose_plan', args: { goal: 'Do it', tasks } }] };
      }
      const part = JSON.stringify(request.messages[0]).includes('Do the second part') ? 'second' : 'first';
      asked.push(part);
      if (part === 'first') return finish;
      return turns(request.messages.filter(message => message.role === 'assistant').length);
    };
    const { run, ...rest } = await terminalLab(temp.path, answer);
    const start = (limit: number | 'unlimited', ...args: string[]) =>
      run('/bin/sh', ['-c', `ulimit -f ${limit}; exec "$@"`, 'sh', process.execPath, program, ...args]);
    return { ...rest, asked, start };
  }

  async function ended(child: ChildProcess) {
    let err = '';
    child.stdout?.resume();
    child.stderr?.on('data', text => {
      err += text;
    });
    const [code] = await once(child, 'close');
    return { code, err };
  }

  /** One sentence, and nothing of what broke on the way. */
  const said = (why: RegExp) =>
    new RegExp(
      `^The session was stopped: ${why.source}\\. When that is put right, go on with: orchestrate resume \\S+\\n$`,
    );

  it('stops when the journal is full, says so in one sentence, and goes on when there is room', async () => {
    const { start, asked, events } = await lab(turn => (turn < 40 ? note(`${turn} ${'word '.repeat(100)}`) : finish));
    const cut = await ended(start(32, 'run', 'Do it', '--yes'));
    assert.match(cut.err, said(/no room is left on the disk \(writing \S+events\.jsonl: EFBIG: [^\n]+\)/));
    assert.equal(cut.code, 1);
    assert.ok(asked.includes('second'));
    const before = asked.length;
    const again = await ended(start('unlimited', 'resume', '--yes'));
    assert.equal(again.code, 0, again.err);
    assert.deepEqual(new Set(asked.slice(before)), new Set(['second']), 'what was finished is not done again');
    assert.equal((await events()).at(-1)?.outcome, 'completed');
  });

  it('stops when a content cannot be kept, and pays for no other attempt', async () => {
    const { start, asked, events } = await lab(turn => (turn === 0 ? publish(400_000) : finish));
    const cut = await ended(start(256, 'run', 'Do it', '--yes'));
    assert.match(cut.err, said(/no room is left on the disk \(writing to \S+blobs: EFBIG: [^\n]+\)/));
    assert.equal(cut.code, 1);
    assert.deepEqual(asked, ['first', 'second']);
    assert.equal((await ended(start('unlimited', 'resume', '--yes'))).code, 0);
    assert.deepEqual(
      (await events()).filter(event => event.type === 'supervision'),
      [],
    );
    assert.ok(!asked.slice(2).includes('first'));
  });

  it('ends although its lock cannot be let go of', async () => {
    const { start, sessions } = await lab(() => {
      for (const id of readdirSync(sessions)) {
        const lock = join(sessions, id, 'lock', '1');
        rmSync(lock);
        mkdirSync(lock);
      }
      return finish;
    });
    const { code, err } = await ended(start('unlimited', 'run', 'Do it', '--yes'));
    assert.match(err, /^error: the session could not be released [^\n]+\n$/);
    assert.equal(code, 0);
  });

  it('stops when its folder is gone', async () => {
    const { start, asked, sessions } = await lab(() => {
      rmSync(sessions, { recursive: true, force: true });
      return note('There is nowhere to note it.');
    });
    const cut = await ended(start('unlimited', 'run', 'Do it', '--yes'));
    assert.match(cut.err, said(/the session’s folder is gone \([^\n]+\)/));
    assert.equal(cut.code, 1);
    assert.deepEqual(asked, ['first', 'second']);
  });
});
