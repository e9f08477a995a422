import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { JournalEvent } from '../../src/protocol/events.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { program } from '../support/terminal-lab.ts';

describe('a change of the demo that is rejected with a reason', function () {
  this.timeout(180_000);
  const temp = tempFolder();

  it('is done again with that reason, and waits for review once more', async () => {
    const env = { ...process.env, ORCHESTRATE_HOME: join(temp.path, 'home'), NO_COLOR: '1' };
    const orchestrate = async (...args: string[]) =>
      (await promisify(execFile)(process.execPath, [program, ...args], { cwd: temp.path, env })).stdout;
    const run = spawn(process.execPath, [program, 'run', '--rehearse', 'todo', '--yes', '--json'], {
      cwd: temp.path,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const over = once(run, 'close');
    const events: JournalEvent[] = [];
    let rejected: Promise<unknown> | undefined;
    for await (const line of createInterface({ input: run.stdout })) {
      const event = JSON.parse(line) as JournalEvent;
      events.push(event);
      if (event.type === 'task-completed' && event.task === 'architecture') {
        rejected = orchestrate('reject', 'docs/architecture.md', '--reason', 'Say where the data is kept');
      }
    }
    assert.deepEqual(await over, [0, null]);
    assert.match(String(await rejected), /1 hunks? in 1 files? rejected/);

    const added = events.find(event => event.type === 'task-added');
    assert.equal(added?.task.title, 'Mend docs/architecture.md');
    const files = (await orchestrate('changes', '--json'))
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as { path: string });
    assert.ok(files.some(({ path }) => path === 'docs/architecture.md'));
    assert.match(await orchestrate('changes', 'docs/architecture.md'), /Done again: Say where the data is kept/);
  });
});
