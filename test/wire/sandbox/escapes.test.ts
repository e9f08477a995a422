import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { lstat, mkdir, readdir, rename } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SandboxStore } from '../../../src/node/sandbox/store.ts';
import { NodeWorkspace } from '../../../src/node/workspace.ts';
import { attempts } from '../../support/escape-attempts.ts';
import { needsSandbox } from '../../support/sandbox.ts';
import { type SandboxLab, said, sandboxLab } from '../../support/sandbox-lab.ts';
import { until } from '../../support/until.ts';

const SECRET = 'canary-4f1c9e';
const AS_SOMEBODY = ['-c', 'user.name=n', '-c', 'user.email=n@example.com'];
const git = async (cwd: string, ...calls: string[][]) => {
  for (const call of calls) await promisify(execFile)('git', call, { cwd });
};

const all = Object.entries(attempts).flatMap(([kind, lines]) => lines.map(line => ({ kind, line })));

describe('Out of the sandbox', function () {
  this.timeout(120_000);
  let lab: SandboxLab;
  let neighbour: ChildProcess;
  const servers: Server[] = [];
  let heard = 0;
  const names: Record<string, string> = {};
  const filled = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name) => names[name] ?? whole);
  const listen = async (where: object) => {
    const server = createServer(socket => {
      heard++;
      socket.destroy();
    });
    servers.push(server);
    await new Promise<void>(done => server.listen(where, done));
    return server.address();
  };

  before(async function () {
    await needsSandbox(this);
    process.env.ORCHESTRATE_CANARY = SECRET;
    lab = await sandboxLab({
      workspace: {
        'src/a.ts': 'export const a = 1;\n',
        'src/server.pem': SECRET,
        'other/a': 'a\n',
        'other/b.ts': 'b\n',
        'top.txt': 'a\n',
        'README.md': '# Read\n',
        '.env': `KEY=${SECRET}\n`,
        '.env.local': `KEY=${SECRET}\n`,
        'secrets/token': SECRET,
        '.gitignore': 'dist/\n',
        '.orchestrate/config.yaml': `# ${SECRET}\n`,
        '.orchestrate/sessions/s1/events.jsonl': `${SECRET}\n`,
      },
      outside: { 'file.txt': 'outside\n', 'private.txt': SECRET },
      prepare: root => git(root, ['init', '-q'], ['add', 'top.txt'], [...AS_SOMEBODY, 'commit', '-qm', 'one']),
      person: {
        '.ssh/id_ed25519': SECRET,
        '.aws/credentials': SECRET,
        '.netrc': SECRET,
        '.npmrc': SECRET,
        '.cargo/credentials.toml': SECRET,
        '.config/orchestrate/seal.key': SECRET,
        'notes.txt': SECRET,
        '.bashrc': '# mine\n',
      },
    });
    neighbour = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const tcp = await listen({ host: '127.0.0.1', port: 0 });
    const socket = join(lab.folder, 'cache', 'socket');
    await mkdir(join(lab.folder, 'cache'), { recursive: true });
    await listen({ path: socket });
    await listen({ path: '\0orchestrate-escape' });
    const { folder, root, outside, person } = lab;
    const port = String((tcp as AddressInfo).port);
    Object.assign(names, { folder, root, outside, person, port, socket, pid: String(neighbour.pid), canary: SECRET });
  });
  after(async () => {
    delete process.env.ORCHESTRATE_CANARY;
    neighbour?.kill();
    for (const server of servers) server.close();
    await lab?.end();
  });

  it(`is tried in ${all.length} ways`, () => assert.ok(all.length >= 100, String(all.length)));
  for (const { kind, line } of all)
    it(`nobody gets to ${kind}: ${JSON.stringify(line)}`, async () => {
      const run = await lab.run(filled(line), { write: ['src/**'], seconds: 10 });
      const { outcome, changes } = run;
      assert.notEqual(outcome.ended, 'not-started', outcome.message);
      assert.ok(!outcome.output.includes(SECRET), outcome.output);
      for (const { path, after } of changes) {
        assert.match(path, /^src\//);
        if (after) assert.ok(!Buffer.from(await run.read(path)).includes(SECRET), `${path} holds what it may not read`);
      }
      await run.close(changes.map(({ path }) => path));
    });

  it('and nothing outside has changed, nobody was reached or ended, and nothing is left running', async () => {
    assert.deepEqual(await lab.changes(['workspace/dist']), []);
    assert.equal(heard, 0);
    assert.equal(neighbour.exitCode ?? neighbour.signalCode, null);
    // What is killed is gone a moment later.
    await until(async () => {
      const { stdout } = await promisify(execFile)('ps', ['-eo', 'args']);
      return !stdout.includes('sleep 4711');
    });
    for (const name of await readdir(join(lab.root, 'dist')).catch(() => []))
      assert.equal((await lstat(join(lab.root, 'dist', name))).mode & 0o6000, 0, `${name} takes powers`);
    for (const path of ['/etc/orchestrate-escape', '/tmp/escape-tmp', '/dev/shm/escape-tmp'])
      assert.equal(await lstat(path).catch(() => undefined), undefined, `${path} was made`);
  });

  it('links that it leaves where builds write are not followed by us', async () => {
    await said(lab.run(filled('mkdir -p dist; ln -sfn {person} dist/home; ln -sfn {person}/.netrc dist/link.txt')));
    const files = new NodeWorkspace(lab.root);
    for (const path of ['dist/home/.netrc', 'dist/home/notes.txt', 'dist/link.txt'])
      assert.equal((await files.resolve(path)).ok, false, path);
    await said(
      lab.run(filled('rm -rf dist/home; mkdir -p dist/home; echo x > dist/home/notes.txt; echo y > dist/link.txt')),
    );
    assert.deepEqual(await lab.changes(['workspace/dist']), []);
  });

  it('what a kill leaves behind is swept by the next session', async () => {
    const again = await SandboxStore.make([join(lab.folder, 'cache', 'swept')]);
    const left = again.folder.replace(`-${process.pid}-`, '-999999999-');
    await rename(again.folder, left);
    const next = await SandboxStore.make([join(lab.folder, 'cache', 'swept')]);
    assert.equal(await lstat(left).catch(() => undefined), undefined);
    await next.close();
  });
});
