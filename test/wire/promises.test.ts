import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { diligent } from '../support/fault-lab.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { codeOf, program, terminalLab } from '../support/terminal-lab.ts';
import { endServers } from '../support/wire.ts';

const ownNames = new Set(['127.0.0.1', 'localhost', '::1']);

describe('A session, from its plan to its review', () => {
  const temp = tempFolder();
  afterEach(endServers);

  /** Runs the program with those variables, and what it printed when it has ended well. */
  async function whole(variables: NodeJS.ProcessEnv): Promise<void> {
    const { workspace, env } = await terminalLab(temp.path, diligent);
    for (const args of [['run', 'Do it', '--yes'], ['changes'], ['accept', '0.txt'], ['reject', '1.txt'], ['report']]) {
      const child = spawn(process.execPath, [program, ...args], { cwd: workspace, env: { ...env, ...variables } });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', part => (said += part));
      assert.equal(await codeOf(child), 0, said);
    }
  }

  it('opens connections to its provider and to nobody else', async () => {
    const [hook, log] = [join(temp.path, 'hook.mjs'), join(temp.path, 'connections')];
    await writeFile(
      hook,
      `import { appendFileSync } from 'node:fs';
      import net from 'node:net';
      const connect = net.Socket.prototype.connect;
      net.Socket.prototype.connect = function (...args) {
        const [given] = Array.isArray(args[0]) ? args[0] : args;
        appendFileSync(${JSON.stringify(log)}, JSON.stringify(given.host ?? given.path ?? String(given)) + '\\n');
        return connect.apply(this, args);
      };`,
    );
    await whole({ NODE_OPTIONS: `--import=${pathToFileURL(hook).href}` });
    const asked = (await readFile(log, 'utf8'))
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as string);
    assert.ok(asked.length > 0);
    // A local server that may be there is looked for on this machine.
    assert.deepEqual(
      asked.filter(host => !ownNames.has(host)),
      [],
    );
  });

  it('asks git for its status alone, from a run to its review', async function () {
    if (process.platform === 'win32') this.skip();
    const [folder, log] = [join(temp.path, 'bin'), join(temp.path, 'called')];
    await mkdir(folder);
    await writeFile(log, '');
    await writeFile(join(folder, 'git'), `#!/bin/sh\necho "$@" >> '${log}'\n`);
    await chmod(join(folder, 'git'), 0o755);
    await whole({ PATH: `${folder}${delimiter}${process.env.PATH}` });
    const called = (await readFile(log, 'utf8')).split('\n').filter(line => line !== '');
    assert.deepEqual(
      called.filter(line => !line.includes(' status ')),
      [],
    );
  });
});
