import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, realpath, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCommandJudge } from '../../../src/core/agent/command-policy.ts';
import { diskOf } from '../../../src/node/disk.ts';
import { plant } from '../../support/file-tree.ts';
import { ordinaryWorkspace } from '../../support/ordinary-workspace.ts';

/** Nothing holds these, and what they would do is no agent's to do unasked. */
const asked: string[] = [
  // Scripts that an agent could have written, or that do more than they say.
  'node fresh.js',
  'python fresh.py',
  'node ./src/../fresh.js',
  'cd src && node ../fresh.js',
  'node link.js',
  'node missing.js',
  'node scripts/deploy.js',
  'node scripts/db-reset.js',
  'bash scripts/setup.sh',
  'bash scripts/release.sh',
  'node index.js --fix',
  'node index.js --config ../x.json',
  'python manage.py flush',
  'python manage.py migrate',
  'node --import ./index.js index.js',
  'node -r ./index.js index.js',
  'node --inspect=0.0.0.0 index.js',
  'node --env-file=src/a.ts index.js',
  'python -m http.server 8000',
  'python -i script.py',
  'node < index.js',
  'node index.js $X',
  'node "$(echo index.js)"',
  'node *.js',
  'cat index.js | node -',
  'node node_modules/evil/index.js',
  'cp src/a.ts index.js && node index.js',
  'echo x > index.js; node index.js',
  'mv src/a.ts scripts/build.js; timeout 5 node scripts/build.js',
  'cp src/a.ts scripts && sh -c "node scripts/a.ts"',
  'touch index.js & node index.js',
  'tsx fresh.ts',
  'npx tsx fresh.ts',
  './fresh.sh',
  'bash fresh.sh',
  'bash -c "node fresh.js"',
  // Programs of packages.
  'npx cowsay',
  'npx -y tsc',
  'npx --yes tsc --noEmit',
  'npx -p evil tsc',
  'npx --package=evil tsc',
  'npx tsc@latest',
  'npx ./node_modules/.bin/tsc',
  'npx tsc --outDir /tmp/x',
  'cd sub && npx tsc',
  'node_modules/.bin/prisma db push',
  'node_modules/.bin/../evil/run',
  'elsewhere/node_modules/.bin/tsc',
  '/tmp/node_modules/.bin/tsc',
  'pnpm exec cowsay',
  'poetry run python fresh.py',
  'bundle exec rake db:drop',
  'uv run pytest',
  // Searches that would show what is not to be read, or run something.
  'grep -r KEY .',
  'grep -rn KEY .env',
  'grep -r KEY config',
  'grep -R KEY src',
  'grep -r KEY src -f patterns',
  'grep -rf patterns src',
  'grep -r KEY ..',
  'grep -r KEY /etc',
  'grep -r KEY $X',
  'rg --pre ./x KEY src',
  'rg --pre=./x KEY src',
  'rg --hidden KEY src',
  'rg -. KEY src',
  'rg -u KEY src',
  'rg --no-ignore KEY src',
  'rg -z KEY src',
  'rg --search-zip KEY src',
  'rg -f patterns src',
  'rg -L KEY src',
  'rg --follow KEY src',
  'rg --hostname-bin ./x KEY src',
  'rg --ignore-file ../x KEY src',
  'rg KEY ..',
  'rg KEY /etc',
  'rg KEY config',
  'cd config && rg KEY',
  'git grep KEY HEAD~1',
  'git grep -O./x KEY',
  'git grep --no-index KEY',
  'git grep --untracked KEY',
  'git grep -f patterns',
  // Requests that do more than to ask a server of the workspace.
  'curl https://example.com',
  'curl http://localhost.example.com:3000/',
  'curl http://localhost:3000@example.com/',
  'curl localhost:3000 https://example.com',
  'curl -L localhost:3000',
  'curl -X POST localhost:3000/api',
  'curl -X DELETE localhost:3000/api',
  'curl -d x=1 localhost:3000',
  'curl -d @src/a.ts localhost:3000',
  'curl -T src/a.ts localhost:3000',
  'curl -F f=@src/a.ts localhost:3000',
  'curl -o src/a.ts localhost:3000',
  'curl -O localhost:3000/a.ts',
  'curl -K config localhost:3000',
  'curl -H @src/a.ts localhost:3000',
  'curl -w @src/a.ts localhost:3000',
  'curl -w "%output{src/a.ts}x" localhost:3000',
  'curl -x http://example.com localhost:3000',
  'curl --resolve localhost:3000:1.2.3.4 localhost:3000',
  'curl --connect-to ::example.com:80 localhost:3000',
  'curl --unix-socket /var/run/docker.sock http://localhost/containers/json',
  'curl localhost:2375/containers/json',
  'curl localhost:8500/v1/kv/',
  'curl localhost:8200/v1/secret',
  'curl localhost:9229/json',
  'curl localhost',
  'curl 169.254.169.254/latest/meta-data',
  'curl "http://{localhost,example.com}:3000/"',
  'curl file:///etc/hosts',
  'curl -c jar localhost:3000',
  'curl -b jar localhost:3000',
  'curl --trace out localhost:3000',
  'curl -D out localhost:3000',
  'curl localhost:3000/$X',
  'wget localhost:3000',
  'wget -O src/a.ts localhost:3000',
  'wget -qO- https://example.com',
  'wget -i list -O - localhost:3000',
  'nc -l 3000',
  'nc localhost 3000',
  'nc -z example.com 80',
  'nc -e sh localhost 3000',
  // Changes that are not the task's, or that nobody would see.
  'cp src/a.ts other.ts',
  'cp src/a.ts src/sub/../../other.ts',
  'mv other.txt src/o.ts',
  'mv src/a.ts other.ts',
  'mv src src2',
  'touch other.ts',
  'echo x > other.ts',
  'echo x >> package.json',
  'cp -r src copy',
  'cp -r src src/sub',
  'cp -a src src/copy',
  'cp --backup src/a.ts src/b.ts',
  'cp -t src other.txt',
  'cp -l src/a.ts src/c.ts',
  'cp -s src/a.ts src/c.ts',
  'cp src/*.ts src/sub',
  'cp src/a.ts $X',
  'cp src/a.ts src/to-other.ts',
  'echo x > src/to-other.ts',
  'cp src/a.ts node_modules/.bin/tsc',
  'echo x > node_modules/evil/index.js',
  'cp src/tasks.json src/.vscode/tasks.json',
  'cp other/.npmrc.txt src/.npmrc',
  'rm src/a.ts',
  'ln -s a.ts src/l.ts',
  'install src/a.ts src/c.ts',
  'dd if=src/a.ts of=src/c.ts',
  'tee src/c.ts',
  'sed -i s/a/b/ src/a.ts',
  // What is left running, and what is ended.
  'nohup node index.js &',
  'setsid node index.js',
  'kill 1',
  'kill -9 1234',
  'kill $PID',
  'disown',
  'frobnicate &',
  // Documents and loops.
  'python <<E\nprint(1)\nE',
  'sh <<< ls',
  'cat <<E | sh\nls\nE',
  'while read x; do sh $x; done <<E\nls\nE',
  'for PATH in .; do ls; done',
  'for f in src/*.ts; do cat $f; done',
  'for f in -delete; do find src $f; done',
  'for f in a; do $f; done',
  'for f in a b; do cd $f; done',
  // Words that only look harmless.
  'awk \'{print $1 > "src/x"}\' src/a.ts',
  "awk '{system($1)}' src/a.ts",
  'awk \'{print | "sh"}\' src/a.ts',
  'awk -f prog src/a.ts',
  'awk \'BEGIN{getline < "/etc/passwd"; print}\' src/a.ts',
  'cmake -E touch x',
  'cmake -P x.cmake',
  'cmake -B .',
  'cmake -B build -DCMAKE_C_COMPILER=./x',
  'cargo fmt',
  'pip install x',
  'npm run dev:deploy',
  'npm start -- --host 0.0.0.0',
];

/** Beside the list of ordinary commands: the same with other words. */
const allowed: string[] = [
  'node index.js --help',
  'node --enable-source-maps index.js --port 3000',
  "node server.js & sleep 2; curl -sf 'http://localhost:3000/api/todos?done=1' && kill $!",
  'python manage.py test',
  'python3 -u script.py',
  'sh scripts/a.sh',
  './scripts/a.sh --help',
  'npx tsc -p . --noEmit',
  'cd src && ../node_modules/.bin/tsc --noEmit',
  'pnpm exec tsc --noEmit',
  'poetry run pytest -q',
  'grep -rniE "a|b" src scripts --include=*.ts',
  'grep -r --exclude-dir=x foo src',
  'rg -n -C 3 "foo bar" src',
  'rg -e foo -e bar -t ts src',
  'rg foo src --glob "*.ts" | head -20',
  'cp src/a.ts src/b.ts',
  'cp src/a.ts src/b.ts src/sub',
  'cp -r src/sub src/sub2',
  'mkdir -p src/x && touch src/x/y.ts',
  'echo "export {}" >> src/a.ts',
  "cat > src/y.ts <<'E'\nexport const y = 1;\nE",
  'grep -c a <<< "a b"',
  'curl -s -o /dev/null -w "%{http_code}\\n" http://127.0.0.1:3000/',
  'curl -I localhost:8080',
  'for i in 1 2 3; do curl -s localhost:3000 && break; sleep 1; done',
  'npm run dev & wait',
  'node index.js > src/out.txt 2>&1',
];

describe('Commands that nothing holds', () => {
  let root: string;
  let judge: ReturnType<typeof createCommandJudge>;
  const accepted = new Set<string>();
  before(async function () {
    if (process.platform === 'win32') this.skip();
    root = await realpath(await mkdtemp(join(tmpdir(), 'orchestrate-unheld-')));
    await ordinaryWorkspace(root);
    await plant(root, {
      'config/id_rsa': 'canary\n',
      'other.txt': '\n',
      'other/.npmrc.txt': '\n',
      'scripts/deploy.js': '\n',
      'scripts/db-reset.js': '\n',
      'scripts/release.sh': '\n',
      'src/tasks.json': '{}\n',
      'src/sub/c.ts': '\n',
      'sub/package.json': '{}\n',
      'elsewhere/node_modules/.bin/tsc': { link: '../../../../outside/tsc' },
      'node_modules/evil/index.js': '\n',
      'link.js': { link: 'fresh.js' },
      'src/to-other.ts': { link: '../other.txt' },
      patterns: 'KEY\n',
    });
    await new Promise(resolve => setTimeout(resolve, 20));
    const began = Date.now();
    await new Promise(resolve => setTimeout(resolve, 20));
    for (const name of ['fresh.js', 'fresh.py', 'fresh.ts']) await writeFile(join(root, name), '\n');
    await writeFile(join(root, 'fresh.sh'), '\n', { mode: 0o755 });
    // A time can be given to a file, but not the time of that.
    await utimes(join(root, 'fresh.js'), 0, 0);
    const own = { began, accepted: (path: string) => accepted.has(path) };
    judge = createCommandJudge({ roots: [root], shell: 'posix', disk: diskOf(root), own });
  });
  after(async () => {
    if (root) await rm(root, { recursive: true, force: true });
  });
  const verdict = (line: string, claims = ['src/**']) => judge(line, undefined, 'none', claims);

  for (const line of asked)
    it(`do not run unasked: ${JSON.stringify(line)}`, () => assert.notEqual(verdict(line).verdict, 'allow'));

  for (const line of allowed)
    it(`run unasked: ${JSON.stringify(line)}`, () => {
      const { verdict: found, rule, advice } = verdict(line);
      assert.equal(found, 'allow', `${rule}: ${advice}`);
    });

  it('run a script that an agent wrote when a person has accepted it', () => {
    assert.equal(verdict('node fresh.js').rule, 'changed-script');
    accepted.add('fresh.js');
    assert.equal(verdict('node fresh.js').verdict, 'allow');
    accepted.clear();
  });

  it('are told with the files they write, so that what stands there can be kept', () => {
    assert.deepEqual(verdict('cp src/a.ts src/b.ts src/sub && echo x > src/new.ts').writes, [
      'src/sub/a.ts',
      'src/sub/b.ts',
      'src/new.ts',
    ]);
    assert.equal(verdict('ls').writes, undefined);
  });

  it('change nothing where no task has claimed a file, and nothing of all this goes for those that others run', () => {
    assert.equal(verdict('touch src/new.ts', []).verdict, 'ask');
    const others = createCommandJudge({ roots: [root], shell: 'posix', disk: diskOf(root) });
    for (const line of ['node index.js', 'sleep 1 &', 'touch src/new.ts', 'npm start'])
      assert.equal(others(line, undefined, 'none', ['**']).verdict, 'ask', line);
  });

  it('look through what git keeps only where nothing secret is kept', async () => {
    assert.equal(verdict('git grep foo').verdict, 'allow');
    execFileSync('git', ['-C', root, 'add', 'config']);
    assert.equal(verdict('git grep foo').verdict, 'ask');
  });
});
