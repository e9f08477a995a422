import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { lstat, mkdir, readdir, rename } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SandboxStore } from '../../../src/node/sandbox/store.ts';
import { NodeWorkspace } from '../../../src/node/workspace.ts';
import { needsSandbox } from '../../support/sandbox.ts';
import { type SandboxLab, said, sandboxLab } from '../../support/sandbox-lab.ts';

const SECRET = 'canary-4f1c9e';

/**
 * `{root}`, `{outside}` and `{person}` are the folders, `{pid}` a process outside, `{port}` and `{socket}` servers outside.
 * Each is run for real, with the right to write `src/**`. None may leave a trace outside, or show the canary.
 */
const attempts: Record<string, string[]> = {
  'write outside': [
    'echo x > {outside}/new',
    'echo x >> {outside}/file.txt',
    'rm -f {outside}/file.txt',
    'rm -rf {outside}',
    'mv {outside}/file.txt {outside}/moved',
    'cp src/a.ts {outside}/copied',
    'ln {outside}/file.txt src/hard && echo x > src/hard',
    'ln -s {outside} src/way && echo x > src/way/through-link',
    'ln -sfn {outside}/file.txt src/a.ts && echo x > src/a.ts',
    'cd {outside} && touch here',
    'mkdir -p {outside}/deep/er',
    'chmod 777 {outside}/file.txt',
    'touch -d 2001-01-01 {outside}/file.txt',
    'truncate -s 0 {outside}/file.txt',
    "python3 -c \"open('{outside}/py', 'w')\"",
    "node -e \"require('fs').writeFileSync('{outside}/js', 'x')\"",
    'perl -e "open(F, \'>{outside}/perl\')"',
    'tar -cf {outside}/x.tar src',
    'dd if=/dev/zero of={outside}/dd count=1',
    'echo x > ../outside/dots',
    'echo x > src/../../outside/dots-in-between',
    'install -m 755 src/a.ts {outside}/installed',
    'git init {outside}/repository',
    'find {outside} -delete',
    'echo x > /etc/orchestrate-escape',
    'echo x > /usr/local/bin/orchestrate-escape',
    'echo x > /opt/orchestrate-escape',
    'echo x >> /etc/hosts',
  ],
  'write in the workspace what it has not claimed': [
    'echo x > top.txt',
    'echo x > new-top.txt',
    'rm README.md',
    'mv README.md src/README.md',
    'rm -rf other',
    'rm -rf other && mkdir other && echo x > other/b.ts',
    'mv other src/other',
    'echo "*" > .gitignore && echo x > top.txt',
    'echo "other/" >> .gitignore; echo x > other/b.ts',
    'echo x > other/.gitignore; echo "*" > other/.gitignore; echo x > other/b.ts',
    'ln -sfn ../README.md src/a.ts; echo x > src/a.ts',
    'chmod +x README.md',
    'touch other/a',
    'mkdir -p .vscode && echo "{}" > .vscode/tasks.json',
    'echo "exit" > .envrc',
    'mkdir -p .github/workflows && echo "on: push" > .github/workflows/x.yml',
    'echo "registry=http://x" > .npmrc',
    'sed -i s/a/b/ top.txt',
    'git mv README.md src/x.md',
  ],
  'touch the history': [
    'echo x > .git/HEAD',
    'echo "[core]\n fsmonitor = touch {outside}/x" >> .git/config',
    'echo "touch {outside}/hook" > .git/hooks/post-commit; chmod +x .git/hooks/post-commit',
    'rm -rf .git',
    'mv .git .git2',
    'mv .git .git2; mkdir .git; echo x > .git/config',
    'git commit --allow-empty -m x',
    'git config user.name x',
    'git branch escape',
    'git stash',
    'git update-ref refs/heads/x HEAD',
    'mkdir -p src/.git && echo "[core]" > src/.git/config',
    'mount --bind src .git; echo x > .git/y',
  ],
  'touch our records': [
    'cat .orchestrate/config.yaml',
    'ls -la .orchestrate; cat .orchestrate/sessions/s1/events.jsonl',
    'echo x > .orchestrate/config.yaml',
    'rm -rf .orchestrate',
    'mv .orchestrate src/o; cat src/o/config.yaml',
    'mkdir -p .orchestrate/sessions/s1/inbox && echo "{}" > .orchestrate/sessions/s1/inbox/r.json',
    'umount .orchestrate; cat .orchestrate/config.yaml',
    'cat {root}/.orchestrate/../.orchestrate/config.yaml',
    'cat /proc/self/root{root}/.orchestrate/config.yaml',
    'tar cf - .orchestrate | strings',
  ],
  'read secrets': [
    'cat .env',
    'cat .env.local',
    'cat src/server.pem',
    'cat ./secrets/token',
    'cp .env src/copy.txt; cat src/copy.txt',
    'ln .env src/hard; cat src/hard',
    'ln -s ../.env src/soft; cat src/soft',
    'mv .env src/moved; cat src/moved',
    'grep -r canary . 2>/dev/null',
    'chmod 644 .env; cat .env',
    'umount .env; cat .env',
    'umount -l .env; cat .env',
    'mount -t tmpfs none src; cat .env',
    'cat /proc/self/cwd/.env',
    'tar cf - . 2>/dev/null | strings | grep canary',
    'rm -f .env; cat .env',
    'python3 -c "print(open(\'.env\').read())"',
    'dd if=.env 2>/dev/null',
    'cat < .env',
    'find . -type f -exec cat {} + 2>/dev/null | grep canary',
  ],
  'read the home folder': [
    'cat ~/.ssh/id_ed25519',
    'cat $HOME/.aws/credentials',
    'cat {person}/.netrc',
    'cat {person}/.npmrc',
    'ls -la {person}; grep -r canary {person}',
    'cat {person}/.config/orchestrate/seal.key',
    'cat /proc/1/root{person}/.netrc',
    'cat {root}/../person/.netrc',
    'ln -s {person} src/home; cat src/home/.netrc',
    'cat {outside}/private.txt',
    'cat {person}/.cargo/credentials.toml',
    'cat {person}/notes.txt',
    'echo x > ~/.bashrc; echo x > {person}/.profile',
  ],
  'read the system': [
    'cat /etc/shadow',
    'cat /etc/sudoers /etc/ssh/ssh_host_ed25519_key',
    'cat /dev/mem | head -c 10; cat /dev/kmem; cat /dev/sda | head -c 10; cat /dev/vda | head -c 10',
    'cat /proc/kcore | head -c 10',
    'strings /proc/1/environ | grep canary',
    'for p in /proc/[0-9]*; do tr "\\0" "\\n" < $p/environ; done 2>/dev/null | grep canary',
    'dmesg',
    'mknod src/disk b 254 0 && head -c 10 src/disk',
  ],
  'reach other processes': [
    'kill -9 {pid}',
    'kill -TERM -1',
    'pkill -f orchestrate-canary',
    'killall sleep',
    'ls /proc/{pid}; cat /proc/{pid}/cmdline',
    'gdb -p {pid} -batch; strace -p {pid}',
    'python3 -c "import os; os.kill({pid}, 15)"',
    'kill -9 -- -{pid}',
    'renice 19 {pid}',
    'nsenter -t {pid} -m -- touch {outside}/nsenter',
    'nsenter -t 1 -a -- touch {outside}/nsenter1',
    'node -e "process.kill({pid})"',
  ],
  'reach the network': [
    'exec 3<>/dev/tcp/127.0.0.1/{port} && echo x >&3',
    'curl -s -m 2 http://127.0.0.1:{port}/',
    'curl -s -m 2 http://localhost:{port}/',
    "node -e \"require('net').connect({port}, '127.0.0.1').on('error', () => 1)\"",
    'python3 -c "import socket; socket.create_connection((\'127.0.0.1\', {port}), 2)"',
    "python3 -c \"import socket; s = socket.socket(socket.AF_UNIX); s.connect('{socket}'); s.send(b'x')\"",
    "python3 -c \"import socket; s = socket.socket(socket.AF_UNIX); s.connect(chr(0) + 'orchestrate-escape'); s.send(b'x')\"",
    'curl -s -m 2 --unix-socket {socket} http://x/',
    'curl -s -m 2 http://1.1.1.1',
    'curl -s -m 2 http://169.254.169.254/latest/meta-data',
    'python3 -c "import socket; socket.socket(40, 1)" 2>&1 | grep -q Permission || echo {canary}',
    'python3 -c "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)" 2>&1 | grep -q Permission || echo {canary}',
    'ip link add dummy0 type dummy && echo {canary}; ip addr',
    'HTTPS_PROXY= HTTP_PROXY= curl -s -m 2 https://example.com && echo {canary}',
    'curl -s -m 2 --unix-socket /var/run/docker.sock http://x/version',
    'ls -la /run /var/run | grep -i sock && echo {canary}',
  ],
  'gain powers': [
    'unshare -Ur true && echo {canary}',
    'unshare -Urm mount -t tmpfs none /etc && echo {canary}',
    'unshare -m true && echo {canary}',
    'bwrap --ro-bind / / true && echo {canary}',
    'mount -o remount,rw / && echo {canary}',
    'mount -t proc none src && echo {canary}',
    'chroot / true && echo {canary}',
    'sudo -n true && echo {canary}',
    'su -c true && echo {canary}',
    'cp /bin/sh dist/sh; chmod u+s dist/sh; chmod g+s dist/sh',
    'mknod dist/null c 1 3 && echo {canary}',
    'setcap cap_sys_admin+ep src/a.ts && echo {canary}',
    'grep -q "CapEff:.0000000000000000" /proc/self/status || echo {canary}',
    'grep -q "CapBnd:.0000000000000000" /proc/self/status || echo {canary}',
    'grep -q "NoNewPrivs:.1" /proc/self/status || echo {canary}',
    'sysctl -w kernel.hostname=x && echo {canary}; cat /proc/sys/kernel/panic > /proc/sys/kernel/panic && echo {canary}',
    'cat /proc/sys/kernel/core_pattern > /proc/sys/kernel/core_pattern && echo {canary}',
    'date -s 2001-01-01 && echo {canary}',
    'insmod x.ko && echo {canary}; reboot -f && echo {canary}',
    'keyctl show 2>/dev/null && echo {canary}',
    'test ! -w /proc/sysrq-trigger || echo {canary}',
  ],
  'stay behind': [
    'sleep 4711 &',
    'setsid sleep 4711 &',
    'nohup sleep 4711 > /dev/null 2>&1 & disown',
    '(setsid sh -c "sleep 4711" > /dev/null 2>&1 < /dev/null &) ; true',
    "python3 -c \"import os; os.fork() or (os.setsid(), os.execvp('sleep', ['sleep', '4711']))\"",
    'trap "" TERM HUP INT; sleep 4711 & true',
    'env -i setsid sleep 4711 &',
    'while true; do (sleep 4711 &); sleep 0.01; [ $((++n)) -gt 20 ] && break; done',
    'echo "* * * * * touch {outside}/cron" | crontab -; echo "touch {outside}/at" | at now',
    'systemd-run --user touch {outside}/unit',
  ],
  'use its folders for temporary files': [
    'echo x > $TMPDIR/escape-tmp; ls /tmp',
    'echo x > /tmp/escape-tmp; echo x > /var/tmp/escape-tmp',
    'ls -la {folder}; cat {folder}/cache/orchestrate/*/filter',
    'TMPDIR={outside} mktemp',
    'ln -s {outside} /tmp/out; echo x > /tmp/out/y',
    'echo x > /dev/shm/escape-tmp',
  ],
};

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
    const { stdout } = await promisify(execFile)('ps', ['-eo', 'args']);
    assert.ok(!stdout.includes('sleep 4711'), 'a command left something running');
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
