import assert from 'node:assert/strict';
import { createCommandJudge } from '../../../src/core/agent/command-policy.ts';
import { needsSandbox } from '../../support/sandbox.ts';
import { type SandboxLab, said, sandboxLab } from '../../support/sandbox-lab.ts';

/** What agents run on an ordinary day; nothing of it destroys anything. */
const ordinary: string[] = [
  'npm test',
  'npm ci',
  'npm install',
  'npm run build',
  'npm run lint',
  'npm run typecheck',
  'npm run dev',
  'npm start',
  'npm run format',
  'npm ls --depth=0',
  'npm outdated',
  'npx tsc --noEmit',
  'npx tsc',
  'npx eslint .',
  'npx eslint --fix src',
  'npx prettier --check .',
  'npx prettier --write src',
  'npx vitest run',
  'npx jest',
  'npx mocha',
  'npx playwright test',
  'node_modules/.bin/tsc --noEmit',
  './node_modules/.bin/eslint src',
  'tsc --noEmit',
  'node index.js',
  'node --test',
  'node scripts/build.js',
  'node -e "console.log(1)"',
  'node -p "process.version"',
  'node server.js & sleep 1; curl -s localhost:3000; kill %1',
  'yarn test',
  'yarn build',
  'yarn install',
  'pnpm test',
  'pnpm install',
  'pnpm -r build',
  'bun test',
  'deno test',
  'python script.py',
  'python3 -m pytest',
  'pytest -q',
  'python -m unittest',
  'python3 -c "print(1)"',
  'pip list',
  'pip install -r requirements.txt',
  'python -m venv .venv',
  'ruff check .',
  'mypy src',
  'black --check .',
  'python manage.py test',
  'uv run pytest',
  'poetry run pytest',
  'go build ./...',
  'go test ./...',
  'go vet ./...',
  'go run .',
  'gofmt -l .',
  'gofmt -w .',
  'go mod tidy',
  'go list ./...',
  'golangci-lint run',
  'cargo build',
  'cargo test',
  'cargo check',
  'cargo clippy',
  'cargo fmt --check',
  'cargo run',
  'cargo tree',
  'mvn test',
  'mvn -q package',
  './mvnw test',
  'gradle test',
  './gradlew build',
  'javac Main.java',
  'java -version',
  'java -cp . Main',
  'make',
  'make test',
  'make -j4',
  'make clean',
  'cmake -B build',
  'cmake --build build',
  'ctest',
  'gcc -o main main.c',
  'gcc -Wall -c a.c',
  './main',
  './a.out < input.txt',
  'clang++ -std=c++20 x.cpp -o x',
  'git status',
  'git diff',
  'git diff --stat',
  'git log --oneline -10',
  'git show HEAD',
  'git blame src/a.ts',
  'git branch',
  'git ls-files',
  'git grep foo',
  'git rev-parse HEAD',
  'git diff HEAD~1 -- src',
  'ls',
  'ls -la src',
  'pwd',
  'cat package.json',
  'head -50 src/a.ts',
  'tail -20 src/a.ts',
  'wc -l src/a.ts',
  'grep -rn foo src',
  'grep -n foo src/a.ts',
  'rg foo',
  'rg -n "foo" src',
  'rg --files',
  'find . -name "*.ts"',
  'find src -type f | head',
  'tree -L 2',
  'sed -n 1,40p src/a.ts',
  'sed -i s/a/b/ src/a.ts',
  "awk '{print $1}' src/a.ts",
  'sort src/a.ts | uniq -c',
  'diff src/a.ts src/b.ts',
  'cp src/a.ts src/c.ts',
  'mv src/a.ts src/d.ts',
  'mkdir -p src/new',
  'touch src/new/a.ts',
  'rm src/b.ts',
  'rm -rf dist',
  'echo hello',
  'echo "x" > src/x.txt',
  "cat > src/y.txt <<'E'\nx\nE",
  "printf 'a\\n'",
  'which node',
  'node --version',
  'python3 --version',
  'env',
  'date',
  'uname -a',
  'whoami',
  'du -sh node_modules',
  'df -h',
  'ps aux',
  'jq .name package.json',
  'curl -s http://localhost:3000',
  'curl -s http://127.0.0.1:8080/health',
  'wget -q -O - localhost:8000',
  'nc -z localhost 3000',
  'python3 -m http.server 8000 &',
  'npm start & sleep 2; curl localhost:3000',
  '(npm run dev &) && sleep 3 && curl -s localhost:5173',
  'timeout 10 npm start',
  'cd src && ls',
  'cd src && npm test',
  'test -f package.json && echo yes',
  '[ -d dist ] && ls dist',
  'for f in src/*.ts; do echo $f; done',
  'ls | grep ts',
  'cat src/a.ts | head -5',
  'npm test 2>&1 | tail -20',
  'npm test > /tmp/out.txt 2>&1',
  'NODE_ENV=test npm test',
  'CI=1 npx vitest run',
  'xargs -n1 echo < src/a.ts',
  'tar -czf dist/x.tgz src',
  'unzip -l x.zip',
  'base64 src/a.ts',
  'md5sum src/a.ts',
  'stat src/a.ts',
  'file src/a.ts',
  'bash scripts/setup.sh',
  'sh -c "npm test"',
  'chmod +x scripts/a.sh',
  './scripts/a.sh',
  'ln -s a.ts src/link.ts',
  'docker ps',
  'sqlite3 db.sqlite .tables',
  'ruby -v',
  'bundle exec rspec',
  'php -l a.php',
  'composer install',
  'dotnet build',
  'dotnet test',
  'swift build',
  'mix test',
  'pkill -f server.js',
  'lsof -i :3000',
  'tsx src/index.ts',
  'ts-node src/index.ts',
  'npx tsx src/a.ts',
  'npx vite build',
  'npx next build',
  'npx prisma generate',
  'npx tailwindcss -o dist/a.css',
  'npx --no-install tsc --noEmit',
];

const judge = createCommandJudge({ roots: ['/workspace'], shell: 'posix' });
const asked = (hold: 'none' | 'sandbox') => ordinary.filter(line => judge(line, undefined, hold).verdict !== 'allow');
const share = (hold: 'none' | 'sandbox') => 1 - asked(hold).length / ordinary.length;
const percent = (part: number) => `${(100 * part).toFixed(1)} %`;

describe('Ordinary commands of agents', function () {
  this.timeout(60_000);

  it(`are ${ordinary.length}; ${percent(share('sandbox'))} run unasked in the sandbox, ${percent(share('none'))} without`, () => {
    assert.ok(ordinary.length >= 150);
    assert.ok(share('sandbox') >= 0.95, `asked about: ${asked('sandbox').join(' · ')}`);
  });

  it('stay what they were where they are refused for what they do', () => {
    for (const line of ['rm -rf .', 'rm -rf /', 'git push', 'sudo ls', 'cat .env', 'git reset --hard', 'npm publish'])
      assert.equal(judge(line, undefined, 'sandbox').verdict, 'deny', line);
    for (const line of ['git commit -m x', 'git add -A']) {
      const { verdict, outside } = judge(line, undefined, 'sandbox');
      assert.deepEqual([verdict, outside], ['ask', true], line);
    }
    assert.equal(judge('npm test', undefined, 'outside').verdict, 'ask');
    const denying = createCommandJudge({
      roots: ['/workspace'],
      shell: 'posix',
      rules: { deny: ['curl *'], ask: ['make *'] },
    });
    assert.equal(denying('curl localhost', undefined, 'sandbox').verdict, 'deny');
    assert.equal(denying('make all', undefined, 'sandbox').verdict, 'ask');
  });

  describe('run for real', () => {
    let lab: SandboxLab;
    before(async function () {
      await needsSandbox(this);
      lab = await sandboxLab({
        workspace: { 'src/a.js': 'console.log(6 * 7);\n', 'src/b.js': '\n', 'top.txt': 'top\n' },
      });
    });
    after(() => lab?.end());

    it('programs, servers in the background and folders for temporary files work', async () => {
      assert.match(await said(lab.run('node src/a.js')), /42/);
      const server = "node -e \"require('http').createServer((q, s) => s.end('hello')).listen(3000)\" &";
      const asks = 'for i in 1 2 3 4 5 6 7 8 9; do curl -s localhost:3000 && break; sleep 0.2; done';
      assert.match(await said(lab.run(`${server} ${asks}`)), /hello/);
      await said(lab.run('echo kept > $TMPDIR/x'));
      assert.match(await said(lab.run('cat /tmp/x')), /kept/);
      assert.doesNotMatch(await said(lab.run('cat /tmp/x', { owner: 'another' })), /kept/);
    });

    it('what is written in the claim is told file by file, and all else is named and comes to nothing', async () => {
      const line =
        'echo new > src/n.js; rm src/b.js; rm -rf top.txt; mkdir -p dist; echo built > dist/x; cp src/a.js other.js';
      const run = await lab.run(line, { write: ['src/**'] });
      assert.deepEqual(
        run.changes.map(({ path, before, after }) => [path, before !== null, after !== null]),
        [
          ['src/b.js', true, false],
          ['src/n.js', false, true],
        ],
      );
      assert.deepEqual(run.refused, ['other.js', 'top.txt']);
      assert.equal(Buffer.from(await run.read('src/n.js')).toString(), 'new\n');
      await run.close([]);
      assert.deepEqual(await lab.changes(), ['new: workspace/dist/x']);
    });

    it('a folder that is removed and made anew hides what was in it', async () => {
      const { changes, close } = await lab.run('rm -rf src; mkdir src; echo c > src/c.js', { write: ['src/**'] });
      assert.deepEqual(
        changes.map(({ path, after }) => [path, after !== null]),
        [
          ['src/a.js', false],
          ['src/b.js', false],
          ['src/c.js', true],
        ],
      );
      await close([]);
    });
  });
});
