import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventOf, EventType, JournalEvent } from '../../src/protocol/events.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { program } from '../support/terminal-lab.ts';

describe('a rehearsed session that only its lead can save, from the terminal', function () {
  this.timeout(60_000);
  const temp = tempFolder();

  it('completes after the lead has changed a task that nobody could do, and says why in journal and log', async () => {
    const child = spawn(process.execPath, [program, 'run', '--rehearse', 'lead', '--yes', '--json'], {
      cwd: temp.path,
      env: { ...process.env, ORCHESTRATE_HOME: join(temp.path, 'home'), NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', text => {
      out += text;
    });
    const [code] = await once(child, 'close');
    const events = out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as JournalEvent);
    const of = <T extends EventType>(type: T) => events.filter(event => event.type === type) as unknown as EventOf<T>[];
    assert.equal(code, 0);
    // Specialist and orchestrator have both failed at it before the lead is asked.
    assert.deepEqual(
      of('task-failed').map(({ task, final }) => `${task} ${final}`),
      ['rates false', 'rates true'],
    );
    assert.deepEqual(
      of('lead-called').map(({ because }) => because.map(({ key }) => key)),
      [['failed rates 2']],
    );
    const [acted] = of('lead-acted');
    assert.equal(acted?.did.length, 2);
    assert.match(acted?.text ?? '', /could not be downloaded by anybody/);
    assert.deepEqual(
      of('task-completed').map(({ task }) => task),
      ['rates', 'convert'],
    );
    assert.equal(JSON.parse(await readFile(join(temp.path, 'data/rates.json'), 'utf8')).USD, 1.25);

    const sessions = join(temp.path, '.orchestrate', 'sessions');
    const [session] = (await readdir(sessions)).filter(name => !name.startsWith('.'));
    const log = await readFile(join(sessions, session ?? '', 'log.md'), 'utf8');
    assert.match(log, /\*\*lead\*\* is asked: Task rates has failed for good/);
    assert.match(log, /\*\*lead\*\*: changed instructions of task rates/);
  });
});
