import assert from 'node:assert/strict';
import { settle } from '../../support/fake-clock.ts';
import { planOf } from '../../support/plans.ts';
import { finished, gaveUp, type Script, TeamWorld, type TeamWorldOptions } from '../../support/team-world.ts';

const world = (script: Script, tasks: Parameters<typeof planOf>[0] = [{ id: 'a' }], options: TeamWorldOptions = {}) =>
  new TeamWorld({ plan: planOf(tasks), script, ...options });
const slow: Script = async ({ pass }) => {
  await pass(1000);
  await pass(1000);
  return finished();
};

/** Goes on where a world stands, as after a crash. */
const resumed = (team: TeamWorld, options: TeamWorldOptions = {}) =>
  new TeamWorld({
    ...options,
    earlier: { events: structuredClone(team.journal.events), blobs: team.journal.blobs, workspace: team.files },
  });

describe('pausing', () => {
  it('lets what is under way end and starts nothing, until it is over', async () => {
    const team = world(slow, [{ id: 'a' }, { id: 'b', needs: ['a'] }]);
    const run = team.session.run();
    await team.clock.advance(500);
    assert.deepEqual(team.session.pause('user', 'lunch'), { ok: true });
    await team.clock.advance(60_000);
    assert.deepEqual(team.statuses(), { a: 'running', b: 'pending' });
    assert.deepEqual(team.session.pause('user', 'again'), { ok: false, message: 'it is paused already' });
    assert.deepEqual(team.session.unpause('user'), { ok: true });
    assert.equal((await team.clock.until(run)).outcome, 'completed');
  });

  it('holds for a session that is resumed while paused', async () => {
    const team = world(slow, [{ id: 'a' }, { id: 'b' }]);
    const run = team.session.run();
    await team.clock.advance(500);
    team.session.pause('user', 'night');
    team.session.stop('shutdown');
    await team.clock.until(run);
    const next = resumed(team, { script: slow });
    const again = next.session.run();
    await next.clock.advance(60_000);
    assert.deepEqual(next.jobs, []);
    next.session.unpause('user');
    assert.equal((await next.clock.until(again)).outcome, 'completed');
  });

  it('of one agent leaves the others at work, and holds over a crash', async () => {
    const tasks = [{ id: 'a' }, { id: 'b' }];
    const team = world(slow, tasks);
    team.session.run();
    await team.clock.advance(500);
    assert.deepEqual(team.session.pauseAgent('worker-1', 'user'), { ok: true });
    await team.clock.advance(60_000);
    assert.deepEqual(team.statuses(), { a: 'running', b: 'completed' });
    const next = resumed(team, { script: slow });
    const run = next.session.run();
    await next.clock.advance(60_000);
    assert.equal(next.journal.state.agents.get('worker-1')?.status, 'paused');
    next.session.unpauseAgent('worker-1', 'user');
    assert.equal((await next.clock.until(run)).outcome, 'completed');
  });
});

describe('an agent', () => {
  it('is aborted with its task, the others go on, and nobody calls that done', async () => {
    const team = world(slow, [{ id: 'a' }, { id: 'b', needs: ['a'] }, { id: 'c' }]);
    const run = team.session.run();
    await team.clock.advance(500);
    assert.deepEqual(team.session.abortAgent('worker-1', 'not wanted'), { ok: true });
    assert.deepEqual(await team.clock.until(run), {
      outcome: 'aborted',
      reason: 'task a was cancelled: not wanted; for that b was not started',
    });
    assert.deepEqual(team.statuses(), { a: 'cancelled', b: 'skipped', c: 'completed' });
    assert.equal(team.journal.state.agents.get('worker-1')?.status, 'aborted');
  });

  it('is given another model while it works', async () => {
    const team = world(slow);
    const run = team.session.run();
    await team.clock.advance(500);
    assert.deepEqual(team.session.reassign('worker-1', ['google/big'], 'user', 'too slow'), { ok: true });
    assert.deepEqual(team.jobs[0]?.route, ['google/big']);
    await team.clock.until(run);
    assert.deepEqual(team.journal.state.agents.get('worker-1')?.route, ['google/big']);
  });

  it('keeps the model it was given when it goes on after a crash', async () => {
    const team = world(slow);
    team.session.run();
    await team.clock.advance(500);
    team.session.reassign('worker-1', ['google/big'], 'user', 'too slow');
    const next = resumed(team);
    await next.run();
    assert.deepEqual(
      next.jobs.map(job => job.route),
      [['google/big']],
    );
  });

  it('that is not at work cannot be reached', async () => {
    const team = world(slow);
    const none = { ok: false, message: 'no agent "x" is at work' };
    assert.deepEqual(team.session.pauseAgent('x', 'user'), none);
    assert.deepEqual(team.session.abortAgent('x', ''), none);
    assert.deepEqual(team.session.reassign('x', [], 'user', ''), none);
    assert.deepEqual(team.session.nudge('x', ''), none);
  });
});

describe('a budget that is spent', () => {
  /** The first try runs out of money, as the router says it. */
  const poor =
    (action: 'local' | 'pause' | 'stop'): Script =>
    async ({ job, append, pass, journal }) => {
      await pass(100);
      const rich = journal.state.budget.limits.length > 0 || job.route.includes('ollama/small');
      if (rich) return finished();
      append({ type: 'budget-spent', scope: 'session', key: 's', action });
      return { outcome: 'failed', reason: 'budget', message: 'nothing left' };
    };

  it('pauses the session until there is more, and then the same agent goes on', async () => {
    const team = world(poor('pause'), [{ id: 'a' }], { present: true });
    const run = team.session.run();
    await team.clock.advance(60_000);
    assert.equal(team.journal.state.status, 'paused');
    assert.deepEqual(team.session.unpause('user'), {
      ok: false,
      message: 'the budget is spent; raise it first',
    });
    team.journal.append({ type: 'budget-changed', scope: 'session', key: 's', limit: 1e9, by: 'user' });
    assert.deepEqual(team.session.unpause('user'), { ok: true });
    assert.equal((await team.clock.until(run)).outcome, 'completed');
    assert.deepEqual(team.started, ['a implement worker 1', 'a implement worker 1']);
    assert.equal(new Set(team.jobs.map(job => job.agent)).size, 1);
  });

  it('ends the session, which can be resumed with more', async () => {
    const team = world(poor('stop'), [{ id: 'a' }, { id: 'b', needs: ['a'] }]);
    assert.deepEqual(await team.run(), { outcome: 'budget-spent', reason: 'the budget of the session is spent' });
    assert.deepEqual(team.statuses(), { a: 'running', b: 'pending' });
    team.journal.append({ type: 'budget-changed', scope: 'session', key: 's', limit: 1e9, by: 'user' });
    assert.equal((await resumed(team, { script: poor('stop') }).run()).outcome, 'completed');
  });

  it('ends the session instead of pausing it when nobody is there to add to it, and again until there is more', async () => {
    const team = world(poor('pause'), [{ id: 'a' }]);
    const reason = 'the budget of the session is spent, and nobody is there to add to it';
    assert.deepEqual(await team.run(), { outcome: 'budget-spent', reason });
    const next = resumed(team);
    assert.equal((await next.run()).outcome, 'budget-spent');
    assert.equal(next.jobs.length, 0);
    next.journal.append({ type: 'budget-changed', scope: 'session', key: 's', limit: 1e9, by: 'user' });
    assert.equal((await resumed(next).run()).outcome, 'completed');
  });

  it('goes on with models that cost nothing', async () => {
    const team = world(poor('local'), [{ id: 'a' }, { id: 'b', needs: ['a'] }], { free: ['ollama/small'] });
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(
      team.jobs.map(job => job.route.at(-1)),
      ['ollama/small', 'ollama/small', 'ollama/small'],
    );
  });

  it('goes on with models that cost nothing where a person chooses so while it is paused', async () => {
    const team = world(poor('pause'), [{ id: 'a' }], { present: true, free: ['ollama/small'] });
    assert.deepEqual(team.session.goLocal('user'), { ok: false, message: 'the budget is not spent' });
    const run = team.session.run();
    await team.clock.advance(60_000);
    assert.equal(team.journal.state.status, 'paused');
    assert.deepEqual(team.session.goLocal('user'), { ok: true });
    assert.equal((await team.clock.until(run)).outcome, 'completed');
    assert.equal(team.jobs.at(-1)?.route.at(-1), 'ollama/small');
  });

  it('cannot go on with models that cost nothing where there are none', async () => {
    const team = world(poor('pause'), [{ id: 'a' }], { present: true });
    const run = team.session.run();
    await team.clock.advance(60_000);
    assert.deepEqual(team.session.goLocal('user'), { ok: false, message: 'no model is free of charge' });
    assert.equal(team.journal.state.status, 'paused');
    team.session.stop('end of test');
    await team.clock.until(run);
  });

  it('pauses when it should go local and nothing is free', async () => {
    const team = world(poor('local'), [{ id: 'a' }], { present: true });
    const run = team.session.run();
    await team.clock.advance(60_000);
    assert.equal(team.journal.state.status, 'paused');
    team.session.stop('end of test');
    await team.clock.until(run);
  });

  it('of one agent is no reason for the others to wait', async () => {
    const team = world(
      async ({ job, append, pass }) => {
        if (job.task?.id !== 'a') return finished();
        append({ type: 'budget-spent', scope: 'agent', key: job.agent, action: 'pause' });
        await pass(100);
        return { outcome: 'failed', reason: 'budget', message: 'its budget is spent' };
      },
      [
        { id: 'a', optional: true, budgetUsd: 0.5 },
        { id: 'b', needs: [{ task: 'a', when: 'ended' }] },
      ],
    );
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(team.statuses(), { a: 'failed', b: 'completed' });
    assert.deepEqual(
      team.journal.of('budget-changed').map(({ key, limit }) => [key, limit]),
      [['worker-1', 5e8]],
    );
  });

  it('of one task alone fails that task, or asks', async () => {
    const team = world(() => ({ outcome: 'failed', reason: 'budget', message: 'its budget is spent' }));
    assert.equal((await team.run()).outcome, 'failed');
    assert.equal(team.journal.state.tasks.get('a')?.note, 'its budget is spent');
    assert.equal(team.jobs.length, 1);
  });
});

describe('the queue', () => {
  it('takes work while the session runs, for a role or a pool, by priority', async () => {
    const team = world(slow, [{ id: 'a' }], { settings: {} });
    const run = team.session.run();
    await team.clock.advance(500);
    assert.deepEqual(team.session.addToQueue({ text: 'Write docs\nfor all', priority: 2 }, 'user', 'i1'), { ok: true });
    assert.deepEqual(team.session.addToQueue({ text: 'Fix it', target: 'reviewer', priority: 9 }, 'user', 'i2'), {
      ok: true,
    });
    assert.equal((await team.clock.until(run)).outcome, 'completed');
    const task = team.journal.state.tasks.get('queue-i1')?.task;
    assert.equal(task?.title, 'Write docs');
    assert.deepEqual(team.started, [
      'a implement worker 1',
      'queue-i1 implement worker 1',
      'queue-i2 implement reviewer 1',
    ]);
    assert.equal(team.journal.state.queue.size, 0);
  });

  it('refuses what nobody could do', async () => {
    const team = world(slow);
    const run = team.session.run();
    await team.clock.advance(500);
    assert.deepEqual(team.session.addToQueue({ text: 'x', target: 'reviewr', priority: 5 }, 'user'), {
      ok: false,
      message: 'there is no pool or role "reviewr"; did you mean "reviewer"?',
    });
    assert.equal(team.session.addToQueue({ text: ' ', priority: 5 }, 'user').ok, false);
    await team.clock.until(run);
    assert.equal(team.session.addToQueue({ text: 'late', priority: 5 }, 'user').ok, false);
  });

  it('loses nothing and does nothing twice when it is cut off at any event', async () => {
    const team = world(slow, [{ id: 'a' }]);
    const run = team.session.run();
    await team.clock.advance(500);
    team.session.addToQueue({ text: 'More', priority: 5 }, 'user', 'i1');
    await team.clock.until(run);
    const from = team.journal.events.findIndex(event => event.type === 'queue-added');
    for (let cut = from + 1; cut < team.journal.events.length; cut++) {
      const events = structuredClone(team.journal.events.slice(0, cut));
      const next = new TeamWorld({ script: slow, earlier: { events, blobs: new Map(), workspace: team.files } });
      assert.equal((await next.run()).outcome, 'completed');
      assert.deepEqual(next.statuses(), { a: 'completed', 'queue-i1': 'completed' }, `cut ${cut}`);
    }
  });

  it('gives work back that has not been taken', async () => {
    const team = new TeamWorld({ plan: planOf([{ id: 'a' }]), present: true, settings: { approvePlan: true } });
    const run = team.session.run();
    await settle();
    team.session.addToQueue({ text: 'x', priority: 5 }, 'user', 'i1');
    assert.deepEqual(team.session.removeFromQueue('i1', 'user'), { ok: true });
    assert.equal(team.session.removeFromQueue('i1', 'user').ok, false);
    await team.session.plans.approve('user');
    await team.clock.until(run);
    assert.deepEqual(team.statuses(), { a: 'completed' });
  });
});

describe('a plan revised while it runs', () => {
  const agent = (id: string, rest: object = {}) => ({ id, title: 'T', role: 'worker', instructions: 'Do', ...rest });

  it('keeps what is finished, stops what is left out, starts what is new', async () => {
    const team = world(
      async ({ job, pass }) => {
        await pass(job.task?.id === 'a' ? 100 : 5000);
        return finished();
      },
      [{ id: 'a' }, { id: 'b' }, { id: 'c', needs: ['b'] }],
    );
    const run = team.session.run();
    await team.clock.advance(1000);
    const revised = await team.session.plans.revise({ tasks: [agent('d', { needs: ['a'] })] }, 'replan');
    assert.deepEqual(revised.ok && revised.diff, { kept: ['a'], added: ['d'], changed: [], dropped: ['b', 'c'] });
    assert.equal((await team.clock.until(run)).outcome, 'completed');
    assert.deepEqual(team.statuses(), { a: 'completed', b: 'cancelled', d: 'completed' });
    assert.deepEqual(
      team.jobs.map(job => job.task?.id),
      ['a', 'b', 'd'],
    );
  });

  it('is refused with its mistakes, and the old plan goes on', async () => {
    const team = world(slow);
    const run = team.session.run();
    await team.clock.advance(500);
    const revised = await team.session.plans.revise({ tasks: [agent('d', { needs: ['x'] })] }, 'replan');
    assert.deepEqual('problems' in revised ? revised.problems.map(({ code }) => code) : [], ['unknown-task']);
    assert.equal((await team.clock.until(run)).outcome, 'completed');
    assert.equal(team.journal.state.planRevision, 1);
  });

  it('by the orchestrator waits for whoever wanted to see the plan', async () => {
    const team = world(slow, [{ id: 'a' }, { id: 'b', needs: ['a'] }], {
      present: true,
      settings: { approvePlan: true },
    });
    const run = team.session.run();
    await settle();
    await team.session.plans.approve('user');
    await team.clock.advance(500);
    const never = new AbortController().signal;
    const next = { tasks: [agent('a'), agent('c', { needs: ['a'] })] };
    for (const decision of ['deny', 'allow'] as const) {
      const revised = team.session.plans.reviseFor('orchestrator-9', next, never);
      await settle();
      const [ask] = team.journal.state.asks.values();
      assert.equal(ask?.request.type === 'permission-asked' && ask.request.what, 'new: c; dropped: b');
      team.session.answer(ask?.ask ?? '', { decision, text: 'no, b stays' }, 'user');
      assert.deepEqual(
        await revised,
        decision === 'allow'
          ? { ok: true, text: 'The plan is in force. new: c; dropped: b.' }
          : { ok: false, reason: 'denied', text: 'The plan stays as it is: no, b stays' },
      );
    }
    assert.equal((await team.clock.until(run)).outcome, 'completed');
    assert.deepEqual(team.statuses(), { a: 'completed', c: 'completed' });
    assert.deepEqual(await team.session.plans.reviseFor('x', { tasks: [agent('d', { role: 'nobody' })] }, never), {
      ok: false,
      reason: 'bad-plan',
      text: 'The plan was not accepted:\n- tasks[0].role: there is no role "nobody"; there is: worker, reviewer, orchestrator',
    });
  });

  it('can be followed by more when it is done: a request, and changes that were rejected', async () => {
    const team = world(({ job, write }) => {
      write(`${job.task?.id}.txt`, 'x');
      return finished();
    });
    assert.equal((await team.run()).outcome, 'completed');
    const more = [
      { text: 'Also the other one', target: 'reviewer' },
      { path: 'a.txt', reason: 'too short' },
      { path: 'nobody.txt', reason: 'odd' },
      { text: 'For a stranger', target: 'nobody' },
    ];
    const next = resumed(team, { resume: { more } });
    assert.equal((await next.run()).outcome, 'completed');
    assert.deepEqual(next.jobs.map(job => [job.task?.role, job.task?.title]).sort(), [
      ['reviewer', 'Also the other one'],
      ['worker', 'Mend a.txt'],
    ]);
    assert.equal(next.journal.state.notices.filter(({ code }) => code === 'not-taken').length, 2);
  });

  it('can give what failed another try when a session is resumed', async () => {
    const tasks = [{ id: 'a' }, { id: 'b' }, { id: 'c', needs: ['b'] }];
    const team = world(
      ({ job }) => (job.task?.id === 'b' ? { outcome: 'gave-up', reason: 'blocked', message: 'no' } : finished()),
      tasks,
    );
    assert.equal((await team.run()).outcome, 'failed');
    const same = resumed(team);
    assert.equal((await same.run()).outcome, 'failed');
    const next = resumed(team, { resume: { retry: 'all' } });
    assert.equal((await next.run()).outcome, 'completed');
    assert.deepEqual(
      next.jobs.map(job => job.task?.id),
      ['b', 'c'],
    );
  });
});

describe('what could not be done for want of a model', () => {
  const outage = [{ model: 'anthropic/big', error: 'auth' as const, message: 'invalid x-api-key' }];
  const dead: Script = () => ({ outcome: 'failed', reason: 'exhausted', message: 'No model answered', outage });
  const tasks = [{ id: 'a' }, { id: 'b', needs: ['a'] }, { id: 'c', needs: ['b'] }, { id: 'd', optional: true }];

  it('is tried again by the next resume, with all that depends on it, and from the bottom of the ladder', async () => {
    const team = world(dead, tasks);
    assert.equal((await team.run()).outcome, 'failed');
    assert.deepEqual(team.statuses(), { a: 'failed', b: 'skipped', c: 'skipped', d: 'failed' });
    const still = resumed(team, { script: dead });
    assert.equal((await still.run()).outcome, 'failed');
    assert.ok(still.jobs.length > 0, 'it was tried');
    const next = resumed(still);
    assert.equal((await next.run()).outcome, 'completed');
    assert.deepEqual(next.statuses(), { a: 'completed', b: 'completed', c: 'completed', d: 'completed' });
    assert.ok(next.jobs.every(({ role, kind }) => role.name === 'worker' && kind === 'implement'));
  });

  it('is not mixed up with what failed for its own reasons', async () => {
    const team = world(({ job }) => (job.task?.id === 'x' ? gaveUp('cannot', 'blocked') : finished()), [{ id: 'x' }]);
    assert.equal((await team.run()).outcome, 'failed');
    const next = resumed(team);
    assert.equal((await next.run()).outcome, 'failed');
    assert.deepEqual(next.jobs, [], 'nothing is paid for again unless somebody says so');
  });
});

describe('a task that is tried again', () => {
  const tasks = [{ id: 'a' }, { id: 'b', needs: ['a'] }, { id: 'c', needs: ['b'] }, { id: 'd' }];

  it('while the session runs begins anew, with what was skipped because of it', async () => {
    let broken = true;
    const team = world(async stage => {
      if (stage.job.task?.id === 'a' && broken) return gaveUp('cannot', 'blocked');
      return slow(stage);
    }, tasks);
    const run = team.session.run();
    await team.clock.advance(500);
    assert.deepEqual(team.statuses(), { a: 'failed', b: 'skipped', c: 'skipped', d: 'running' });
    broken = false;
    assert.deepEqual(team.session.retry({ task: 'd' }, 'user'), {
      ok: false,
      message: 'task d is not over: it is running',
    });
    assert.deepEqual(team.session.retry({ task: 'x' }, 'user'), { ok: false, message: 'there is no task "x"' });
    assert.deepEqual(team.session.retry({ task: 'a' }, 'user'), { ok: true, tasks: ['a', 'b', 'c'] });
    assert.equal((await team.clock.until(run)).outcome, 'completed');
    assert.deepEqual(team.session.retry('all', 'user').ok, false);
  });

  it('takes along what kept it from starting', async () => {
    const team = world(({ job }) => (job.task?.id === 'a' ? gaveUp('cannot', 'blocked') : finished()), tasks);
    assert.equal((await team.run()).outcome, 'failed');
    const next = resumed(team, { resume: { retry: { task: 'c' } } });
    assert.equal((await next.run()).outcome, 'completed');
    assert.deepEqual(
      next.jobs.map(({ task }) => task?.id),
      ['a', 'b', 'c'],
    );
  });

  it('may have been cancelled', async () => {
    const team = world(slow, tasks);
    const run = team.session.run();
    await team.clock.advance(500);
    team.session.abort('enough');
    assert.equal((await team.clock.until(run)).outcome, 'aborted');
    const next = resumed(team, { resume: { retry: 'all' } });
    assert.equal((await next.run()).outcome, 'completed');
  });
});

describe('changes that were rejected with a reason', () => {
  it('go back to the same role as a task of their own', async () => {
    const team = world(
      async ({ job, write, pass }) => {
        write('a.txt', job.task?.id ?? '');
        await pass(1000);
        return finished();
      },
      [{ id: 'a', writes: ['a.txt'] }],
    );
    const run = team.session.run();
    await team.clock.advance(500);
    assert.deepEqual(team.session.mend('a.txt', 'No tabs, please.', 'user'), { ok: true });
    assert.equal(team.session.mend('other.txt', 'x', 'user').ok, false);
    assert.equal((await team.clock.until(run)).outcome, 'completed');
    assert.deepEqual(team.started, ['a implement worker 1', 'a-fix-1 implement worker 1']);
    assert.match(team.jobs[1]?.prompt ?? '', /was rejected.*No tabs, please\./s);
    assert.deepEqual(team.jobs[1]?.claims, ['a.txt']);
  });
});
