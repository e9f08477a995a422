import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CanonicalRequest, ScriptedAnswer } from '../../src/rehearsal/wire/types.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { codeOf, program, terminalLab } from '../support/terminal-lab.ts';
import { until } from '../support/until.ts';
import { endServers } from '../support/wire.ts';

const finish = { toolCalls: [{ name: 'finish_task', args: { summary: 'Done.' } }] };

/** A model that plans one task and then says these turns. */
function team(turns: ScriptedAnswer[], more: object = {}) {
  const task = { id: 'only', title: 'Do it', role: 'implementer', instructions: 'Do it.', writes: ['**'], ...more };
  return (request: CanonicalRequest): ScriptedAnswer => {
    if (request.tools.some(tool => tool.name === 'propose_plan'))
      return { toolCalls: [{ name: 'propose_plan', args: { goal: 'Do it', tasks: [task] } }] };
    return turns[request.messages.filter(message => message.role === 'assistant').length] ?? finish;
  };
}

describe('The terminal program', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  afterEach(endServers);

  async function lab(answer: (request: CanonicalRequest) => ScriptedAnswer) {
    const { run, ...rest } = await terminalLab(temp.path, answer);
    return { ...rest, start: (...args: string[]) => run(process.execPath, [program, ...args]) };
  }

  it('prints with --json every event of the journal, from the first on', async () => {
    const { start, events } = await lab(team([]));
    const child = start('run', 'Do it', '--yes', '--json');
    let printed = '';
    child.stdout.on('data', text => {
      printed += text;
    });
    assert.equal(await codeOf(child), 0);
    assert.equal(printed, (await events()).map(event => `${JSON.stringify(event)}\n`).join(''));
  });

  it('stops a session cleanly when its reader has seen enough, and does not call that done', async () => {
    const slow = { text: 'word '.repeat(2000), pacing: { chunkChars: 5, betweenMs: 50, firstByteMs: 0 } };
    const { start, events } = await lab(team([slow]));
    const child = start('run', 'Do it', '--yes', '--json');
    const lines = createInterface({ input: child.stdout });
    await once(lines, 'line');
    child.stdout.destroy();
    assert.equal(await codeOf(child), 130);
    const all = await events();
    assert.equal(all.at(-1)?.type, 'session-ended');
    assert.equal(all.at(-1)?.outcome, 'interrupted');
    const ids = (type: string) => all.filter(event => event.type === type).map(event => event.call);
    assert.deepEqual(ids('call-outcome'), ids('call-intent'), 'every call is settled');
  });

  it('rejects what is named, whatever its name, and nothing else', async () => {
    const names = ['a.txt', 'b.txt', 'x#1.txt', '#2.txt', 'c.txt'];
    const write = (path: string) => ({ name: 'write_file', args: { path, content: 'written\n' } });
    const { workspace, start } = await lab(team([{ toolCalls: names.map(write) }]));
    assert.equal(await codeOf(start('run', 'Do it', '--yes')), 0);
    const there = async () => (await readdir(workspace)).filter(name => name.endsWith('.txt'));
    assert.equal(await codeOf(start('reject', '')), 2, 'an unset variable in a script is not "everything"');
    assert.equal(await codeOf(start('reject', 'nowhere.txt')), 1);
    assert.equal(await codeOf(start('reject', 'a.txt#')), 2);
    // Every session's id begins so.
    await writeFile(join(workspace, '20'), '');
    assert.equal(await codeOf(start('reject', '20')), 1);
    assert.equal((await there()).length, names.length);
    for (const name of ['./b.txt', join(workspace, 'c.txt'), 'x#1.txt', '#2.txt'])
      assert.equal(await codeOf(start('reject', name)), 0, name);
    assert.deepEqual(await there(), ['a.txt']);
    assert.equal(await codeOf(start('reject')), 2, 'everything goes only where that is said');
    assert.deepEqual(await there(), ['a.txt']);
    assert.equal(await codeOf(start('reject', '--yes')), 0);
    assert.deepEqual(await there(), []);
  });

  it('can read a session back whose budget was as good as none', async () => {
    const write = { toolCalls: [{ name: 'write_file', args: { path: 'a.txt', content: 'written\n' } }] };
    const { start } = await lab(team([write]));
    assert.equal(await codeOf(start('run', 'Do it', '--yes', '--budget', '1000000000')), 0);
    assert.equal(await codeOf(start('accept', 'a.txt')), 0);
  });

  it('takes its commands along when the terminal is closed', async function () {
    // Windows ends a process without asking it.
    if (process.platform === 'win32') this.skip();
    const run = { toolCalls: [{ name: 'run_command', args: { command: 'npm test', why: 'To see' } }] };
    const { workspace, start, events } = await lab(team([run]));
    const wait = "require('node:fs').writeFileSync('pid', String(process.pid)); setInterval(() => {}, 1000)";
    await writeFile(join(workspace, 'wait.js'), wait);
    await writeFile(join(workspace, 'package.json'), JSON.stringify({ scripts: { test: 'node wait.js' } }));
    const child = start('run', 'Do it', '--yes');
    const pid = async () => Number(await readFile(join(workspace, 'pid'), 'utf8').catch(() => '0'));
    await until(async () => (await pid()) > 0);
    child.kill('SIGHUP');
    assert.equal(await codeOf(child), 130);
    const command = await pid();
    await until(() => {
      try {
        process.kill(command, 0);
        return false;
      } catch {
        return true;
      }
    });
    assert.equal((await events()).at(-1)?.outcome, 'interrupted');
  });
});
