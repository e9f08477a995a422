import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createProcesses } from '../../../src/node/processes.ts';
import { LinuxSandbox } from '../../../src/node/sandbox/linux.ts';
import { needsSandbox } from '../../support/sandbox.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { endServers } from '../../support/wire.ts';
import type { Step } from '../../support/worker/acp-agent.ts';
import { endSessions, workerSession } from '../../support/worker/worker-session.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const end: Step = { end: 'end_turn', usage: { input: 1, output: 1 } };

describe('A CLI agent in the sandbox', function () {
  this.timeout(60_000);
  const folder = tempFolder();
  let server: Server;
  let port: number;
  before(async function () {
    await needsSandbox(this);
    server = createServer((request, answer) => answer.end(`reached ${request.headers.host}\n`));
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    ({ port } = server.address() as AddressInfo);
  });
  after(() => server?.close());
  afterEach(async () => {
    await endSessions();
    await endServers();
  });

  /** One that follows these steps, with a home folder of its user's. */
  async function held(steps: Step[], worker: { sandbox?: 'off'; env?: Record<string, string> } = {}) {
    const at = (name: string) => join(folder.path, name);
    await mkdir(at('person/.fake-cli'), { recursive: true });
    await writeFile(at('person/.fake-cli/token'), 'a-login');
    await writeFile(at('person/diary.txt'), 'dear diary');
    await mkdir(at('workspace'), { recursive: true });
    await writeFile(at('notes.jsonl'), '');
    const environment = { ...process.env, HOME: at('person'), XDG_CACHE_HOME: at('cache') };
    const root = at('workspace');
    const sandbox = new LinuxSandbox({
      root,
      processes: createProcesses({ root, environment }),
      environment,
      reach: async () => {
        const socket = connect(port, '127.0.0.1');
        await new Promise(done => socket.once('connect', done));
        return socket;
      },
    });
    const world = await workerSession({
      folder: folder.path,
      files: { 'src/a.txt': 'a\n', 'ours.py': 'print(1)\n' },
      writes: ['src/**'],
      script: [[[...steps, end]]],
      sandbox,
      environment,
      config: {
        workers: {
          fake: { folders: ['.fake-cli', at('notes.jsonl'), repository], network: ['vendor.example'], ...worker },
        },
      },
    });
    assert.equal(await world.over(), 'completed');
    const said = [...world.session.journal.state.agents.values()].map(({ summary }) => summary).join('\n');
    return { world, said, at };
  }

  it('reads and renews its own login, and nothing else of the home folder', async () => {
    const { said, at } = await held([
      { run: 'cat ~/.fake-cli/token; echo renewed > ~/.fake-cli/token' },
      { run: 'cat ~/diary.txt; echo mine > ~/note.txt' },
      { write: 'src/a.txt', text: 'b\n' },
    ]);
    assert.match(said, /a-login/);
    assert.equal(await readFile(at('person/.fake-cli/token'), 'utf8'), 'renewed\n');
    assert.doesNotMatch(said, /dear diary/);
    assert.match(said, /diary.txt: No such file/);
    assert.equal(existsSync(at('person/note.txt')), false);
  });

  it('writes its copy and no other place, not even the workspace, and what it changed waits for review', async () => {
    const { world, said, at } = await held([
      {
        run: `echo x > ${join(folder.path, 'workspace', 'planted.txt')}; echo x > /etc/planted; echo x > ../beside.txt`,
      },
      { write: 'src/a.txt', text: 'b\n' },
    ]);
    assert.equal(existsSync(at('workspace/planted.txt')), false);
    assert.equal(existsSync('/etc/planted'), false);
    assert.match(said, /beside.txt: Read-only file system/);
    assert.equal(await world.file('src/a.txt'), 'b\n');
    assert.deepEqual([...world.session.journal.state.files.keys()], ['src/a.txt']);
  });

  it('reaches its vendor, and a server of this machine that its settings name, and nobody else', async () => {
    const ask = (url: string) => ({ run: `curl -s -m 5 -o - -w ' %{http_code}\n' ${url} || echo failed` });
    const { said } = await held(
      [
        ask('http://vendor.example/'),
        ask('http://other.example/'),
        ask('$OWN_URL'),
        ask('http://127.0.0.1:1/'),
        { write: 'src/a.txt', text: 'b\n' },
      ],
      { env: { OWN_URL: `http://127.0.0.1:${port}/` } },
    );
    assert.match(said, /reached vendor\.example/);
    assert.match(said, /other\.example may not be reached/);
    assert.match(said, new RegExp(`reached 127\\.0\\.0\\.1:${port}`));
    assert.match(said, /failed/);
  });

  it('need not ask for a command that does no harm, and is asked about one that does', async () => {
    const asking = (command: string, granted: string): Step => ({
      ask: { kind: 'execute', title: command, command },
      granted: [{ write: `src/${granted}`, text: 'done\n' }],
    });
    const steps = [asking('python3 ours.py && ./generate --all', 'made.txt'), asking('rm -rf /', 'gone.txt')];
    const { world } = await held(steps);
    assert.equal(await world.file('src/made.txt'), 'done\n');
    assert.equal(await world.file('src/gone.txt'), undefined);
    assert.deepEqual(
      world.of('permission-asked').map(({ what }) => what),
      [],
    );
  });

  it('is gone with all that it started, also with what left its group', async () => {
    const seconds = String(100_000 + Math.floor(Math.random() * 1e9));
    await held([{ run: `setsid sleep ${seconds} >/dev/null 2>&1 &` }, { write: 'src/a.txt', text: 'b\n' }]);
    const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
    const lines = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
    assert.deepEqual(
      lines.filter(line => line.startsWith('sleep') && line.includes(seconds)),
      [],
    );
  });

  it('runs outside where its user says so, and is asked about again', async () => {
    const steps: Step[] = [
      { run: 'cat ~/diary.txt' },
      { ask: { kind: 'execute', title: 'make it', command: './generate --all' }, granted: [] },
      { write: 'src/a.txt', text: 'b\n' },
    ];
    const { said } = await held(steps, { sandbox: 'off' });
    assert.match(said, /dear diary/);
    assert.match(said, /answered: reject_once/);
  });
});
