import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCommandJudge } from '../../../src/core/agent/command-policy.ts';
import { diskOf } from '../../../src/node/disk.ts';
import { ordinary } from '../../support/ordinary-commands.ts';
import { ordinaryWorkspace } from '../../support/ordinary-workspace.ts';
import { needsSandbox } from '../../support/sandbox.ts';
import { type SandboxLab, said, sandboxLab } from '../../support/sandbox-lab.ts';

const judge = createCommandJudge({ roots: ['/workspace'], shell: 'posix' });
const percent = (asked: readonly string[]) => `${(100 * (1 - asked.length / ordinary.length)).toFixed(1)} %`;

/** Which of them are asked about in a project that stands there, where nothing holds them. */
async function askedUnheld(): Promise<string[]> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'orchestrate-ordinary-')));
  try {
    await ordinaryWorkspace(root);
    const own = { began: Date.now() + 1000, accepted: () => false };
    const inProject = createCommandJudge({ roots: [root], shell: 'posix', disk: diskOf(root), own });
    return ordinary.filter(line => inProject(line, undefined, 'none', ['**']).verdict !== 'allow');
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

const held = ordinary.filter(line => judge(line, undefined, 'sandbox').verdict !== 'allow');
const unheld = await askedUnheld();

describe('Ordinary commands of agents', function () {
  this.timeout(60_000);

  it(`are ${ordinary.length}; ${percent(held)} run unasked in the sandbox, ${percent(unheld)} without`, () => {
    assert.ok(ordinary.length >= 150);
    assert.ok(held.length <= 0.05 * ordinary.length, `asked about in the sandbox: ${held.join(' · ')}`);
    assert.ok(unheld.length <= 0.35 * ordinary.length, `asked about without: ${unheld.join(' · ')}`);
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
