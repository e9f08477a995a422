import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempFolder } from '../../support/temp-folder.ts';
import { program } from '../../support/terminal-lab.ts';

const names = ['constructor', '__proto__', 'toString'];

describe('Names that every object has by nature', function () {
  this.timeout(60_000);
  const folder = tempFolder();
  beforeEach(() => mkdir(join(folder.path, 'workspace')));

  function run(args: string[], more: Record<string, string> = {}) {
    const env = {
      PATH: process.env.PATH,
      HOME: folder.path,
      ORCHESTRATE_HOME: folder.path,
      ANTHROPIC_API_KEY: 'x',
      ...more,
    };
    const cwd = join(folder.path, 'workspace');
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd, env, encoding: 'utf8' });
    assert.doesNotMatch(stdout + stderr, /TypeError|\n {4}at /);
    return { status, said: stdout + stderr };
  }
  const put = (path: string, text: string) => writeFile(join(folder.path, path), text);

  for (const name of names) {
    it(`are no provider's and no role's in the person's settings: ${name}`, async () => {
      await put('config.yaml', `providers:\n  ${name}:\n    kind: openai\nroutes:\n  ${name}: [${name}/x]\n`);
      const { status, said } = run(['run', 'a goal']);
      assert.equal(status, 2, said);
      assert.match(said, new RegExp(`config.yaml:2:3: error: .*${name}`));
      assert.match(said, /use letters, digits|take another one/);
    });

    it(`are no provider's in a clone's settings: ${name}`, async () => {
      await mkdir(join(folder.path, 'workspace/.orchestrate'));
      await put('workspace/.orchestrate/config.yaml', `providers: {${name}: {kind: openai}}\n`);
      assert.equal(run(['run', 'a goal']).status, 2);
    });

    it(`are no task's and no kind's in a workflow: ${name}`, async () => {
      await put(
        'workspace/flow.yaml',
        `goal: g\npools: {${name}: {slots: 1}}\ntasks:\n  - {id: ${name}, kind: ${name}, needs: [${name}]}\n`,
      );
      const { status, said } = run(['run', '--workflow', 'flow.yaml']);
      assert.equal(status, 2, said);
      assert.match(said, /flow\.yaml:2:9: .*(use letters, digits|take another one)/);
    });

    it(`are no command and no option: ${name}`, () => {
      assert.match(run([name]).said, new RegExp(`There is no command "${name}"`));
      assert.match(run(['list', `--${name}`]).said, new RegExp(`"--${name}" is not an option`));
      assert.equal(run(['help', name]).status, 2);
    });
  }

  it('are no provider in a variable', () => {
    const { status, said } = run(['run', 'a goal'], { ORCHESTRATE_BASE_URL_CONSTRUCTOR: 'http://127.0.0.1:1' });
    assert.equal(status, 2, said);
    assert.match(said, /ORCHESTRATE_BASE_URL_CONSTRUCTOR: error: providers\.constructor: use letters/);
  });
});
