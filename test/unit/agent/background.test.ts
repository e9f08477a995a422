import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../src/node/clock.ts';
import { loopbackHttp } from '../../../src/node/loopback-http.ts';
import { createProcesses } from '../../../src/node/processes.ts';
import { AgentWorld } from '../../support/agent-world.ts';
import { call, calls } from '../../support/scripted-router.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { until } from '../../support/until.ts';

const SERVER = `
const server = require('node:http').createServer((request, response) => {
  console.log('asked for ' + request.url);
  response.end('served');
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'));
`;
const finish = calls(call('finish_task', { summary: 'done' }));
const get = (port: number) =>
  `node -e "fetch('http://127.0.0.1:${port}/page').then(r => r.text()).then(console.log, e => console.log('nobody:', e.cause.code))"`;

describe('a command in the background', () => {
  const temp = tempFolder();

  async function worked(...turns: ReturnType<typeof calls>[]) {
    await writeFile(join(temp.path, 'server.cjs'), SERVER);
    const world = new AgentWorld([...turns, finish]);
    world.host.processes = createProcesses({ root: temp.path });
    world.host.clock = systemClock;
    assert.equal((await world.run()).outcome, 'finished');
    return world;
  }

  it('is started, waited for, asked, read and stopped', async () => {
    const port = await loopbackHttp.freePort();
    const world = await worked(
      calls(call('run_command', { command: `node server.cjs ${port}`, background: true, waitFor: String(port) })),
      calls(call('run_command', { command: get(port) })),
      calls(call('background_command', { id: 'background-1', waitFor: 'asked for /page' })),
      calls(call('background_command', { id: 'background-1', stop: true })),
      calls(call('run_command', { command: get(port) })),
      calls(call('background_command', { id: 'background-1' })),
    );
    assert.match(world.told(1), new RegExp(`^background-1 is running\\.\\nIt listens on port ${port}\\.\\n`));
    assert.match(world.told(2), /served/);
    assert.match(world.told(3), /^background-1 is running\.\nIt said "asked for \/page"/);
    assert.match(world.told(4), /^Stopped background-1\./);
    assert.match(world.told(5), /nobody: ECONNREFUSED/);
    assert.match(world.told(6), /^background-1 has ended/);
    const ended = world.journal.of('command-ended').filter(event => event.background);
    assert.deepEqual(
      ended.map(event => [event.ended, event.command]),
      [['aborted', `node server.cjs ${port}`]],
    );
    assert.equal(world.journal.state.commands.failed, 0);
  });

  it('ends with its agent', async () => {
    const port = await loopbackHttp.freePort();
    const world = await worked(
      calls(call('run_command', { command: `node server.cjs ${port}`, background: true, waitFor: 'ready' })),
    );
    assert.match(world.told(1), /It said "ready"/);
    await assert.rejects(fetch(`http://127.0.0.1:${port}`));
    assert.equal(world.journal.of('command-ended').length, 1);
  });

  it('tells that it died, with what it said, and whose port it wanted', async () => {
    const port = await loopbackHttp.freePort();
    const world = await worked(
      calls(
        call('run_command', { command: 'node -e "console.error(\'no database\'); process.exit(3)"', background: true }),
      ),
      calls(call('run_command', { command: `node server.cjs ${port}`, background: true, waitFor: 'ready' })),
      calls(call('run_command', { command: `node server.cjs ${port}`, background: true, waitFor: `port ${port}` })),
    );
    assert.match(world.told(1), /^background-1 has ended: Exit code 3\.\n<data \w+>\nno database\n/);
    assert.deepEqual(world.outcomes().slice(0, 3), ['run_command: ended', 'run_command: ok', 'run_command: ended']);
    assert.match(
      world.told(3),
      /^background-3 has ended: Exit code 1[\s\S]*EADDRINUSE[\s\S]*The port is taken, perhaps by your own background-2 /,
    );
  });

  it('is waited for so long and no longer, and keeps little of a flood', async () => {
    const world = await worked(
      calls(
        call('run_command', {
          command: 'node -e "setInterval(() => console.log(\'x\'.repeat(50000)), 5)"',
          background: true,
          waitFor: 'the end',
          timeoutSeconds: 1,
        }),
      ),
      calls(call('background_command', { id: 'background-9' })),
    );
    assert.match(
      world.told(1),
      /^background-1 is running\.\nIt runs, but "the end" did not come in that time\.\n\d+ characters before are left out/,
    );
    assert.ok(world.told(1).length < 25_000);
    assert.match(world.told(2), /no background command "background-9"\. Running: background-1\./);
  });

  it('ends when its agent is stopped', async () => {
    const port = await loopbackHttp.freePort();
    await writeFile(join(temp.path, 'server.cjs'), SERVER);
    const world = new AgentWorld([
      calls(call('run_command', { command: `node server.cjs ${port}`, background: true, waitFor: 'ready' })),
      calls(call('background_command', { id: 'background-1', waitFor: 'never', seconds: 600 })),
    ]);
    world.host.processes = createProcesses({ root: temp.path });
    world.host.clock = systemClock;
    const agent = world.start();
    await until(() => world.journal.of('tool-intent').length === 2);
    agent.abort('a person stopped it');
    assert.equal((await agent.done).outcome, 'aborted');
    await assert.rejects(fetch(`http://127.0.0.1:${port}`));
  });
});
