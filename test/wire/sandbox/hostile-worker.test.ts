import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createProcesses } from '../../../src/node/processes.ts';
import { LinuxSandbox } from '../../../src/node/sandbox/linux.ts';
import { attempts } from '../../support/escape-attempts.ts';
import { plant, treeChanges, treeOf } from '../../support/file-tree.ts';
import { needsSandbox } from '../../support/sandbox.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { endServers } from '../../support/wire.ts';
import type { Step } from '../../support/worker/acp-agent.ts';
import { endSessions, workerSession } from '../../support/worker/worker-session.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const CANARY = 'canary-77ab01';
const OWN = ['workspace/.orchestrate/sessions', 'workspace/.orchestrate/.gitignore', 'home', 'cache', 'notes.jsonl'];
/** It would only end itself by these. */
const ENDS_ITSELF = /kill -TERM -1|killall|pkill/;
const lines = Object.values(attempts)
  .flat()
  .filter(line => !ENDS_ITSELF.test(line));

describe('A hostile CLI agent in the sandbox', function () {
  this.timeout(150_000);
  const folder = tempFolder();
  const at = (name: string) => join(folder.path, name);
  const servers: Server[] = [];
  let neighbour: ChildProcess;
  let heard = 0;
  before(async function () {
    await needsSandbox(this);
  });
  beforeEach(async () => {
    await plant(at(''), {
      'outside/file.txt': 'outside\n',
      'outside/private.txt': CANARY,
      'person/.ssh/id_ed25519': CANARY,
      'person/.aws/credentials': CANARY,
      'person/.netrc': CANARY,
      'person/.npmrc': CANARY,
      'person/.config/orchestrate/seal.key': CANARY,
      'person/notes.txt': CANARY,
      'person/.codex/auth.json': '{"token":"a-login"}',
      'person/.codex/config.toml': 'model = "mine"\n',
      'workspace/.env': `KEY=${CANARY}\n`,
      'workspace/secrets/token': CANARY,
      'workspace/src/server.pem': CANARY,
      'workspace/src/a.ts': 'export const a = 1;\n',
      'workspace/other/b.ts': 'b\n',
      'workspace/README.md': '# Read\n',
      'workspace/top.txt': 'a\n',
      'notes.jsonl': '',
    });
    await promisify(execFile)('git', ['init', '-q'], { cwd: at('workspace') });
  });
  afterEach(async () => {
    neighbour?.kill();
    for (const server of servers.splice(0)) server.close();
    await endSessions();
    await endServers();
  });

  /** What the agent said that does this. It passes for one that we know, with all that it gets. */
  async function doing(steps: Step[]) {
    const environment = { ...process.env, HOME: at('person'), XDG_CACHE_HOME: at('cache') };
    const root = at('workspace');
    const sandbox = new LinuxSandbox({ root, processes: createProcesses({ root, environment }), environment });
    const world = await workerSession({
      folder: folder.path,
      as: 'codex',
      writes: ['src/**'],
      script: [[[...steps, { end: 'end_turn', usage: { input: 1, output: 1 } }]]],
      sandbox,
      environment,
      config: { workers: { codex: { folders: [at('notes.jsonl'), repository] } } },
    });
    await world.over();
    return [...world.session.journal.state.agents.values()].map(({ summary }) => summary).join('\n');
  }

  /** A line of bash of which it hears also when it leaves something running. */
  const bash = (line: string): Step => ({
    run: `echo ${Buffer.from(line).toString('base64')} | base64 -d > /tmp/line; timeout 10 bash /tmp/line > /tmp/said 2>&1 < /dev/null; cat /tmp/said`,
  });

  it(`gets out in none of ${lines.length} ways`, async () => {
    neighbour = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const server = createServer(socket => {
      heard++;
      socket.destroy();
    });
    servers.push(server);
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    const socket = createServer(server.listeners('connection')[0] as () => void);
    servers.push(socket);
    await mkdir(at('cache'), { recursive: true });
    await new Promise<void>(done => socket.listen(at('cache/socket'), done));
    const names: Record<string, string> = {
      ...{ folder: folder.path, root: at('workspace'), outside: at('outside'), person: at('person'), canary: CANARY },
      ...{
        port: String((server.address() as AddressInfo).port),
        socket: at('cache/socket'),
        pid: String(neighbour.pid),
      },
    };
    const filled = lines.map(line => line.replace(/\{(\w+)\}/g, (whole, name) => names[name] ?? whole));
    // A role is all that the session itself adds.
    const role = 'workspace/.orchestrate/agents';
    const before = await treeOf(folder.path, [...OWN, role]);
    const said = await doing([
      bash('echo it begins'),
      ...filled.map(bash),
      { run: 'rm -rf src; mkdir src; echo "it is done"' },
    ]);
    assert.match(said, /it begins/);
    assert.match(said, /it is done/);
    assert.ok(!said.includes(CANARY), said.slice(0, 3000));
    const changes = treeChanges(before, await treeOf(folder.path, [...OWN, role]));
    assert.deepEqual(
      changes.filter(each => !each.includes('workspace/src/a.ts')),
      [],
    );
    assert.equal(heard, 0);
    assert.equal(neighbour.exitCode ?? neighbour.signalCode, null);
    for (const path of ['/etc/orchestrate-escape', '/tmp/escape-tmp', '/dev/shm/escape-tmp'])
      assert.equal(existsSync(path), false, path);
  });

  it('renews its login, and leaves nothing in its settings that runs when it is started the next time', async () => {
    const said = await doing([
      bash('cat ~/.codex/auth.json ~/.codex/config.toml'),
      bash('echo \'{"token":"renewed"}\' > ~/.codex/new && mv ~/.codex/new ~/.codex/auth.json && echo renamed'),
      bash(
        'echo \'notify = ["touch", "/tmp/escape"]\' > ~/.codex/config.toml; echo x > ~/.codex/hooks.json; cat ~/.codex/config.toml',
      ),
      { write: 'src/a.ts', text: 'b\n' },
    ]);
    assert.match(said, /a-login/);
    assert.match(said, /model = "mine"/);
    assert.match(said, /renamed/);
    assert.match(said, /notify = /);
    assert.equal(await readFile(at('person/.codex/auth.json'), 'utf8'), '{"token":"renewed"}\n');
    assert.equal(await readFile(at('person/.codex/config.toml'), 'utf8'), 'model = "mine"\n');
    assert.equal(existsSync(at('person/.codex/hooks.json')), false);
  });

  it('puts nothing of somebody else in the place of its login', async () => {
    await writeFile(at('person/.codex/auth.json'), '{"token":"a-login"}');
    for (const line of [
      `rm ~/.codex/auth.json; ln -s ${at('person/.aws/credentials')} ~/.codex/auth.json`,
      `mv ~/.codex ~/.codex2; ln -s ${at('person/.ssh')} ~/.codex`,
      'echo "no login" > ~/.codex/auth.json',
    ]) {
      await doing([bash(line), { write: 'src/a.ts', text: `${line}\n` }]);
      assert.equal(await readFile(at('person/.codex/auth.json'), 'utf8'), '{"token":"a-login"}', line);
    }
  });
});
