import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { gitSync } from '../../support/delivery/sample-repository.ts';
import { ada, type DeliveryLab, deliveryLab, refusal } from '../../support/delivery/workspace.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const signal = new AbortController().signal;
const onWindows = process.platform === 'win32';

describe('What goes out to a remote', function () {
  this.timeout(60_000);
  const temp = tempFolder();
  let lab: DeliveryLab;
  let remote: string;
  const there = (...args: string[]) => gitSync(remote, lab.home, args);

  beforeEach(async () => {
    lab = await deliveryLab(temp.path);
    remote = join(temp.path, 'remote.git');
    lab.git('init', '-q', '--bare', remote);
    lab.git('remote', 'add', 'origin', remote);
    lab.git('push', '-q', 'origin', 'main');
  });

  const delivered = async (text: string) => {
    const session = await lab.session('Say six', write => write(ada, 'a.txt', text));
    const done = await lab.deliveries().deliver({ session });
    if (!done.ok) throw new Error(done.message);
    return done;
  };
  const script = async (path: string, body: string) => {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, `#!/bin/sh\n${body}\n`);
    await chmod(path, 0o755);
  };

  it('is a branch, and after it has landed the target, never by force', async () => {
    const { delivery, branch } = await delivered('six\n');
    const all = lab.deliveries();
    assert.match(refusal(await all.push('nothing')), /no delivery "nothing"/);
    assert.equal(refusal(await all.push(delivery)), '');
    assert.equal(there('rev-parse', branch), lab.git('rev-parse', branch));
    await all.land('main', {}, signal);
    assert.equal(refusal(await lab.deliveries().push(delivery)), '');
    assert.equal(there('rev-parse', 'main'), lab.git('rev-parse', 'orchestrate/main'));

    const other = join(temp.path, 'other');
    lab.git('clone', '-q', remote, other);
    gitSync(other, lab.home, ['commit', '-qm', 'theirs', '--allow-empty']);
    gitSync(other, lab.home, ['push', '-q', 'origin', 'main']);
    const theirs = there('rev-parse', 'main');
    const second = await delivered('seven\n');
    await lab.deliveries().land('main', {}, signal);
    assert.match(refusal(await lab.deliveries().push(second.delivery)), /commits that you do not have\. Fetch them/);
    assert.equal(there('rev-parse', 'main'), theirs);
  });

  it('is refused where another branch there is in the way of its name, which is no newer commit', async () => {
    const { delivery } = await delivered('six\n');
    there('branch', 'feature', 'main');
    const why = refusal(await lab.deliveries().push(delivery));
    assert.match(why, /did not take feature\/\S+: the branch feature is there, and git cannot have both names/);
    assert.doesNotMatch(why, /commits that you do not have/);
  });

  it('is refused where the branch is protected there, or the user’s own hook says no, each in a sentence', async function () {
    if (onWindows) this.skip();
    const { delivery } = await delivered('six\n');
    await script(join(remote, 'hooks', 'pre-receive'), 'echo "main is protected" >&2; exit 1');
    assert.match(refusal(await lab.deliveries().push(delivery)), /protected there\. Open a pull request instead/);
    await script(join(remote, 'hooks', 'pre-receive'), 'exit 0');
    await script(join(lab.workspace, '.git', 'hooks', 'pre-push'), 'echo "not on a Friday" >&2; exit 1');
    assert.match(refusal(await lab.deliveries().push(delivery)), /not on a Friday/);
    lab.git('remote', 'remove', 'origin');
    assert.match(refusal(await lab.deliveries().push(delivery)), /no remote.*git remote add origin URL/);
  });

  it('is a pull request by the user’s own gh, with whose work it is', async function () {
    if (onWindows) this.skip();
    const { delivery, branch } = await delivered('six\n');
    const nowhere = join(temp.path, 'git-alone');
    await mkdir(nowhere);
    const path = lab.environment.PATH ?? '';
    await script(
      join(temp.path, 'bin', 'gh'),
      'printf "%s\\n" "$@" > "$GH_CONFIG_DIR/called"; echo https://example.org/pull/7',
    );
    const without = lab.environment;
    assert.match(refusal(await lab.deliveries().openPullRequest(delivery)), /no gh on the PATH/);
    Object.assign(without, { PATH: `${join(temp.path, 'bin')}${delimiter}${path}`, GH_CONFIG_DIR: temp.path });
    const done = await lab.deliveries().openPullRequest(delivery);
    assert.deepEqual(done, {
      ok: true,
      message: `The pull request of ${branch} into main is open: https://example.org/pull/7.`,
    });
    assert.equal(there('rev-parse', branch), lab.git('rev-parse', branch));
    const called = await readFile(join(temp.path, 'called'), 'utf8');
    assert.match(called, /^pr\ncreate\n--base\nmain\n--head\nfeature\/say-six/);
    assert.match(called, /Agent: agent_1 .*\n.*- a\.txt/s);
    const state = await lab.deliveries().state();
    assert.equal(state.deliveries.get(delivery)?.pullRequest?.url, 'https://example.org/pull/7');
  });
});
