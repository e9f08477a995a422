import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command, type HoleCase, holes, leavesMark } from '../../support/hole-lab.ts';

const works = (line: string, cwd?: string): HoleCase => ({ call: command(line, cwd), ends: 'ok' });
const asks = (line: string, cwd?: string): HoleCase => ({ call: command(line, cwd) });
const scripts = (name: string) => JSON.stringify({ name, scripts: { deploy: './x' } });
const long = `frobnicate ${'a'.repeat(600)} --end`;

holes(
  'A command that was allowed for always',
  {
    workspace: {
      'package.json': JSON.stringify({ name: 'clone', scripts: { deploy: 'node -e 0' } }),
      'docs/package.json': scripts('docs'),
      'docs/x': leavesMark('x'),
    },
    prepare: async ({ workspace, settings }) => {
      const answers = { 'npm run deploy': 'allow', 'node -e 0\u0000docs': 'allow' };
      await writeFile(join(settings, 'commands.json'), JSON.stringify({ [workspace]: answers }));
    },
  },
  [
    works('npm run deploy'),
    works('npm run deploy', '.'),
    works('npm run deploy', './'),
    works('node -e 0', 'docs'),
    works('node -e 0', './docs/../docs/'),
    asks('npm run deploy', 'docs'),
    asks('npm run deploy', './docs'),
    asks('cd docs && npm run deploy'),
    asks('npm run deploy '),
    asks('npm run deploy\n./docs/x'),
    asks('./docs/x\nnpm run deploy'),
    asks('docs\nnpm run deploy'),
    asks('node -e 0'),
    asks('node -e 0\ndocs'),
    asks('node -e 0', 'docs/sub'),
    { call: command('node -e 0\u0000docs'), rule: 'hidden-characters' },
    { call: command('npm run deploy\u200b'), rule: 'hidden-characters' },
    asks(long, 'docs'),
  ],
  run =>
    it('and asks with the folder, and with all of the command', () => {
      const asked = run().events.filter(event => event.type === 'permission-asked');
      const places = (what: string) => asked.filter(event => event.what === what).map(event => event.folder);
      assert.deepEqual(places('npm run deploy'), ['docs', 'docs']);
      assert.deepEqual(places('node -e 0'), [undefined, 'docs/sub']);
      assert.deepEqual(places(long), ['docs']);
    }),
);
