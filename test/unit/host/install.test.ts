import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../scripts/host/paths.ts';
import { until } from '../../support/until.ts';

const steps = ['server', 'modules', 'extensions', 'native'];
const whole = steps.flatMap(step => [`${step} begins`, `${step} ends`]);

describe('installing the web host', function () {
  this.timeout(60_000);
  let cache: string;
  let log: string;

  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'orchestrate-install-'));
    log = join(cache, 'npm.log');
  });
  afterEach(() => rm(cache, { recursive: true, force: true, maxRetries: 5 }));

  const install = (env: Record<string, string> = {}) =>
    spawn(process.execPath, [join(root, 'test', 'support', 'install-host.ts')], {
      env: {
        ...process.env,
        ORCHESTRATE_HOST_CACHE: cache,
        npm_execpath: join(root, 'test', 'support', 'fake-npm.js'),
        FAKE_NPM_LOG: log,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const npmCalls = async () => (existsSync(log) ? (await readFile(log, 'utf8')).trim().split('\n') : []);
  const finished = async (child: ChildProcess) => {
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', text => {
      output += text;
    });
    const [code] = await once(child, 'close');
    return { code, folder: output.trim() };
  };

  it('takes the steps in order and leaves a server', async () => {
    const { code, folder } = await finished(install());
    assert.equal(code, 0);
    assert.ok(existsSync(join(folder, 'out', 'server-main.js')));
    assert.deepEqual(await npmCalls(), whole);
  });

  it('asks npm for nothing when it is already installed, so that it works offline', async () => {
    await finished(install());
    const { code } = await finished(install({ FAKE_NPM_FAILS: 'yes' }));
    assert.equal(code, 0);
    assert.deepEqual(await npmCalls(), whole);
  });

  it('repairs an installation that was killed half-way, keeping the finished steps', async () => {
    const first = install({ FAKE_NPM_MS: '1500' });
    await until(async () => (await npmCalls()).includes('modules begins'));
    first.kill('SIGKILL');
    await once(first, 'close');
    const names = await readdir(cache);
    assert.ok(names.includes('install.lock'), 'the dead run has left its lock');
    assert.ok(!names.some(name => name.startsWith('code-server') && !name.includes('.partial-')));
    const before = (await npmCalls()).length;
    const { code, folder } = await finished(install());
    assert.equal(code, 0);
    assert.ok(existsSync(join(folder, 'out', 'server-main.js')));
    // The npm of the dead run may still come to the end of its step meanwhile.
    const begun = (await npmCalls()).slice(before).filter(call => call.includes('begins'));
    assert.deepEqual(begun, ['modules begins', 'extensions begins', 'native begins']);
  });

  it('begins a step anew after npm has failed in it', async () => {
    const failed = await finished(install({ FAKE_NPM_FAILS: 'yes' }));
    assert.notEqual(failed.code, 0);
    const { code } = await finished(install());
    assert.equal(code, 0);
    assert.deepEqual(await npmCalls(), whole);
  });

  it('is done once when two runs want it at the same time', async () => {
    const both = await Promise.all([install(), install()].map(finished));
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
    );
    assert.equal(both[0]?.folder, both[1]?.folder);
    assert.deepEqual(await npmCalls(), whole);
  });
});
