import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import * as vscode from 'vscode';
import type { Deliveries } from '../../src/core/delivery/contract.ts';
import type { Delivery } from '../../src/core/delivery/state.ts';
import { type Answers, answering } from '../support/answering.ts';
import { ada, endedSession } from '../support/delivery/workspace.ts';

const SETTINGS = ['delivery.target', 'delivery.checks', 'environments'];
const settings = () => vscode.workspace.getConfiguration('orchestrate');
const set = (name: string, value: unknown) => settings().update(name, value, vscode.ConfigurationTarget.Global);

describe('what the Delivery view can do', () => {
  const path = process.env.PATH ?? '';
  const home = process.env.ORCHESTRATE_HOME ?? '';
  let workspace: string;
  let scratch: string;
  let remote: string;
  let runtime: () => Promise<{ deliveries(): Promise<Deliveries> }>;

  const git = (...args: string[]) => execFileSync('git', args, { cwd: workspace, encoding: 'utf8' }).trim();
  const there = (...args: string[]) => execFileSync('git', args, { cwd: remote, encoding: 'utf8' }).trim();
  const deliveries = async () => (await runtime()).deliveries();
  /** A person gives a command, and answers what comes up. */
  const run = (name: string, answers: Answers = {}) =>
    answering(() => vscode.commands.executeCommand(`orchestrate.delivery.${name}`), { press: [], ...answers });
  const delivered = async (file: string): Promise<() => Promise<Delivery>> => {
    const session = await endedSession({ workspace, home }, `Write ${file}`, write => write(ada, file, `${file}\n`));
    const done = await (await deliveries()).deliver({ session });
    assert.ok(done.ok, done.ok ? '' : done.message);
    return async () => (await (await deliveries()).state()).deliveries.get(done.delivery) as Delivery;
  };

  before(async function () {
    // The scripts of this test are for a POSIX shell.
    if (process.platform === 'win32') this.skip();
    workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    scratch = await mkdtemp(join(tmpdir(), 'orchestrate-delivery-'));
    remote = join(scratch, 'remote.git');
    git('init', '-q', '-b', 'main');
    git('config', 'user.name', 'Ada');
    git('config', 'user.email', 'ada@example.org');
    git('add', '.');
    git('commit', '-qm', 'first');
    git('init', '-q', '--bare', remote);
    git('remote', 'add', 'origin', remote);
    git('push', '-q', 'origin', 'main');
    const bin = join(scratch, 'bin');
    await mkdir(bin);
    const gh = `#!/bin/sh\nprintf '%s\\n' "$@" > '${join(scratch, 'called')}'\necho https://example.org/pull/7\n`;
    await writeFile(join(bin, 'gh'), gh);
    await chmod(join(bin, 'gh'), 0o755);
    process.env.PATH = `${bin}${delimiter}${path}`;
    await set('delivery.target', 'main');
    await set('delivery.checks', ['test -d .']);
    const extension = vscode.extensions.all.find(({ id }) => id.endsWith('.orchestrate'));
    assert.ok(extension);
    const { controller } = await extension.activate();
    runtime = () => controller.runtime();
  });
  after(async () => {
    process.env.PATH = path;
    for (const name of SETTINGS) await set(name, undefined);
    if (workspace) await rm(join(workspace, '.git'), { recursive: true, force: true });
    if (scratch) await rm(scratch, { recursive: true, force: true });
  });

  it('holds what is ready with a reason, tries it again, and lands it when it is agreed to', async () => {
    const now = await delivered('held.txt');
    assert.equal((await run('hold')).inputs, 1);
    assert.equal((await now()).status, 'ready', 'who leaves the question holds nothing');
    await run('hold', { input: 'not before Monday' });
    assert.deepEqual([(await now()).status, (await now()).note], ['held', 'not before Monday']);
    assert.match(
      (await run('land', { press: ['Run the Checks'] })).messages.join(),
      /Nothing is ready to land on main/,
    );

    const retried = await run('retry', { press: ['Run the Checks'] });
    assert.match(retried.messages.join('\n'), /The checks are green\. It lands when you approve it\./);
    assert.equal((await now()).status, 'ready');
    assert.match((await run('retry')).messages.join(), /Nothing is held back/);

    await run('approve', { press: ['Run the Checks', 'Approve and Land'] });
    assert.equal((await now()).status, 'landed');
    assert.equal(git('show', 'orchestrate/main:held.txt'), 'held.txt');
    await run('fastForward');
    assert.equal(git('show', 'main:held.txt'), 'held.txt');
    await run('push', { press: ['Push'] });
    assert.equal(there('rev-parse', 'main'), git('rev-parse', 'main'));
  });

  it('pushes a branch and opens a pull request, each only after a yes, and says where there is no gh', async () => {
    const now = await delivered('asked.txt');
    const { branch, delivery } = await now();
    const asked = await run('openPullRequest');
    assert.ok(asked.messages.includes(`Push ${branch} and open a pull request into main?`), asked.messages.join('\n'));
    assert.equal(there('branch', '--list', branch), '', 'nobody said yes');
    const withGh = process.env.PATH;
    const onlyGit = join(scratch, 'git-alone');
    await mkdir(onlyGit);
    await writeFile(join(onlyGit, 'git'), `#!/bin/sh\nPATH='${path}' exec git "$@"\n`);
    await chmod(join(onlyGit, 'git'), 0o755);
    process.env.PATH = onlyGit;
    const without = await run('openPullRequest', { press: ['Push and Open'] });
    process.env.PATH = withGh;
    assert.match(without.messages.join('\n'), /no gh on the PATH/);
    const opened = await run('openPullRequest', { press: ['Push and Open'] });
    assert.match(opened.messages.join('\n'), /is open: https:\/\/example\.org\/pull\/7/);
    assert.equal(there('rev-parse', branch), git('rev-parse', branch));
    assert.match(
      await readFile(join(scratch, 'called'), 'utf8'),
      new RegExp(`^pr\ncreate\n--base\nmain\n--head\n${branch}`),
    );
    await (await deliveries()).drop(delivery, 'not wanted');
  });

  it('cleans up what has landed, and says what stays', async () => {
    const now = await delivered('gone.txt');
    const { branch } = await now();
    await (await deliveries()).land('main', { unheld: true }, new AbortController().signal);
    await run('approve', { press: ['Run the Checks', 'Approve and Land'] });
    assert.equal((await now()).status, 'landed');
    const cleaned = await run('cleanUp');
    assert.match(cleaned.messages.join('\n'), /^Taken away: \d+ branch(es)?, \d+ working trees?\./);
    assert.equal(git('branch', '--list', branch), '');
    assert.equal(git('worktree', 'list').split('\n').length, 1);
  });

  it('asks for a secret once, and lets it be replaced or forgotten when the deployment fails', async () => {
    const wants = (secret: string) =>
      set('environments', { production: { command: `test "$DEPLOY_TOKEN" = ${secret}`, secrets: ['DEPLOY_TOKEN'] } });
    await wants('right');
    const left = await run('deploy', { press: ['Deploy'] });
    assert.equal(left.inputs, 1);
    assert.equal((await (await deliveries()).state()).deployments.size, 0, 'who gives no secret deploys nothing');
    const wrong = await run('deploy', { inputs: ['wrong', 'right'], press: ['Deploy', 'Replace the Secret…'] });
    assert.equal(wrong.inputs, 2);
    assert.equal(
      wrong.messages.some(text => text.includes('wrong')),
      false,
      'no secret is shown',
    );
    const right = await run('deploy', { press: ['Deploy'] });
    assert.deepEqual([right.inputs, /live/.test(right.messages.join('\n'))], [0, true]);

    await wants('another');
    await run('deploy', { press: ['Deploy', 'Forget the Secret…'] });
    const again = await run('deploy', { inputs: ['another'], press: ['Deploy'] });
    assert.deepEqual([again.inputs, /live/.test(again.messages.join('\n'))], [1, true], 'it is asked for anew');
  });
});
