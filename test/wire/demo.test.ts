import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventOf, EventType, JournalEvent } from '../../src/protocol/events.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { program } from '../support/terminal-lab.ts';

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

describe('the rehearsed todo session, from the terminal', function () {
  this.timeout(120_000);
  const temp = tempFolder();
  const events: JournalEvent[] = [];
  const of = <T extends EventType>(type: T) => events.filter(event => event.type === type) as unknown as EventOf<T>[];

  const orchestrate = async (...args: string[]): Promise<Ended> => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: temp.path,
      env: { ...process.env, ORCHESTRATE_HOME: join(temp.path, 'home'), NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended: Ended = { code: null, out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', text => {
      ended.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', text => {
      ended.err += text;
    });
    [ended.code] = await once(child, 'close');
    return ended;
  };

  it('goes through failover, escalation, review, fix and a denied command to an application that works', async () => {
    const { code, out, err } = await orchestrate('run', '--rehearse', 'todo', '--yes', '--json');
    assert.equal(code, 0, err);
    events.push(
      ...out
        .trim()
        .split('\n')
        .map(line => JSON.parse(line)),
    );

    const discarded = of('attempt-discarded');
    assert.ok(discarded.length > 0, 'an answer was cut in the middle and discarded');
    assert.ok(discarded.every(event => event.model.startsWith('google/')));
    assert.ok(of('failover').some(event => event.from.startsWith('google/')));
    assert.deepEqual(
      of('supervision').map(event => [event.task, event.rung]),
      [['frontend', 'escalation']],
    );
    assert.deepEqual(
      of('round-ended')
        .filter(event => event.task === 'backend')
        .map(event => [event.kind, event.openBlockers]),
      [
        ['implement', 0],
        ['review', 1],
        ['fix', 0],
        ['review', 0],
      ],
    );
    assert.deepEqual(
      of('permission-denied').map(event => event.agent),
      ['qa-specialist-1'],
    );
    const integration = of('check-ended').filter(event => event.task === 'integration');
    assert.deepEqual(
      integration.map(event => [event.ok, event.exit]),
      [
        [true, 0],
        [true, undefined],
      ],
    );
    assert.deepEqual(
      integration[1]?.contract?.rows.map(row => [row.operation, row.result]),
      [
        ['GET /api/todos', 'kept'],
        ['POST /api/todos', 'kept'],
        ['DELETE /api/todos/{id}', 'kept'],
        ['PATCH /api/todos/{id}', 'kept'],
      ],
    );
    assert.equal(integration[0]?.tests?.failed, 0);
    assert.ok((integration[0]?.tests?.passed ?? 0) >= 9);
    const spent = of('call-outcome').reduce((sum, event) => sum + (event.cost ?? 0), 0);
    assert.ok(spent > 0, 'every call was priced');
    assert.deepEqual(
      of('session-ended').map(event => event.outcome),
      ['completed'],
    );

    await useTheApplication(temp.path);
    await theOtherCommands();
  });

  async function theOtherCommands(): Promise<void> {
    const status = await orchestrate('status', '--json');
    const summary = JSON.parse(status.out);
    assert.equal(summary.outcome.outcome, 'completed');
    assert.equal(summary.owner, undefined);

    const waiting = await orchestrate('changes', '--json');
    const paths = waiting.out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).path);
    assert.ok(paths.includes('server/store.js') && paths.includes('README.md'));

    const accepted = await orchestrate('accept', 'server/store.js');
    assert.match(accepted.out, /server\/store\.js: 1 hunk accepted/);
    const before = await readFile(join(temp.path, 'README.md'), 'utf8');
    assert.match(before, /Todo list/);
    assert.equal((await orchestrate('reject', 'README.md', '--reason', 'too short')).code, 0);
    await assert.rejects(readFile(join(temp.path, 'README.md')), { code: 'ENOENT' });
    const left = await orchestrate('changes', '--json');
    assert.equal(left.out.trim().split('\n').length, paths.length - 2);

    assert.match((await orchestrate('list')).out, /completed .*Build a simple todo list web application/);
    assert.match((await orchestrate('logs')).out, /plan with 6 tasks/);
    const abort = await orchestrate('abort');
    assert.equal(abort.code, 2, 'nobody runs it any more');
    assert.match(abort.err, /not running/);
  }
});

/** Starts what the team made, as its README says, and uses it over HTTP. */
async function useTheApplication(folder: string): Promise<void> {
  const server: ChildProcess = spawn(process.execPath, [join(folder, 'server/main.js')], {
    cwd: folder,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(server.stdout as NodeJS.ReadableStream, 'data');
    const url = /http:\S+/.exec(String(line))?.[0] ?? '';
    assert.match(await (await fetch(url)).text(), /What is to be done\?/);
    const body = JSON.stringify({ title: 'Try it' });
    const made = await fetch(`${url}/api/todos`, { method: 'POST', body });
    assert.equal(made.status, 201);
    const { todos } = (await (await fetch(`${url}/api/todos`)).json()) as { todos: { title: string }[] };
    assert.deepEqual(
      todos.map(todo => todo.title),
      ['Try it'],
    );
  } finally {
    server.kill();
    await once(server, 'close');
  }
}
