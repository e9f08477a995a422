import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventOf, EventType, JournalEvent } from '../../src/protocol/events.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { program } from '../support/terminal-lab.ts';

describe('a rehearsed session that only its lead can save, from the terminal', function () {
  this.timeout(60_000);
  const temp = tempFolder();

  async function rehearsed(script: string) {
    const child = spawn(process.execPath, [program, 'run', '--rehearse', script, '--yes', '--json'], {
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
    return { code, of, events };
  }

  it('completes after the lead has changed a task that nobody could do, and says why in journal and log', async () => {
    const { code, of } = await rehearsed('lead');
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

  it('completes without a failure where the lead hears of every seam of the plan, and changes a task before it begins', async () => {
    const { code, of, events } = await rehearsed('lead-active');
    assert.equal(code, 0);
    assert.equal(of('task-failed').length + of('supervision').length, 0);
    const asked = of('lead-called').flatMap(({ because }) => because.map(({ key }) => key));
    assert.deepEqual(asked.toSorted(), ['contract reading 1', 'phase development', 'phase setup']);
    const types = events.flatMap(event => {
      if (event.type === 'task-changed') return [`${event.task.id} changed`];
      return event.type === 'agent-started' && event.task === 'page' ? ['page begins'] : [];
    });
    assert.deepEqual(types, ['page changed', 'page begins']);
    assert.match(await readFile(join(temp.path, 'src/line.mjs'), 'utf8'), /\.celsius\} °C/);
  });

  it('fails where the same lead is asked only when something has failed', async () => {
    const script = await readFile(new URL('../../media/rehearsals/lead-active.yaml', import.meta.url), 'utf8');
    const quiet = join(temp.path, 'quiet.yaml');
    await writeFile(quiet, script.replace('lead: active', 'lead: quiet'));
    const { code, of } = await rehearsed(quiet);
    assert.equal(code, 1);
    assert.equal(of('task-changed').length, 0);
  });
});
