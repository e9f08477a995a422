import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { JournalEvent } from '../../src/protocol/events.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { program } from '../support/terminal-lab.ts';

describe('a session that runs in one terminal, from another one', function () {
  this.timeout(120_000);
  const temp = tempFolder();

  const start = (...args: string[]): ChildProcess =>
    spawn(process.execPath, [program, ...args], {
      cwd: temp.path,
      env: { ...process.env, ORCHESTRATE_HOME: join(temp.path, 'home'), NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const orchestrate = async (...args: string[]) => {
    const child = start(...args);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', text => {
        said += text;
      });
    }
    const [code] = await once(child, 'close');
    return { code, said };
  };

  it('gets another budget, but none below what it has spent; and it is ended', async () => {
    const runs = start('run', '--rehearse', 'todo', '--yes', '--json');
    const events: JournalEvent[] = [];
    let wake = () => {};
    let rest = '';
    runs.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      events.push(...lines.map(line => JSON.parse(line)));
      wake();
    });
    const over = once(runs, 'close');
    const happened = async (fits: (event: JournalEvent) => boolean) => {
      while (!events.some(fits)) {
        assert.equal(runs.exitCode, null, 'it has ended before that');
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      }
    };
    await happened(event => event.type === 'call-outcome' && (event.cost ?? 0) > 0);
    // It must not end by itself while it is steered.
    assert.deepEqual(await orchestrate('pause'), { code: 0, said: 'Done.\n' });

    const low = await orchestrate('budget', '0.000001');
    assert.equal(low.code, 1);
    assert.match(low.said, /^Not done: \$0\.\S+ is not more than the \$\S+ that the session has spent\n$/);
    const wrong = await orchestrate('budget', 'lots');
    assert.equal(wrong.code, 2);
    assert.match(wrong.said, /"lots" is no amount of dollars/);
    assert.deepEqual(await orchestrate('budget', '$7.50'), { code: 0, said: 'Done: it may cost $7.50 in all.\n' });
    await happened(event => event.type === 'budget-changed' && event.limit === 7.5e9);

    assert.deepEqual(await orchestrate('abort'), { code: 0, said: 'Done.\n' });
    await over;
    const late = await orchestrate('budget', '9');
    // It may go back to work, and then may cost that much.
    assert.equal(late.code, 0);
    assert.match(late.said, /\$9\.00/);
  });
});
