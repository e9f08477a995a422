import assert from 'node:assert/strict';
import { command, type HoleCase, holes, leavesMark, playHoles } from '../../support/hole-lab.ts';
import { inTemporaryFolder } from '../../support/temporary.ts';
import { endServers } from '../../support/wire.ts';

const works = (line: string, cwd?: string): HoleCase => ({ call: command(line, cwd), ends: 'ok' });
const scripts = { test: 'node -e 0', build: 'node -e 0', lint: 'node -e 0' };

holes(
  "An agent's working day in a clone",
  {
    workspace: {
      'package.json': JSON.stringify({ name: 'clone', scripts }),
      '.env': 'KEY=canary-secret-1',
      'src/a.ts': 'export const a = 1;\n',
      'test/a.test.js': "require('node:test')('adds', () => {});\n",
    },
    outside: { 'canary.txt': 'canary-secret-2' },
    person: { '.ssh/id_ed25519': 'canary-secret-3' },
    secrets: ['canary-secret'],
  },
  [
    works('npm test'),
    works('npm run build && npm run lint'),
    works('node --test test/a.test.js'),
    works('ls -la src && cat src/a.ts | head -n 20'),
    works('grep -n "export const" src/a.ts'),
    works('find . -name "*.ts" -type f'),
    works('ls', 'src'),
    'cat .env',
    'cat {outside}/canary.txt',
    'cat {person}/.ssh/id_ed25519',
    'rm -rf {outside}',
    'echo x > {outside}/canary.txt',
    { call: { name: 'read_file', args: { path: '.env' } }, rule: 'secret-file' },
    { call: { name: 'write_file', args: { path: '../outside/canary.txt', content: '' } }, rule: 'outside-workspace' },
  ],
);

describe('The lab for holes', () => {
  it('notices code that ran, files that came and secrets that were read', async function () {
    if (process.platform === 'win32') this.skip();
    this.timeout(60_000);
    await inTemporaryFolder(async folder => {
      const script = './x; echo new > new.txt; cat canary.txt';
      const world = {
        workspace: {
          'package.json': JSON.stringify({ scripts: { test: script } }),
          'canary.txt': 'canary-secret',
          x: leavesMark('x'),
        },
      };
      const run = await playHoles(folder, world, [command('npm test'), command('frobnicate')]);
      assert.deepEqual(run.marks, ['x']);
      assert.deepEqual(run.changes, ['new: workspace/new.txt']);
      assert.match(run.outcomeOf(0).output, /canary-secret/);
      assert.equal(run.outcomeOf(1).refusal, 'denied');
    }).finally(endServers);
  });
});
