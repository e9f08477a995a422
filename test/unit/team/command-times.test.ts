import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULTS } from '../../../src/core/team/options.ts';
import type { Event, JournalEvent } from '../../../src/protocol/events.ts';
import { CommandTimesFile } from '../../../src/runtime/command-times.ts';
import { planOf } from '../../support/plans.ts';
import { call, calls } from '../../support/scripted-router.ts';
import { TeamWorld } from '../../support/team-world.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const event = (of: Event): JournalEvent => ({ v: 1, seq: 1, at: 1, ...of });
const check = (run: string, ms: number, more: object = {}) =>
  event({ type: 'check-ended', task: 't', id: 'c', check: { run }, ok: true, exit: 0, ms, ...more });
const command = (line: string, ms: number, ended: 'exit' | 'timeout' = 'exit') =>
  event({ type: 'command-ended', call: 'c', command: line, ended, ms, output: { text: '' } });

describe('how long commands took', () => {
  const temp = tempFolder();

  it('is remembered for each workspace, and only of those that ended by themselves and are run again', async () => {
    const times = new CommandTimesFile(temp.path, '/a');
    for (const each of [
      check('npm test', 5000),
      check('npm test', 42_000),
      check('npm run e2e', 9000, { interrupted: true }),
      check('hangs', 300_000, { exit: undefined }),
      check('true', 2),
      command('cargo test', 8000),
      command('cargo build', 300_000, 'timeout'),
      command('cat a', 8000),
      command(`test ${'x'.repeat(500)}`, 8000),
    ])
      times.note(each);
    await times.save();
    const again = new CommandTimesFile(temp.path, '/a');
    await again.load();
    assert.deepEqual(again.known(), [
      { command: 'npm test', ms: 42_000 },
      { command: 'cargo test', ms: 8000 },
    ]);
    const other = new CommandTimesFile(temp.path, '/b');
    await other.load();
    assert.deepEqual(other.known(), []);
    other.note(check('make', 1000));
    await other.save();
    assert.deepEqual(Object.keys(JSON.parse(readFileSync(join(temp.path, 'command-times.json'), 'utf8'))), [
      '/a',
      '/b',
    ]);
  });

  it('is forgotten where the file is no such file, and written anew', async () => {
    writeFileSync(join(temp.path, 'command-times.json'), '{"/a": [{"command": 3}]');
    const times = new CommandTimesFile(temp.path, '/a');
    await times.load();
    assert.deepEqual(times.known(), []);
    times.note(check('npm test', 5000));
    await times.save();
    assert.deepEqual(times.known(), [{ command: 'npm test', ms: 5000 }]);
  });

  const checks = [{ run: 'npm test' }, { run: 'quick' }, { run: 'npm test', timeoutSeconds: 10 }];
  const ports = {
    commandTimes: () => [
      { command: 'npm test', ms: 250_000 },
      { command: 'quick', ms: 1000 },
    ],
  };

  it('gives a check time: three times what it took, unless the plan or the user says how much', async () => {
    const plan = planOf([{ kind: 'check', id: 'all', checks }]);
    const world = new TeamWorld({ plan, ports });
    await world.run();
    assert.deepEqual(world.limits, [750_000, DEFAULTS.commandSeconds * 1000, 10_000]);
    const set = new TeamWorld({ plan, ports, settings: { commandSeconds: 60 } });
    await set.run();
    assert.deepEqual(set.limits, [60_000, 60_000, 10_000]);
  });

  it('is told to the planner, whose own calls are in the estimate', async () => {
    const world = new TeamWorld({
      ports,
      planner: [calls(call('list_files', {})), calls(call('propose_plan', planOf([{ id: 'a' }])))],
    });
    await world.run();
    assert.match(JSON.stringify(world.requests[0]?.messages), /when they last ran here: npm test 250 s, quick 1 s/);
    const { estimate } = world.journal.of('plan-proposed')[0] ?? {};
    assert.match(estimate?.basis ?? '', /planning so far is part of it: 2 calls, \$/);
  });
});
