import assert from 'node:assert/strict';
import type { Changes } from '../../../src/core/changes/changes.ts';
import { handleRequest } from '../../../src/core/team/requests.ts';
import type { InboxRequest } from '../../../src/protocol/inbox.ts';
import { requestHandler } from '../../../src/runtime/requests.ts';
import { planOf } from '../../support/plans.ts';
import { finished, TeamWorld } from '../../support/team-world.ts';

/** A session whose one agent works for a minute, and the requests that reach it after a second. */
async function asked(...requests: InboxRequest[]) {
  const team = new TeamWorld({
    plan: planOf([{ id: 'a', writes: ['a.txt'] }]),
    present: true,
    script: async ({ pass, write }) => {
      write('a.txt', 'x');
      await pass(60_000);
      return finished();
    },
  });
  const run = team.session.run();
  await team.clock.advance(1000);
  const answers = requests.map((request, i) => handleRequest(team.session, request, `r${i}`));
  return { team, run, answers };
}

const agent = 'worker-1';

describe('more money', () => {
  const state = (team: TeamWorld) => team.journal.state;
  const request = (team: TeamWorld) =>
    requestHandler(team.session, { journal: team.journal, changes: {} as Changes })(
      { kind: 'raise-budget', sessionUsd: 5 },
      'r',
    );

  it('leaves a session paused that a person paused', async () => {
    const { team, run } = await asked({ kind: 'pause' });
    assert.equal((await request(team))?.ok, true);
    assert.equal(state(team).status, 'paused');
    team.session.unpause('user');
    await team.clock.until(run);
  });

  it('leaves it paused, too, where it had waited for money before', async () => {
    const { team, run } = await asked();
    team.session.pause('router', 'the budget is spent');
    assert.equal(team.session.pause('user', 'lunch').ok, true);
    await request(team);
    assert.deepEqual([state(team).status, state(team).pausedBy], ['paused', 'user']);
    team.session.unpause('user');
    await team.clock.until(run);
  });

  it('lets a session go on that only waited for it', async () => {
    const { team, run } = await asked();
    team.session.pause('router', 'the budget is spent');
    await request(team);
    assert.equal(state(team).status, 'running');
    await team.clock.until(run);
  });
});

describe('a request of another process', () => {
  it('aborts the session or one agent', async () => {
    const whole = await asked({ kind: 'abort', reason: 'enough' });
    assert.deepEqual(await whole.team.clock.until(whole.run), { outcome: 'aborted', reason: 'enough' });
    const one = await asked({ kind: 'abort', agent });
    await one.team.clock.until(one.run);
    assert.deepEqual(one.team.statuses(), { a: 'cancelled' });
  });

  it('pauses and unpauses the session or one agent', async () => {
    const { team, run, answers } = await asked(
      { kind: 'pause' },
      { kind: 'unpause' },
      { kind: 'pause', agent },
      { kind: 'unpause', agent },
      { kind: 'unpause' },
    );
    assert.deepEqual(
      answers.map(answer => answer?.ok),
      [true, true, true, true, false],
    );
    assert.equal((await team.clock.until(run)).outcome, 'completed');
    const told = ['session-paused', 'session-unpaused', 'agent-paused', 'agent-unpaused'];
    assert.deepEqual(
      team.journal.events.map(event => event.type).filter(type => told.includes(type)),
      told,
    );
  });

  it('nudges and reassigns an agent', async () => {
    const { team, run, answers } = await asked(
      { kind: 'nudge', agent, text: 'Hurry' },
      { kind: 'reassign', agent, route: ['google/big'] },
    );
    assert.deepEqual(answers, [{ ok: true }, { ok: true }]);
    assert.deepEqual(team.nudges, [{ agent, text: 'Hurry' }]);
    assert.deepEqual(team.jobs[0]?.route, ['google/big']);
    await team.clock.until(run);
  });

  it('adds work under its own id, so that it may be handled twice', async () => {
    const add: InboxRequest = { kind: 'queue-add', text: 'docs', priority: 5 };
    const { team, run } = await asked(add);
    assert.deepEqual(handleRequest(team.session, add, 'r0'), { ok: true });
    assert.equal(handleRequest(team.session, { kind: 'queue-remove', item: 'nothing' }, 'r1')?.ok, false);
    await team.clock.until(run);
    assert.deepEqual(team.statuses(), { a: 'completed', 'queue-r0': 'completed' });
  });

  it('answers what is asked', async () => {
    const { team, run } = await asked();
    const answer = team.session.attention.question({ agent, text: 'Which?' }, new AbortController().signal);
    const [ask] = team.journal.state.asks.keys();
    assert.deepEqual(handleRequest(team.session, { kind: 'answer', ask: ask ?? '', text: 'This' }, 'r'), { ok: true });
    assert.deepEqual(await answer, { answered: true, text: 'This' });
    await team.clock.until(run);
  });

  it('to accept or reject is left to the review; a rejection with a reason comes back as work', async () => {
    const { team, run, answers } = await asked({ kind: 'accept' }, { kind: 'reject' });
    assert.deepEqual(answers, [undefined, undefined]);
    const hash = { before: 'b'.repeat(64), after: 'b'.repeat(64) };
    const intent = {
      type: 'review-intent',
      action: 'reject',
      path: 'a.txt',
      by: 'user',
      file: hash,
      baseline: hash,
    } as const;
    team.journal.append({ ...intent, review: 'stale', reason: 'never applied' });
    team.journal.append({ type: 'review-outcome', review: 'stale', ok: false, reason: 'stale' });
    team.journal.append({ ...intent, review: 'silent' });
    team.journal.append({ type: 'review-outcome', review: 'silent', ok: true, reason: 'applied' });
    team.journal.append({ ...intent, review: 'said', reason: 'Not so loud.' });
    team.journal.append({ type: 'review-outcome', review: 'said', ok: true, reason: 'applied' });
    assert.equal((await team.clock.until(run)).outcome, 'completed');
    assert.deepEqual(Object.keys(team.statuses()), ['a', 'a-fix-1']);
    assert.match(team.jobs[1]?.prompt ?? '', /Not so loud\./);
  });

  it('takes back to their writers what others had built on rejected work, with the reason why it is gone', async () => {
    const { team, run } = await asked();
    const hash = { before: 'b'.repeat(64), after: 'b'.repeat(64) };
    const theirs = { agent, task: 'a' };
    team.journal.append({
      type: 'review-intent',
      review: 'forced',
      action: 'reject',
      path: 'a.txt',
      by: 'user',
      file: hash,
      baseline: hash,
      authors: [{ agent: 'somebody', task: 'earlier' }, theirs],
      builtOn: [theirs],
    });
    team.journal.append({ type: 'review-outcome', review: 'forced', ok: true, reason: 'applied' });
    await team.clock.until(run);
    assert.match(team.jobs[1]?.prompt ?? '', /built on work of earlier, which was rejected/);
  });
});
