import assert from 'node:assert/strict';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, type HoleRun, playHoles } from '../../support/hole-lab.ts';
import { needsSandbox } from '../../support/sandbox.ts';
import { endServers } from '../../support/wire.ts';

describe('A session whose commands are held', function () {
  this.timeout(120_000);
  let folder: string;
  let run: HoleRun;
  before(async function () {
    await needsSandbox(this);
    folder = await realpath(await mkdtemp(join(tmpdir(), 'orchestrate-held-session-')));
    run = await playHoles(
      folder,
      {
        workspace: { 'src/a.js': 'let a = 1\n', 'top.txt': 'top\n' },
        task: { writes: ['src/**'] },
        config: { permissions: { sandbox: 'required' } },
      },
      [
        command(
          "node -e \"require('fs').writeFileSync('src/a.js', 'let a = 2')\"; echo b > src/b.js; echo x > top.txt",
        ),
        command('git commit -m x'),
        { name: 'run_command', args: { command: 'ls', outside: true, why: 'to see' } },
        command('curl -s http://nowhere.example/'),
        { name: 'run_command', args: { command: 'ls', network: ['nowhere.example'] } },
      ],
    );
  });
  after(async () => {
    await endServers();
    if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('brings what they changed under review as the agent’s, and names the command', async () => {
    const written = run.events.filter(event => event.type === 'write-intent');
    assert.deepEqual(written.map(event => event.path).sort(), ['src/a.js', 'src/b.js']);
    for (const { agent, task, command: by } of written) {
      assert.match(by, /^node -e/);
      assert.equal(task, 'only');
      assert.ok(agent);
    }
    assert.equal(await readFile(join(run.folders.workspace, 'src/a.js'), 'utf8'), 'let a = 2');
    assert.equal(run.events.filter(event => event.type === 'baseline-taken').length, 2);
  });

  it('tells the agent what was not taken over, and leaves it as it was', async () => {
    const { ok, output } = run.outcomeOf(0);
    assert.ok(ok, output);
    assert.match(output, /It changed "src\/a\.js", "src\/b\.js"; the changes are under review as yours/);
    assert.match(output, /It also changed "top\.txt"; that was not taken over: your task may write only "src\/\*\*"/);
    assert.equal(await readFile(join(run.folders.workspace, 'top.txt'), 'utf8'), 'top\n');
    const ended = run.events.find(event => event.type === 'command-ended');
    assert.deepEqual([ended.held, ended.withheld], [true, ['top.txt']]);
  });

  it('asks before git writes, before a command leaves the sandbox, and before a domain is reached', () => {
    assert.deepEqual(
      [1, 2, 4].map(at => run.outcomeOf(at).refusal),
      ['denied', 'denied', 'denied'],
    );
    assert.match(run.outcomeOf(2).output, /outside-sandbox/);
    assert.match(run.outcomeOf(4).output, /nowhere\.example/);
  });
});
