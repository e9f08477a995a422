import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, type HoleRun, leavesMark, playHoles } from '../../support/hole-lab.ts';
import { endServers } from '../../support/wire.ts';

const scripts = { test: 'echo t > stray.txt; echo three > src/a.js; echo y > ignored.txt' };

describe('A session whose commands nothing holds', function () {
  this.timeout(120_000);
  let folder: string;
  let run: HoleRun;
  before(async function () {
    if (process.platform === 'win32') this.skip();
    folder = await realpath(await mkdtemp(join(tmpdir(), 'orchestrate-loose-session-')));
    const calls = [
      command('cp src/a.js src/b.js && mv src/old.js src/new.js && echo more >> src/kept.js'),
      command('ava && node_modules/.bin/ava -v && npx ava'),
      command('npm test'),
      command('node tool.js'),
      { name: 'write_file', args: { path: 'src/made.js', content: "require('fs').writeFileSync('{mark}', '');\n" } },
      command('node src/made.js'),
      command('cp src/made.js src/copied.js'),
      command('node src/copied.js'),
      command('sleep 60 & echo started'),
    ];
    const tool = { program: '#!/bin/sh\necho compiled\n' };
    const workspace = {
      'package.json': JSON.stringify({ name: 'clone', scripts }),
      '.gitignore': 'ignored.txt\nsrc/kept.js\nnode_modules\n',
      'src/a.js': 'one\n',
      'src/old.js': 'old\n',
      'src/kept.js': 'kept\n',
      'tool.js': "console.log('by a tool')\n",
      'node_modules/.bin/ava': tool,
      x: leavesMark('x'),
    };
    run = await playHoles(folder, { workspace, task: { writes: ['src/**'] } }, calls);
  });
  after(async () => {
    await endServers();
    if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const said = (at: number) => {
    const { ok, output } = run.outcomeOf(at);
    assert.ok(ok, output);
    return output;
  };
  const written = (by: RegExp) =>
    run.events.filter(event => event.type === 'write-intent' && by.test(event.command ?? ''));

  it('brings what a command changed in its claim under review as the agent’s, from what stood there before', async () => {
    assert.match(said(0), /It changed .*; the changes are under review as yours/);
    const events = written(/^cp src\/a\.js/);
    assert.deepEqual(
      events.map(({ path, after, task }) => [path, after !== null, task]),
      [
        ['src/b.js', true, 'only'],
        ['src/kept.js', true, 'only'],
        ['src/new.js', true, 'only'],
        ['src/old.js', false, 'only'],
      ],
    );
    const baseline = (path: string) => run.events.find(event => event.type === 'baseline-taken' && event.path === path);
    const [session = ''] = (await readdir(join(run.folders.workspace, '.orchestrate/sessions'))).filter(
      name => !name.startsWith('.'),
    );
    const stood = (path: string) =>
      readFile(join(run.folders.workspace, '.orchestrate/sessions', session, 'blobs', baseline(path).blob), 'utf8');
    assert.equal(await stood('src/old.js'), 'old\n');
    // Ignored by git, but named in the line.
    assert.equal(await stood('src/kept.js'), 'kept\n');
    assert.equal(baseline('src/b.js').blob, null);
  });

  it('finds the programs of installed packages', () => {
    assert.equal(said(1).match(/compiled/g)?.length, 3);
  });

  it('shows what a command changed beside its claim, to the agent and to people', () => {
    assert.match(said(2), /It changed "src\/a\.js"/);
    assert.match(said(2), /"stray\.txt" changed as well, and your task may write only "src\/\*\*"/);
    const ended = run.events.find(event => event.type === 'command-ended' && event.command === 'npm test');
    assert.deepEqual(ended.strayed, ['stray.txt']);
    const issue = run.events.find(event => event.type === 'issue-opened');
    assert.match(issue.text, /"stray\.txt" changed, which the task may not write: npm test/);
    assert.equal(issue.severity, 'minor');
  });

  it('runs a script that was there, and asks about one that an agent wrote or copied', () => {
    assert.match(said(3), /by a tool/);
    for (const at of [5, 7]) {
      assert.equal(run.outcomeOf(at).refusal, 'denied');
      assert.match(run.outcomeOf(at).output, /rule "changed-script"/);
    }
    assert.deepEqual(run.marks, []);
  });

  it('ends what a command leaves in the background', () => {
    assert.match(said(8), /started/);
    const { ms } = run.events.findLast(event => event.type === 'command-ended');
    assert.ok(ms < 30_000, `${ms} ms`);
  });
});
