import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { copyTemplate, makeTemplate, snapshot } from '../../support/delivery/sample-repository.ts';
import { ada, type DeliveryLab, deliveryLab } from '../../support/delivery/workspace.ts';
import { program } from '../../support/terminal-lab.ts';

/** Of three repositories each; more of them take minutes: `KILLS=50`. */
const RUNS = Number(process.env.KILLS ?? 5);
const TOGETHER = 3;

/** About as often each calls git. */
const CALLS = { deliver: 25, land: 18, approve: 26, deploy: 8, clean: 9 };
type Action = keyof typeof CALLS;
const ACTIONS = Object.keys(CALLS) as Action[];

const PATHS = ['a.txt', 'b.txt', 'src/main.ts', 'with space/ü.md'] as const;
const lines = fc.array(fc.constantFrom('one', 'two', 'three', 'fünf'), { maxLength: 4 });
/** What the user has done, and committed nowhere. */
const act = fc.record({
  kind: fc.constantFrom('edit', 'stage', 'stage and edit', 'delete', 'untracked', 'executable'),
  path: fc.constantFrom(...PATHS),
});
const scenario = fc.record({
  files: fc.dictionary(fc.constantFrom(...PATHS), lines),
  dirty: fc.array(act, { maxLength: 4 }),
  /** Where the user stands. */
  stands: fc.constantFrom('target', 'elsewhere', 'nowhere'),
  action: fc.constantFrom(...ACTIONS),
  /** At which call of git it is killed, of all or of those that move a branch. */
  calls: fc.constantFrom('all', 'update-ref'),
  share: fc.nat(99),
  /** `during`: git goes on without it; `both`: git is killed, too. */
  when: fc.constantFrom('before', 'during', 'after', 'both'),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

const real = () =>
  (process.env.PATH ?? '')
    .split(':')
    .map(each => join(each, 'git'))
    .find(existsSync) ?? 'git';

/** A git that counts its calls, and kills whoever called it at one of them. */
const killing = (git: string, counts: string, { action, calls, share, when }: Scenario) => `#!/bin/bash
${calls === 'all' ? '' : `case " $* " in *" update-ref "*) ;; *) exec ${git} "$@";; esac`}
n=$(( $(cat '${counts}' 2>/dev/null || echo 0) + 1 )); echo $n > '${counts}'
if [ "$n" = ${1 + Math.floor((share / 100) * (calls === 'all' ? CALLS[action] : 2))} ]; then
${
  {
    before: 'kill -9 $PPID; exit 1',
    during: `kill -9 $PPID; exec ${git} "$@"`,
    after: `${git} "$@"; kill -9 $PPID; exit 1`,
    both: `${git} "$@" <&0 & kill -9 $PPID; kill -9 $!; exit 1`,
  }[when]
}
fi
exec ${git} "$@"
`;

async function change(lab: DeliveryLab, { kind, path }: Scenario['dirty'][number]): Promise<void> {
  const at = join(lab.workspace, path);
  await mkdir(dirname(at), { recursive: true });
  if (kind === 'untracked') return writeFile(join(lab.workspace, 'notes.txt'), 'mine\n');
  if (kind === 'delete') return rm(at, { force: true });
  if (kind !== 'executable') await writeFile(at, `mine, ${kind}\n`);
  else if (existsSync(at)) await chmod(at, 0o755);
  if (!kind.startsWith('stage')) return;
  lab.git('-c', 'core.hooksPath=/dev/null', 'add', path);
  if (kind === 'stage and edit') await writeFile(at, 'mine, after that\n');
}

describe('A terminal that is killed at any call of git while it delivers, lands, approves, deploys or cleans up', () => {
  let folder = '';
  let made: { template: string };
  let runs = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orchestrate-kill-'));
    made = await makeTemplate(folder);
  });
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  async function play(played: Scenario): Promise<void> {
    const { files, dirty, stands, action } = played;
    const place = join(folder, `run-${++runs}`);
    await mkdir(place);
    const live = join(place, 'live');
    const lab = await deliveryLab(place, { repository: false });
    await copyTemplate(made.template, lab.workspace);
    const quiet = ['-c', 'core.hooksPath=/dev/null'];
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(lab.workspace, path)), { recursive: true });
      await writeFile(join(lab.workspace, path), text.map(line => `${line}\n`).join(''));
    }
    lab.git(...quiet, 'add', '.');
    lab.git(...quiet, 'commit', '-qm', 'mine', '--allow-empty');
    if (stands === 'elsewhere') lab.git(...quiet, 'checkout', '-q', '-b', 'mine');
    if (stands === 'nowhere') lab.git(...quiet, 'checkout', '-q', '--detach');
    await lab.configure({
      delivery: { target: 'main', checks: ['test -e page.txt'] },
      environments: { production: { command: `echo "$ORCHESTRATE_COMMIT" >> '${live}'` } },
    });
    const session = await lab.session('Add a page', write => write(ada, 'page.txt', 'page\n'));
    for (const each of dirty) await change(lab, each);

    const signal = new AbortController().signal;
    const you = { kind: 'person', name: 'ada' } as const;
    const known = async () => [...(await lab.deliveries().state()).deliveries.values()];
    const steps: Record<Action, { words: (id: string) => string[]; here: (id: string) => Promise<unknown> }> = {
      deliver: { words: () => ['deliver'], here: () => lab.deliveries().deliver({ session }) },
      land: { words: () => ['land', '--yes'], here: () => lab.deliveries().land('main', { unheld: true }, signal) },
      approve: {
        words: id => ['approve', id, '--yes'],
        async here(id) {
          await lab.deliveries().approve(id, you);
          await lab.deliveries().land('main', { unheld: true }, signal);
        },
      },
      deploy: {
        words: () => ['deploy', 'production', '--yes'],
        here: () => lab.deliveries().deploy('production', you, signal),
      },
      clean: { words: () => ['deliveries', 'clean'], here: () => lab.deliveries().cleanUp() },
    };
    for (const earlier of ACTIONS.slice(0, ACTIONS.indexOf(action)))
      await steps[earlier].here((await known())[0]?.delivery ?? '');
    const deployed = () =>
      readFile(live, 'utf8').then(
        text => text.split('\n').length - 1,
        () => 0,
      );
    const deployedBefore = await deployed();

    const held = stands === 'target';
    const refs = () =>
      lab
        .git('for-each-ref', '--format=%(refname) %(objectname)')
        .split('\n')
        .filter(
          line => !/^refs\/heads\/(feature|orchestrate)\//.test(line) && (held || !line.startsWith('refs/heads/main ')),
        );
    const [mine, others] = [await snapshot(lab.workspace), refs()];
    const untouched = async (moment: string) => {
      assert.deepEqual(await snapshot(lab.workspace), mine, `${moment}: what is the user’s`);
      assert.deepEqual(refs(), others, `${moment}: other branches, the stash`);
    };

    const words = steps[action].words((await known())[0]?.delivery ?? '');
    const run = async (path: string) => {
      const child = spawn(process.execPath, [program, ...words], {
        cwd: lab.workspace,
        env: { ...lab.environment, PATH: path },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk));
      // A git that goes on without its caller holds the same pipes: they close when it, too, has ended.
      await once(child, 'close');
      return { said, killed: child.signalCode === 'SIGKILL' };
    };
    const bin = join(place, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'git'), killing(real(), join(place, 'calls'), played), { mode: 0o755 });
    const { killed } = await run(`${bin}:${process.env.PATH}`);
    await untouched(killed ? 'after the kill' : 'at the end');
    const cutOff = (await lab.deliveries().state()).openSteps.size;

    const { said } = await run(process.env.PATH ?? '');
    assert.equal((said.match(/^Cut off while /gm) ?? []).length, cutOff, `the next start says what happened: ${said}`);
    await untouched('after the next start');

    // It goes all the way from wherever it was left.
    for (const step of ['deliver', 'land', 'approve'] as const) {
      const [first] = (await known()).filter(({ status }) => status !== 'dropped');
      if (first?.status === 'landed') break;
      if (step !== 'deliver' || !first) await steps[step].here(first?.delivery ?? '');
    }
    const landed = (await known()).filter(({ status }) => status === 'landed');
    assert.equal(landed.length, 1, 'the work has landed once');
    const commit = landed[0]?.landed?.commit ?? '';
    assert.equal(lab.git('show', `${commit}:page.txt`), 'page');
    assert.equal(lab.git('rev-list', '--count', `${commit}^..${commit}`), '1');
    const { deployments, openSteps } = await lab.deliveries().state();
    assert.equal(openSteps.size, 0);
    for (const { outcome } of deployments.values())
      assert.notEqual(outcome, undefined, 'it is known how each deployment ended');
    const times = (await deployed()) - deployedBefore;
    assert.ok(times <= deployments.size, `deployed ${times} times in ${deployments.size} deployments`);
    await lab.deliveries().cleanUp();
    await untouched('in the end');
    await rm(place, { recursive: true, force: true, maxRetries: 5 });
  }

  it('has touched nothing of the user’s; the next start says what happened, and the work lands once', async function () {
    this.timeout(Math.max(900_000, RUNS * 60_000));
    const some = fc.array(scenario, { minLength: TOGETHER, maxLength: TOGETHER });
    await fc.assert(
      fc.asyncProperty(some, async scenarios => {
        await Promise.all(scenarios.map(play));
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  });
});
