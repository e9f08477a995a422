import assert from 'node:assert/strict';
import { settle } from '../../support/fake-clock.ts';
import { planOf } from '../../support/plans.ts';
import { call, calls, says } from '../../support/scripted-router.ts';
import { finished, type Script, TeamWorld, type TeamWorldOptions } from '../../support/team-world.ts';

const plan = planOf([{ id: 'a' }]);
const asked = (options: TeamWorldOptions = {}) =>
  new TeamWorld({ plan, present: true, ...options, settings: { approvePlan: true } });
const proposal = (...ids: string[]) =>
  calls(
    call('propose_plan', { goal: 'g', tasks: ids.map(id => ({ id, title: 'T', role: 'worker', instructions: 'Do' })) }),
  );

describe('the plan', () => {
  it('is shown with its expected cost and waits for a yes', async () => {
    const team = asked();
    const run = team.session.run();
    await settle();
    assert.equal(team.journal.state.status, 'awaiting-approval');
    assert.equal(team.jobs.length, 0);
    assert.ok((team.journal.state.estimate?.high ?? 0) > 0);
    assert.deepEqual(await team.session.plans.approve('user'), { ok: true });
    assert.equal((await team.clock.until(run)).outcome, 'completed');
  });

  it('may be edited before: its mistakes are told, then the edited one runs', async () => {
    const team = asked();
    const run = team.session.run();
    await settle();
    const refused = await team.session.plans.approve(
      'user',
      'goal: g\ntasks:\n  - {id: b, title: T, role: wroker, instructions: I}',
    );
    assert.deepEqual(refused.ok ? [] : refused.problems.map(({ line, message }) => `${line}: ${message}`), [
      '3: there is no role "wroker"; did you mean "worker"?',
    ]);
    await team.session.plans.approve('user', 'goal: g\ntasks:\n  - {id: b, title: T, role: worker, instructions: I}');
    assert.equal((await team.clock.until(run)).outcome, 'completed');
    assert.deepEqual(team.statuses(), { b: 'completed' });
    assert.deepEqual(
      team.journal.of('plan-proposed').map(({ source, revision }) => `${source} ${revision}`),
      ['file 1', 'user 2'],
    );
  });

  it('that is refused ends the session', async () => {
    const team = asked();
    const run = team.session.run();
    await settle();
    assert.deepEqual(team.session.plans.refuse('user'), { ok: true });
    assert.deepEqual(await team.clock.until(run), { outcome: 'aborted', reason: 'the plan was refused' });
  });

  it('that is refused with a reason is made anew, with that reason in mind', async () => {
    let plans = 0;
    const planner = () => proposal(plans++ === 0 ? 'one' : 'single');
    const team = new TeamWorld({ planner, present: true, settings: { approvePlan: true } });
    const run = team.session.run();
    await settle();
    team.session.plans.refuse('user', 'One task is enough.');
    await settle();
    const text = team.requests[1]?.messages[0]?.parts[0];
    assert.match(
      text?.type === 'text' ? text.text : '',
      /The user has refused an earlier plan and says:\nOne task is enough\./,
    );
    await team.session.plans.approve('user');
    assert.equal((await team.clock.until(run)).outcome, 'completed');
    assert.deepEqual(team.statuses(), { single: 'completed' });
  });

  it('needs somebody to approve it', async () => {
    const team = asked({ present: false });
    assert.deepEqual(await team.run(), { outcome: 'failed', reason: 'the plan needs approval, and nobody is there' });
  });

  it('is asked about once more after a crash, under the same id', async () => {
    const team = asked();
    team.session.run();
    await settle();
    const next = asked({
      earlier: { events: structuredClone(team.journal.events), blobs: new Map(), workspace: team.files },
    });
    const run = next.session.run();
    await settle();
    assert.deepEqual([...next.journal.state.asks.keys()], [...team.journal.state.asks.keys()]);
    await next.session.plans.approve('user');
    assert.equal((await next.clock.until(run)).outcome, 'completed');
    assert.equal(next.journal.of('plan-proposed').length, 1);
  });
});

describe('the planner', () => {
  const team = (planner: TeamWorldOptions['planner'], rest: TeamWorldOptions = {}) =>
    new TeamWorld({ ...(planner && { planner }), ...rest });

  it('may choose a single agent', async () => {
    const world = team([proposal('all')]);
    assert.equal((await world.run()).outcome, 'completed');
    assert.deepEqual(world.statuses(), { all: 'completed' });
    assert.deepEqual(
      world.journal.of('decision-noted').map(({ by, text }) => `${by}: ${text}`),
      ['orchestrator-1: planned 1 task'],
    );
  });

  it('is told the goal, the files, AGENTS.md and the roles there are', async () => {
    const world = team([proposal('a')], { files: { 'src/x.ts': '', 'AGENTS.md': 'Tabs only.' } });
    await world.run();
    const part = world.requests[0]?.messages[0]?.parts[0];
    const text = part?.type === 'text' ? part.text : '';
    for (const told of ['a goal', 'src/x.ts', 'Tabs only.', '- reviewer: does reviewer', 'At most 4 agents']) {
      assert.ok(text.includes(told), told);
    }
    const { tools = [] } = world.requests[0] ?? {};
    assert.deepEqual(
      tools.map(tool => tool.name),
      ['list_files', 'read_file', 'search', 'propose_plan'],
    );
    assert.ok(tools.every(tool => tool.parameters.type === 'object'));
  });

  it('looks before it plans, at most ten times, and everything that it looked at is in the record', async () => {
    const looks = calls(call('read_file', { path: 'src/x.ts' }), call('search', { pattern: 'todo' }));
    const world = team([...Array.from({ length: 12 }, () => looks), proposal('a')], {
      files: { 'src/x.ts': 'export const secretPlan = 7; // todo\n' },
    });
    await world.run();
    const told = (request: number) => JSON.stringify(world.requests[request]?.messages.at(-1));
    assert.match(told(1), /secretPlan = 7[\s\S]*src\/x\.ts:1/);
    assert.doesNotMatch(told(9), /looked often enough/);
    assert.match(told(10), /looked often enough: call propose_plan now/);
    assert.match(told(11), /Not done: it is time for the plan/);
    assert.equal(world.statuses().a, 'completed');
    const seen = world.journal.of('tool-outcome').filter(({ agent }) => agent === 'orchestrator-1');
    assert.equal(seen.length, 20);
    assert.ok(seen.every(({ ok }) => ok));
  });

  it('reads no secrets and nothing outside of the workspace while it looks', async () => {
    const looks = calls(call('read_file', { path: '../secret' }), call('read_file', { path: '.env' }));
    const world = team([looks, proposal('a')], { files: { '.env': 'KEY=1' } });
    await world.run();
    assert.doesNotMatch(JSON.stringify(world.requests[1]?.messages), /KEY=1/);
    assert.equal(world.journal.of('permission-denied').length, 2);
  });

  it('gets its mistakes back, all of them, and mends them', async () => {
    const bad = calls(
      call('propose_plan', {
        goal: '',
        tasks: [{ id: 'a', title: 'T', role: 'wroker', instructions: 'I', needs: ['b'] }],
      }),
    );
    const world = team([bad, proposal('a')]);
    assert.equal((await world.run()).outcome, 'completed');
    const [refused] = world.journal.of('plan-refused');
    assert.deepEqual(refused?.errors, [
      'goal is empty',
      'tasks[0].role: there is no role "wroker"; did you mean "worker"?',
      'tasks[0].needs[0]: there is no task "b"; there is: a',
    ]);
    const answer = world.requests[1]?.messages.at(-1);
    assert.equal(answer?.role, 'tool');
    assert.match(JSON.stringify(answer), /did you mean/);
  });

  it('is reminded when it only talks, or calls what is not there', async () => {
    const world = team([
      says('I would start with the server.'),
      calls(call('write_file', { path: 'x' })),
      proposal('a'),
    ]);
    assert.equal((await world.run()).outcome, 'completed');
    assert.equal(world.journal.of('plan-refused').length, 2);
  });

  it('gives up after three corrections, and the session says why', async () => {
    const world = team(() => calls(call('propose_plan', { tasks: [] })));
    const { outcome, reason } = await world.run();
    assert.equal(outcome, 'failed');
    assert.match(reason, /planning failed: no valid plan after 3 corrections: goal is missing/);
    assert.equal(world.requests.length, 4);
    assert.equal(world.journal.state.agents.get('orchestrator-1')?.status, 'failed');
  });

  it('reports that no model answers', async () => {
    const failure = { reason: 'exhausted' as const, last: { class: 'auth' as const, message: 'no key', model: 'x/y' } };
    const world = team([{ failure }]);
    const reason = 'planning failed: x refused its key: no key';
    assert.deepEqual(await world.run(), { outcome: 'failed', reason });
    const [ended] = world.journal.of('agent-ended');
    assert.deepEqual(ended?.outage, [{ model: 'x/y', error: 'auth', message: 'no key' }]);
  });

  it('can be stopped, and plans again when the session is resumed', async () => {
    const world = team(['hang']);
    const run = world.session.run();
    await settle();
    world.session.stop('Ctrl-C');
    assert.deepEqual(await world.clock.until(run), { outcome: 'interrupted', reason: 'Ctrl-C' });
    const next = team([proposal('a')], {
      earlier: { events: world.journal.events, blobs: new Map(), workspace: world.files },
    });
    assert.equal((await next.run()).outcome, 'completed');
  });
});

describe('an approval task', () => {
  const gate = planOf([
    { id: 'a' },
    { id: 'ok', kind: 'approval', question: 'Deploy?', needs: ['a'] },
    { id: 'b', needs: ['ok'] },
  ]);

  it('waits for a yes', async () => {
    const team = new TeamWorld({ plan: gate, present: true });
    const run = team.session.run();
    await team.clock.advance(1000);
    assert.deepEqual(team.statuses(), { a: 'completed', ok: 'waiting', b: 'pending' });
    const [ask] = team.journal.state.asks.keys();
    team.session.answer(ask ?? '', { decision: 'allow' }, 'user');
    assert.equal((await team.clock.until(run)).outcome, 'completed');
  });

  it('stops what needs it when the answer is no, or nobody is there', async () => {
    const team = new TeamWorld({ plan: gate });
    assert.equal((await team.run()).outcome, 'failed');
    assert.deepEqual(team.statuses(), { a: 'completed', ok: 'failed', b: 'skipped' });
  });

  it('is passed when everything was approved beforehand', async () => {
    const team = new TeamWorld({ plan: gate, settings: { approveAll: true } });
    assert.equal((await team.run()).outcome, 'completed');
  });
});

describe('accepted changes', () => {
  const writes: Script = ({ job, write }) => {
    if (job.task?.id === 'a') write('a.txt', 'x');
    return finished();
  };
  const tasks = [
    { id: 'a', writes: ['a.txt'] },
    { id: 'ok', kind: 'approval' as const, changes: ['a'], needs: ['a'] },
    { id: 'b', needs: [{ task: 'a', when: 'accepted' as const }] },
  ];

  function review(team: TeamWorld, action: 'accept' | 'reject') {
    const hash = { before: 'b'.repeat(64), after: 'b'.repeat(64) };
    team.journal.append({
      type: 'review-intent',
      review: 'r',
      action,
      path: 'a.txt',
      by: 'user',
      file: hash,
      baseline: hash,
    });
    team.journal.append({ type: 'review-outcome', review: 'r', ok: true, reason: 'applied' });
  }

  it('free what waits for them', async () => {
    const team = new TeamWorld({ plan: planOf(tasks), script: writes, present: true });
    const run = team.session.run();
    await team.clock.advance(1000);
    assert.deepEqual(team.statuses(), { a: 'completed', ok: 'waiting', b: 'pending' });
    review(team, 'accept');
    assert.equal((await team.clock.until(run)).outcome, 'completed');
  });

  it('that are rejected instead stop it', async () => {
    const team = new TeamWorld({ plan: planOf(tasks), script: writes, present: true });
    const run = team.session.run();
    await team.clock.advance(1000);
    review(team, 'reject');
    assert.equal((await team.clock.until(run)).outcome, 'failed');
    assert.deepEqual(team.statuses(), { a: 'completed', ok: 'failed', b: 'skipped' });
    assert.equal(team.journal.state.tasks.get('b')?.note, 'needs the changes of a, which were rejected');
  });

  it('are not waited for when nobody is there to accept them', async () => {
    const team = new TeamWorld({ plan: planOf(tasks), script: writes });
    assert.equal((await team.run()).outcome, 'failed');
    assert.deepEqual(team.statuses(), { a: 'completed', ok: 'failed', b: 'skipped' });
  });

  it('go without saying where a task wrote nothing', async () => {
    const team = new TeamWorld({ plan: planOf(tasks), present: true });
    assert.equal((await team.run()).outcome, 'completed');
  });
});

describe('a command task', () => {
  const deploy = planOf([{ id: 'c', kind: 'command', run: 'deploy' }]);
  const cut = async (plan = deploy) => {
    const team = new TeamWorld({ plan, commands: () => 'hang', script: ({ hang }) => hang() });
    team.session.run();
    await settle();
    assert.deepEqual(team.commands, ['deploy']);
    return { events: structuredClone(team.journal.events), blobs: new Map(), workspace: team.files };
  };

  it('completes with exit code 0 and fails with any other', async () => {
    assert.equal((await new TeamWorld({ plan: deploy }).run()).outcome, 'completed');
    const team = new TeamWorld({ plan: deploy, commands: () => ({ exit: 3 }) });
    assert.equal((await team.run()).outcome, 'failed');
    assert.equal(team.journal.state.tasks.get('c')?.note, 'deploy: exit code 3');
  });

  it('that was cut off is never run again by itself: the session waits for a person, others go on first', async () => {
    const tasks = planOf([{ id: 'c', kind: 'command', run: 'deploy' }, { id: 'after', needs: ['c'] }, { id: 'other' }]);
    const team = new TeamWorld({ earlier: await cut(tasks) });
    assert.deepEqual(await team.run(), {
      outcome: 'interrupted',
      reason: 'nobody is there to say whether the command of c, cut off before, may run again',
    });
    assert.deepEqual(team.commands, []);
    assert.deepEqual(team.statuses(), { c: 'waiting', after: 'pending', other: 'completed' });
    const earlier = { events: team.journal.events, blobs: team.journal.blobs, workspace: team.files };
    const still = new TeamWorld({ earlier: { ...earlier, events: structuredClone(earlier.events) } });
    assert.equal((await still.run()).outcome, 'interrupted', 'again and again');
    const again = new TeamWorld({ earlier, resume: { retry: { task: 'c' } } });
    assert.equal((await again.run()).outcome, 'completed');
    assert.deepEqual(again.commands, ['deploy']);
  });

  it('that was cut off asks again where the answer is none of those offered', async () => {
    const team = new TeamWorld({ earlier: await cut(), present: true });
    const run = team.session.run();
    await settle();
    for (const text of ['yes', 'Run it again']) {
      const [ask] = team.journal.state.asks.keys();
      team.session.answer(ask ?? '', { text }, 'user');
      await settle();
    }
    assert.equal((await team.clock.until(run)).outcome, 'completed');
    assert.deepEqual(team.commands, ['deploy']);
  });

  for (const [answer, runs, status] of [
    ['Run it again', 1, 'completed'],
    ['It is done', 0, 'completed'],
    ['It failed', 0, 'failed'],
  ] as const) {
    it(`that was interrupted is left to the user, who may say: ${answer}`, async () => {
      const team = new TeamWorld({ earlier: await cut(), present: true });
      const run = team.session.run();
      await settle();
      const [ask] = team.journal.state.asks.keys();
      team.session.answer(ask ?? '', { text: answer }, 'user');
      await team.clock.until(run);
      assert.equal(team.commands.length, runs);
      assert.equal(team.status('c'), status);
    });
  }
});
