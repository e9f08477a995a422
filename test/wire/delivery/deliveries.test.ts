import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deliveries } from '../../../src/core/delivery/contract.ts';
import { type Delivery, waitingCandidate } from '../../../src/core/delivery/state.ts';
import { snapshot } from '../../support/delivery/sample-repository.ts';
import { ada, bob, type DeliveryLab, deliveryLab, refusal } from '../../support/delivery/workspace.ts';
import { needsSandbox } from '../../support/sandbox.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const never = new AbortController().signal;
const landing = (deliveries: Deliveries, target?: string) => deliveries.land(target, { unheld: true }, never);

async function delivered(deliveries: Deliveries, session: string, more: { title?: string } = {}): Promise<string> {
  const done = await deliveries.deliver({ session, target: 'main', ...more });
  assert.ok(done.ok, refusal(done));
  return done.delivery;
}

describe('What was accepted in a session', () => {
  const folder = tempFolder();
  let lab: DeliveryLab;
  beforeEach(async () => {
    lab = await deliveryLab(folder.path);
    await writeFile(join(lab.workspace, 'b.txt'), 'b\n');
    lab.git('add', '.');
    lab.git('commit', '-qm', 'second');
  });

  it('is on a branch of its own, with whose work it is, and nothing of the user’s is touched', async () => {
    await writeFile(join(lab.workspace, 'a.txt'), 'one\ntwo\nthree\nfour\nfive, by me\n');
    await writeFile(join(lab.workspace, 'staged.txt'), 'mine\n');
    lab.git('add', 'staged.txt');
    const session = await lab.session(
      'Make it better',
      async write => {
        await write(ada, 'a.txt', 'one, by Ada\ntwo\nthree\nfour\nfive, by me\n');
        await write(bob, 'src/new.ts', 'export const b = 1;\n');
        await write(bob, 'not-accepted.ts', 'no\n');
      },
      ['a.txt', 'src/new.ts'],
    );
    const before = await snapshot(lab.workspace);
    const done = await lab.deliveries().deliver({ session });
    assert.ok(done.ok, refusal(done));
    assert.match(done.branch, /^feature\/make-it-better-/);
    assert.deepEqual([done.target, done.files, done.pending], ['main', ['a.txt', 'src/new.ts'], 1]);
    assert.equal(lab.git('show', `${done.branch}:a.txt`), 'one, by Ada\ntwo\nthree\nfour\nfive');
    assert.deepEqual(lab.git('diff', '--name-only', 'main', done.branch).split('\n'), ['a.txt', 'src/new.ts']);
    const message = lab.git('log', '-1', '--format=%B', done.branch);
    for (const line of [
      'Make it better',
      'Agent: agent_1 (implementer)',
      'Agent: agent_2 (implementer)',
      'Model: anthropic/opus',
      'Task: api',
      `Session: ${session}`,
    ])
      assert.ok(message.split('\n').includes(line), `${line} in ${message}`);
    assert.deepEqual(await snapshot(lab.workspace), before);
  });

  it('lands beside a branch that is checked out, and is taken over with a dirty file that is not concerned', async () => {
    const session = await lab.session('Add a page', async write => {
      await write(ada, 'page.txt', 'page\n');
      await write(bob, 'b.txt', null);
    });
    await writeFile(join(lab.workspace, 'a.txt'), 'mine\n');
    const deliveries = lab.deliveries();
    const delivery = await delivered(deliveries, session);
    const before = await snapshot(lab.workspace);
    const report = await landing(deliveries);
    assert.deepEqual(
      report.landed.map(({ deliveries: names, ref }) => [names, ref]),
      [[[delivery], 'refs/heads/orchestrate/main']],
    );
    assert.deepEqual(report.heldBy, [lab.workspace]);
    assert.deepEqual(await snapshot(lab.workspace), before);
    assert.equal(lab.git('branch', '--list', 'feature/*'), '', 'its branch is in where it went');
    const forwarded = await deliveries.fastForward(undefined);
    assert.ok(forwarded.ok, refusal(forwarded));
    assert.equal(await readFile(join(lab.workspace, 'page.txt'), 'utf8'), 'page\n');
    assert.equal(await readFile(join(lab.workspace, 'a.txt'), 'utf8'), 'mine\n');
    assert.equal(lab.git('status', '--porcelain'), 'M a.txt');
    assert.equal(lab.git('branch', '--format=%(refname:short)'), 'main');
    assert.equal((await deliveries.state()).deliveries.get(delivery)?.landed?.ref, 'refs/heads/main');
  });

  it('is not taken over where a file of the user’s is in the way', async () => {
    const session = await lab.session('Change it', write => write(ada, 'a.txt', 'one\ntwo\nthree\nfour\nsix\n'));
    const deliveries = lab.deliveries();
    await delivered(deliveries, session);
    await landing(deliveries);
    await writeFile(join(lab.workspace, 'a.txt'), 'mine\n');
    const before = await snapshot(lab.workspace);
    assert.match(refusal(await deliveries.fastForward(undefined)), /Git leaves your files as they are: .*a\.txt/s);
    assert.deepEqual(await snapshot(lab.workspace), before);
  });

  it('lands on the target itself where nobody has that checked out', async () => {
    const session = await lab.session('Add a page', write => write(ada, 'page.txt', 'page\n'));
    lab.git('switch', '-qc', 'mine');
    const deliveries = lab.deliveries();
    await delivered(deliveries, session);
    const report = await landing(deliveries, 'main');
    assert.equal(report.landed[0]?.ref, 'refs/heads/main');
    assert.equal(lab.git('show', 'main:page.txt'), 'page');
  });

  it('is checked on what the target would become, and what is red stays out', async () => {
    await lab.configure({
      delivery: { approval: 'none', checks: ['test ! -e broken.txt', 'test ! -e x.txt -o ! -e y.txt'] },
    });
    const deliveries = lab.deliveries();
    const of = async (name: string) =>
      delivered(deliveries, await lab.session(name, write => write(ada, `${name}.txt`, 'text\n')));
    const [x, broken, y, z] = [await of('x'), await of('broken'), await of('y'), await of('z')];
    const report = await landing(deliveries);
    assert.deepEqual(report.landed.flatMap(each => each.deliveries).sort(), [x, z].sort());
    const state = await deliveries.state();
    assert.match(state.deliveries.get(broken)?.note ?? '', /the check "test ! -e broken.txt" failed/);
    assert.equal(state.deliveries.get(y)?.status, 'red', 'it is red only together with what landed before it');
    assert.equal(lab.git('ls-tree', '--name-only', 'orchestrate/main').includes('y.txt'), false);
  });

  it('is checked in the sandbox where there is one: nobody is asked, and nothing of it gets out', async function () {
    await needsSandbox(this);
    const out = join(lab.home, 'escaped');
    const checks = [`touch '${out}' 2>/dev/null; test -e page.txt`, 'echo built > build.txt'];
    await lab.configure({ permissions: { sandbox: 'required' }, delivery: { approval: 'none', checks } });
    const deliveries = lab.deliveries();
    const delivery = await delivered(deliveries, await lab.session('Page', write => write(ada, 'page.txt', 'page\n')));
    const before = await snapshot(lab.workspace);
    const report = await deliveries.land(undefined, {}, never);
    assert.deepEqual(
      report.landed.map(each => each.deliveries),
      [[delivery]],
      report.stopped,
    );
    assert.deepEqual(await snapshot(lab.workspace), before);
    await assert.rejects(readFile(out), { code: 'ENOENT' });
    assert.deepEqual(lab.git('ls-tree', '--name-only', 'orchestrate/main').split('\n'), ['a.txt', 'b.txt', 'page.txt']);
  });

  it('waits for a yes, which is void when the target moves', async () => {
    await lab.configure({ delivery: { checks: ['true'] } });
    const deliveries = lab.deliveries();
    const first = await delivered(deliveries, await lab.session('One', write => write(ada, 'x.txt', 'x\n')));
    assert.equal((await landing(deliveries)).landed.length, 0);
    const you = { kind: 'person', name: 'ada' } as const;
    const self = { kind: 'reviewer', agent: 'agent_1', model: 'google/gemini' } as const;
    assert.match(refusal(await deliveries.approve(first, self)), /only a person/);
    assert.ok((await deliveries.approve(first, you)).ok);
    lab.git('commit', '-qm', 'meanwhile', '--allow-empty');
    const again = await landing(deliveries);
    assert.deepEqual([again.landed, typeof again.waiting], [[], 'string'], 'it is asked for again');
    lab.git('commit', '-qm', 'once more', '--allow-empty');
    assert.match(refusal(await deliveries.approve(first, you)), /main has moved on/);
    await landing(deliveries);
    assert.ok((await deliveries.approve(first, you)).ok);
    assert.equal((await landing(deliveries)).landed.length, 1);
  });

  it('lands with all that was shown with it, and a yes to a candidate that was not shown does not count', async () => {
    await lab.configure({ delivery: { checks: ['true'] } });
    const deliveries = lab.deliveries();
    const of = async (name: string) =>
      delivered(deliveries, await lab.session(name, write => write(ada, `${name}.txt`, 'text\n')));
    const [x, y] = [await of('x'), await of('y')];
    const you = { kind: 'person', name: 'ada' } as const;
    const together = async (...only: string[]) =>
      (await deliveries.land('main', { unheld: true, only }, never)).waiting ?? '';
    const waitsOf = async (delivery: string) => {
      const state = await deliveries.state();
      return waitingCandidate(state, state.deliveries.get(delivery) as Delivery);
    };
    const both = await together(x, y);
    assert.deepEqual((await waitsOf(x))?.deliveries, [x, y]);
    await deliveries.hold(y, 'not yet');
    assert.equal(await waitsOf(x), undefined, 'what is held keeps all of it from landing');
    // Another lander tries the other by itself, while a dialog still shows both.
    const alone = await together(x);
    await deliveries.release(y);
    assert.notEqual(alone, both);
    assert.match(
      refusal(await deliveries.approve(x, you, both)),
      new RegExp(`another candidate .*of ${x}: look at ${alone}`),
    );
    assert.ok((await deliveries.approve(y, you, both)).ok);
    const { landed } = await deliveries.land('main', { unheld: true, only: [x, y] }, never);
    assert.deepEqual(
      landed.map(each => each.deliveries),
      [[x, y]],
      'what was agreed to, and not what was tried after it',
    );
  });

  it('that does not fit any more is told place by place, and no side is picked', async () => {
    const deliveries = lab.deliveries();
    const session = await lab.session('One', write => write(ada, 'a.txt', 'ONE\ntwo\nthree\nfour\nfive\n'));
    const first = await delivered(deliveries, session);
    lab.git('checkout', '-q', '--', 'a.txt');
    const other = await lab.session('Two', write => write(bob, 'a.txt', '1\ntwo\nthree\nfour\nfive\n'));
    const second = await delivered(deliveries, other);
    const report = await landing(deliveries);
    assert.deepEqual(
      report.landed.flatMap(each => each.deliveries),
      [first],
    );
    const found = (await deliveries.state()).deliveries.get(second);
    assert.equal(found?.status, 'conflicted');
    assert.deepEqual(
      found?.conflicts?.map(({ path }) => path),
      ['a.txt'],
    );
    assert.match(found?.conflicts?.[0]?.hunks[0] ?? '', /^<<<<<<< .*\nONE\n=======\n1\n>>>>>>> /);
  });

  it('is built anew after more was accepted, in the place of what did not land', async () => {
    const deliveries = lab.deliveries();
    const session = await lab.session('Again', write => write(ada, 'x.txt', 'x\n'));
    const first = await delivered(deliveries, session);
    const second = await delivered(deliveries, session);
    const state = await deliveries.state();
    assert.equal(state.deliveries.get(first)?.status, 'dropped');
    assert.equal(state.deliveries.get(second)?.status, 'ready');
    await landing(deliveries);
    assert.match(refusal(await deliveries.deliver({ session })), /is on main already/);
  });

  it('is held, released and dropped', async () => {
    const deliveries = lab.deliveries();
    const delivery = await delivered(deliveries, await lab.session('Hold', write => write(ada, 'x.txt', 'x\n')));
    assert.ok((await deliveries.hold(delivery, 'not yet')).ok);
    assert.equal((await landing(deliveries)).landed.length, 0);
    assert.ok((await deliveries.release(delivery)).ok);
    assert.ok((await deliveries.drop(delivery, 'never')).ok);
    assert.equal((await landing(deliveries)).landed.length, 0);
    assert.match(refusal(await deliveries.hold(delivery, 'x')), /is dropped/);
    assert.match(refusal(await deliveries.drop('d_none', 'x')), /There is no delivery "d_none"/);
  });

  it('of another user’s book is not acted on', async () => {
    const deliveries = lab.deliveries();
    await delivered(deliveries, await lab.session('One', write => write(ada, 'x.txt', 'x\n')));
    const path = join(lab.workspace, '.orchestrate', 'delivery', 'events.jsonl');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"title":"One"', '"title":"Two"'));
    await assert.rejects(lab.deliveries().state(), /was not written by you, here/);
    await assert.rejects(landing(lab.deliveries()), /was not written by you, here/);
  });
});
