import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SandboxedRun } from '../../../src/core/ports.ts';
import { SeatbeltSandbox } from '../../../src/node/sandbox/seatbelt/seatbelt.ts';
import { needsSandbox } from '../../support/sandbox.ts';
import { type SandboxLab, type SandboxWorld, said, sandboxLab } from '../../support/sandbox-lab.ts';

const HOLDS = fileURLToPath(new URL('../../support/seatbelt/sandbox-exec.ts', import.meta.url));

/** The sandbox of macOS over a program that stands in for the system's own: this script. */
const over =
  (script: string): NonNullable<SandboxWorld['open']> =>
  async (options, folder) => {
    const program = join(folder, 'cache', 'sandbox-exec');
    await mkdir(join(folder, 'cache'));
    await writeFile(program, `#!/bin/sh\n${script}\n`);
    await chmod(program, 0o755);
    return new SeatbeltSandbox({ ...options, program });
  };
const holding = over(`exec '${process.execPath}' --disable-warning=ExperimentalWarning '${HOLDS}' "$@"`);

describe('The sandbox of macOS', function () {
  this.timeout(60_000);
  const labs: SandboxLab[] = [];
  const open = async (world: SandboxWorld) => {
    const lab = await sandboxLab(world);
    labs.push(lab);
    return lab;
  };
  afterEach(async () => {
    for (const lab of labs.splice(0)) await lab.end();
  });

  describe('is not used', () => {
    const standingOf = async (script: string) => (await open({ open: over(script) })).sandbox.standing();

    it('where what should hold commands lets them do as they like, and it says what they could do', async () => {
      const standing = await standingOf('shift 2; exec "$@"');
      assert.ok(!standing.holds);
      assert.match(standing.why, /a command was not held: it could read a secret, read what lies outside, /);
      assert.match(
        standing.why,
        /write outside, write a file that it has not claimed, write a hook of git, reach a server/,
      );
      assert.match(standing.advice, /dev container/);
    });

    it('where nothing runs in it', async () => {
      const standing = await standingOf('echo "sandbox-exec: sandbox_apply: Operation not permitted" >&2; exit 71');
      assert.ok(!standing.holds);
      assert.match(standing.why, /Operation not permitted/);
    });

    it('where it holds everything but the network', async function () {
      await needsSandbox(this);
      const walls = 'bwrap --ro-bind / / --dev /dev --proc /proc --tmpfs';
      const standing = await standingOf(
        `shift 2; case "$PROOF_OUTSIDE" in *proof-held*) exec ${walls} "$PROOF_OUTSIDE" "$@";; esac`,
      );
      assert.ok(!standing.holds);
      assert.match(standing.why, /reach a server of this machine/);
      assert.doesNotMatch(standing.why, /write outside/);
    });

    it('where the system has no such program', async () => {
      const lab = await open({
        open: options => new SeatbeltSandbox({ ...options, program: '/usr/bin/no-such-sandbox-exec' }),
      });
      const standing = await lab.sandbox.standing();
      assert.ok(!standing.holds);
      assert.match(standing.why, /no-such-sandbox-exec is not there/);
    });
  });

  describe('where it is proved to hold', () => {
    before(async function () {
      await needsSandbox(this);
    });
    const files = {
      'src/a.ts': 'a\n',
      'src/b.ts': 'b\n',
      'src/sub/c.ts': 'c\n',
      'top.txt': 'top\n',
      '.env': 'KEY=canary\n',
    };
    const lab = (world: SandboxWorld = {}) => open({ workspace: files, open: holding, ...world });
    const changed = ({ changes }: SandboxedRun) => changes.map(({ path }) => path);

    it('it says so', async () => {
      const standing = await (await lab()).sandbox.standing();
      assert.deepEqual(standing, { holds: true, by: 'Seatbelt (sandbox-exec)' });
    });

    it('what a command changed stands beside the workspace until it is landed, and the workspace is as it was', async () => {
      const { root, run, changes } = await lab();
      const done = await run(
        'echo more >> src/a.ts; rm src/b.ts; mkdir src/new; echo n > src/new/n.ts; chmod +x src/sub/c.ts',
        {
          write: ['src/**'],
        },
      );
      assert.equal(done.outcome.exit, 0, done.outcome.output);
      assert.deepEqual(changed(done), ['src/a.ts', 'src/b.ts', 'src/new/n.ts', 'src/sub/c.ts']);
      assert.deepEqual(await changes(['workspace/src/new']), []);
      assert.equal(String(await done.read('src/a.ts')), 'a\nmore\n');
      await writeFile(join(root, 'src/a.ts'), await done.read('src/a.ts'));
      await done.close(['src/a.ts', 'src/sub/c.ts']);
      assert.equal((await stat(join(root, 'src/sub/c.ts'))).mode & 0o111, 0o111);
      const next = await run('cat src/a.ts src/b.ts', { write: ['src/**'] });
      assert.equal(next.outcome.output, 'a\nmore\nb\n');
      assert.deepEqual(changed(next), []);
      await next.close([]);
    });

    it('a folder where a file was, a file where a folder was, and links are put back', async () => {
      const { root, run, changes } = await lab({
        prepare: at => symlink('a.ts', join(at, 'src/link')),
      });
      const line =
        'rm src/a.ts; mkdir src/a.ts; echo x > src/a.ts/x; rm -r src/sub; echo y > src/sub; ln -sfn /etc src/link; ln -s /etc src/way';
      const done = await run(line, { write: ['src/**'] });
      assert.deepEqual(changed(done), ['src/a.ts', 'src/a.ts/x', 'src/sub/c.ts']);
      assert.deepEqual(done.refused, ['src/link', 'src/sub', 'src/way']);
      await done.close([]);
      assert.deepEqual(await changes(), []);
      assert.equal(await readlink(join(root, 'src/link')), 'a.ts');
    });

    it('results of builds stay where they were made, and are no changes, also for the next command', async () => {
      const { root, run } = await lab();
      for (const line of [
        'mkdir -p src/dist && echo 1 > src/dist/a.js',
        'echo 2 > src/dist/a.js; echo x > src/a.tsbuildinfo',
      ]) {
        const done = await run(line, { write: ['src/**'] });
        assert.deepEqual([changed(done), done.refused, done.outcome.exit], [[], [], 0], done.outcome.output);
        await done.close([]);
      }
      assert.equal(await readFile(join(root, 'src/dist/a.js'), 'utf8'), '2\n');
      assert.ok(existsSync(join(root, 'src/a.tsbuildinfo')));
    });

    it('commands of one task wait until what the last one changed is landed', async () => {
      const { root, run } = await lab();
      const first = await run('echo 1 >> src/a.ts', { write: ['src/**'] });
      const over: string[] = [];
      const going = run('cat src/a.ts', { write: ['src/**'] }).finally(() => over.push('second'));
      assert.equal((await run('cat src/a.ts', { write: ['src/**'], owner: 'another' })).outcome.output, 'a\n');
      assert.deepEqual(over, []);
      await writeFile(join(root, 'src/a.ts'), await first.read('src/a.ts'));
      await first.close(['src/a.ts']);
      assert.equal(await said(going), 'a\n1\n');
    });

    it('neither secrets nor the home folder are read, and what was not claimed is not written', async () => {
      const { run, person, changes } = await lab({ person: { '.netrc': 'canary' } });
      const line = `cat .env ${person}/.netrc; echo x > top.txt; echo x >> .env; echo x > ${person}/new; echo "home $HOME"`;
      const output = await said(run(line, { write: ['src/**'] }));
      assert.doesNotMatch(output, /canary/);
      assert.match(output, /home .*\/own\/.*\/home/);
      assert.deepEqual(await changes(), []);
    });

    it('a program writes its folder and its own files', async () => {
      const { sandbox, outside, person, root } = await lab({
        outside: { 'copy/workspace/a.txt': 'a\n' },
        person: { '.fake/token': 'a-login', 'diary.txt': 'canary' },
      });
      const copy = join(outside, 'copy/workspace');
      const held = await sandbox.hold({
        owner: 'worker',
        path: '/bin/sh',
        args: [
          '-c',
          `cat ~/.fake/token; cat ${person}/diary.txt; echo new > ~/.fake/token; echo x > ${copy}/made; echo x > ${outside}/made; echo x > ${root}/top.txt`,
        ],
        env: { PATH: process.env.PATH ?? '' },
        folder: copy,
        keeps: ['.fake'],
        copies: [],
        renews: [],
        network: [],
        localPorts: [],
      });
      const { execFile } = await import('node:child_process');
      const output = await new Promise<string>(done => {
        execFile(held.path, [...held.args], { env: held.env, cwd: copy }, (_, out) => done(out));
      });
      held.close();
      assert.equal(output, 'a-login');
      assert.equal(await readFile(join(person, '.fake/token'), 'utf8'), 'new\n');
      assert.equal(await readFile(join(copy, 'made'), 'utf8'), 'x\n');
      assert.equal(existsSync(join(outside, 'made')), false);
      assert.equal(await readFile(join(root, 'top.txt'), 'utf8'), 'top\n');
    });
  });
});
