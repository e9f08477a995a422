import assert from 'node:assert/strict';
import { planOf } from '../../support/plans.ts';
import { call, calls } from '../../support/scripted-router.ts';
import { finished, gaveUp, TeamWorld, type TeamWorldOptions } from '../../support/team-world.ts';

const built = () =>
  planOf([
    { id: 'server', writes: ['server.js'] },
    { id: 'page', writes: ['page.js'] },
    {
      id: 'together',
      kind: 'check',
      needs: ['server', 'page'],
      checks: [{ run: 'npm test' }, { exists: ['server.js'] }],
    },
    { id: 'docs', needs: ['together'], writes: ['README.md'] },
  ]);

/** Together the parts work once the server says port. */
const parts = (mend: (attempt: number) => string | undefined = () => 'port'): TeamWorldOptions => {
  let repairs = 0;
  return {
    plan: built(),
    script: ({ job, write }) => {
      const id = job.task?.id ?? '';
      if (id === 'server') write('server.js', 'no');
      if (!id.startsWith('together-repair')) return finished(`${id} done`);
      const content = mend(++repairs);
      if (content === undefined) return gaveUp('I do not see it', 'blocked');
      write('server.js', content);
      return finished('the server reads its port');
    },
  };
};
const world = (options: TeamWorldOptions): TeamWorld => {
  const team: TeamWorld = new TeamWorld({
    ...options,
    commands: () => (team.files.text('server.js') === 'port' ? {} : { exit: 1, output: 'no answer on port 80\n' }),
  });
  return team;
};

describe('a failed integration check', () => {
  it('ends completed by a repair task that is told what failed, and may write what the parts are', async () => {
    const team = world(parts());
    assert.deepEqual(await team.run(), { outcome: 'completed', reason: 'everything on the checklist holds' });
    const repair = team.jobs.find(job => job.task?.id === 'together-repair');
    assert.match(repair?.prompt ?? '', /npm test \(exit code 1\)\n<data [0-9a-f]+>\nno answer on port 80\n<\/data/);
    assert.match(repair?.prompt ?? '', /- page: Task page; it wrote page.js/);
    assert.deepEqual(repair?.claims, ['server.js', 'page.js']);
    assert.deepEqual(repair?.task?.checks, [{ run: 'npm test' }, { exists: ['server.js'] }]);
    assert.deepEqual(team.statuses(), {
      server: 'completed',
      page: 'completed',
      together: 'completed',
      docs: 'completed',
      'together-repair': 'completed',
    });
    assert.equal(team.started.at(-1), 'docs implement worker 1', 'nobody starts before it has passed');
  });

  it('fails when what was to mend it never proves it, for no check is taken on trust', async () => {
    const team = world(parts(() => 'still no'));
    assert.equal((await team.run()).outcome, 'failed');
    assert.deepEqual(
      [...team.journal.state.tasks.keys()].filter(id => id.includes('repair')),
      ['together-repair'],
    );
  });

  it('fails with its reason when nobody can mend it', async () => {
    const team = world(parts(() => undefined));
    assert.equal((await team.run()).outcome, 'failed');
    assert.equal(team.status('together'), 'failed');
    assert.match(
      team.journal.state.tasks.get('together')?.note ?? '',
      /^failed: npm test; not mended by together-repair: I do not see it/,
    );
    assert.equal(team.status('docs'), 'skipped');
  });

  it('comes to the same end wherever the session is cut off', async function () {
    this.timeout(60_000);
    const first = world(parts());
    const moments: Record<string, string>[] = [];
    first.journal.subscribe(() => void moments.push(first.files.snapshot()));
    const end = await first.run();
    for (let cut = 1; cut < first.journal.events.length; cut++) {
      const files = new (first.files.constructor as new (files: Record<string, string>) => typeof first.files)(
        moments[cut - 1] ?? {},
      );
      const events = structuredClone(first.journal.events.slice(0, cut));
      const again = world({ ...parts(), earlier: { events, blobs: first.journal.blobs, workspace: files } });
      const at = `after event ${cut} (${events.at(-1)?.type})`;
      assert.deepEqual(await again.run(), end, at);
      assert.deepEqual(again.statuses(), first.statuses(), at);
    }
  });
});

describe('a check that says nothing of the work', () => {
  const asked = (run: string) => ({
    goal: 'g',
    tasks: [{ id: 'a', title: 'A', role: 'worker', instructions: 'Do it.', checks: [{ run }] }],
  });
  const judge = (command: string) =>
    command.startsWith('curl')
      ? { verdict: 'deny' as const, rule: 'no network', advice: 'Ask nobody outside.' }
      : { verdict: 'allow' as const, rule: 'all', advice: '' };

  it('goes back to the planner when the policy refuses its command, before any agent begins', async () => {
    const team = new TeamWorld({
      judge,
      planner: [calls(call('propose_plan', asked('curl example.org'))), calls(call('propose_plan', asked('npm test')))],
    });
    assert.equal((await team.run()).outcome, 'completed');
    assert.equal(team.started.length, 1);
    assert.deepEqual(team.commands, ['npm test']);
    assert.deepEqual(
      team.journal.of('plan-refused').map(({ errors }) => errors),
      [
        [
          'tasks[0].checks[0]: "curl example.org" could not run: refused by the rule "no network". Ask nobody outside. Prove it by another command or by exists',
        ],
      ],
    );
  });

  it('is no reason for more agents when it is refused all the same', async () => {
    const plan = planOf([{ id: 'a', checks: [{ run: 'curl example.org' }] }]);
    const team = new TeamWorld({ judge, plan });
    assert.equal((await team.run()).outcome, 'failed');
    assert.equal(team.started.length, 1);
    assert.equal(team.journal.of('check-ended')[0]?.fault, 'refused');
    assert.equal(
      team.journal.state.tasks.get('a')?.note,
      'its check curl example.org: refused by the rule "no network". Ask nobody outside',
    );
  });

  it('goes back to the same agent when its time was up, with what it had printed', async () => {
    let runs = 0;
    const team = new TeamWorld({
      plan: planOf([{ id: 'a', checks: [{ run: 'npm test', timeoutSeconds: 9 }] }]),
      commands: () => (++runs === 1 ? { ended: 'timeout', output: 'waiting for a socket\n' } : {}),
    });
    assert.equal((await team.run()).outcome, 'completed');
    assert.equal(new Set(team.jobs.map(job => job.agent)).size, 1);
    assert.match(team.jobs[1]?.followUp ?? '', /waiting for a socket\n+took longer than 9 s and was ended/);
  });
});

describe('a fresh attempt', () => {
  it('is told which checks failed before, with their output', async () => {
    let runs = 0;
    const team = new TeamWorld({
      plan: planOf([{ id: 'a', checks: [{ run: 'npm test' }] }]),
      commands: () => (++runs <= 4 ? { exit: 1, output: `run ${runs}: expected 3, got -1\n` } : {}),
    });
    assert.equal((await team.run()).outcome, 'completed');
    const fresh = team.jobs.find(job => job.attempt === 2);
    assert.match(
      fresh?.prompt ?? '',
      /Checks that failed in them last:\n- npm test \(exit code 1\)\n<data [0-9a-f]+>\nrun 4/,
    );
  });
});
