import assert from 'node:assert/strict';
import type { RouteRequest } from '../../../src/core/routing/contract.ts';
import type { LeadMode } from '../../../src/core/team/lead/occasions.ts';
import { DEFAULTS } from '../../../src/core/team/options.ts';
import { planOf } from '../../support/plans.ts';
import { call, calls, type Reply } from '../../support/scripted-router.ts';
import { finished, gaveUp, TeamWorld, type TeamWorldOptions } from '../../support/team-world.ts';

/** A team whose lead says this, turn by turn; nothing more to change once it has said all. */
const led = (
  says: Reply[] | ((request: RouteRequest, earlier: number) => Reply),
  options: TeamWorldOptions,
  lead: { mode: LeadMode; share: number } = { mode: 'active', share: 0.1 },
) => {
  const planner = (request: RouteRequest, earlier: number) =>
    (typeof says === 'function' ? says(request, earlier) : says[earlier]) ??
    calls(call('go_on', { text: 'All is well.' }));
  return new TeamWorld({ planner, ...options, settings: { lead, ...options.settings } });
};

const openTask = (id: string, more: object = {}) =>
  call('open_task', { id, title: `Do ${id}`, role: 'worker', instructions: `Do ${id}.`, ...more });
const goOn = call('go_on', { text: 'That is all.' });
const turns = (team: TeamWorld) => team.journal.of('lead-acted').map(({ did, text }) => [...did, text].join(' | '));
const asked = (team: TeamWorld) => team.journal.of('lead-called').map(({ because }) => because.map(({ key }) => key));
const told = (team: TeamWorld, at: number) => JSON.stringify(team.requests[at]?.messages[0]);

describe('the lead', () => {
  it('is asked nothing in a session in which all goes well and nothing is left to steer', async () => {
    const team = led([], {
      plan: planOf(
        [
          { id: 'a', phase: 'one' },
          { id: 'b', phase: 'one' },
        ],
        { phases: ['one'] },
      ),
    });
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(team.requests, []);
  });

  it('completes a session whose work has failed: it opens what is missing, and drops what that replaces', async () => {
    const team = led(
      [
        calls(
          openTask('by-hand', { writes: ['a.txt'], checks: [{ exists: ['a.txt'] }] }),
          call('drop_task', { task: 'a', reason: 'by-hand does it without the generator' }),
        ),
        calls(goOn),
      ],
      {
        plan: planOf([{ id: 'a', writes: ['a.txt'] }, { id: 'b' }]),
        script: ({ job, write }) => {
          if (job.task?.id === 'a') return gaveUp('there is no generator', 'blocked');
          if (job.task?.id === 'by-hand') write('a.txt', 'made by hand');
          return finished();
        },
        settings: { limits: { ...DEFAULTS.limits, attempts: 0 } },
      },
    );
    assert.deepEqual(await team.run(), { outcome: 'completed', reason: 'everything on the checklist holds' });
    assert.equal(team.status('by-hand'), 'completed');
    assert.match(told(team, 0), /Task a has failed for good: there is no generator/);
    assert.deepEqual(turns(team), [
      'opened task by-hand (Do by-hand) | dropped task a: by-hand does it without the generator | That is all.',
    ]);
    const decision = team.journal.state.decisions.find(({ by }) => by === 'lead');
    assert.equal(
      decision?.text,
      'opened task by-hand (Do by-hand); dropped task a: by-hand does it without the generator',
    );
  });

  it('completes a session that is stuck: it has done what a blocker asks for, and closes it', async () => {
    const team = led(
      [calls(openTask('publish', {}), goOn), calls(call('resolve', { id: 'i1', how: 'it was published' }), goOn)],
      {
        plan: planOf([{ id: 'a' }]),
        script: ({ job, append }) => {
          if (job.task?.id === 'a')
            append({
              type: 'issue-opened',
              issue: 'i1',
              severity: 'blocker',
              by: job.agent,
              text: 'nobody publishes the schema',
            });
          return finished();
        },
      },
    );
    assert.deepEqual(await team.run(), { outcome: 'completed', reason: 'everything on the checklist holds' });
    assert.deepEqual(
      asked(team).map(keys => keys[0]?.split(' ')[0]),
      ['blocker', 'stuck'],
    );
    assert.match(told(team, 1), /All blockers resolved: nobody publishes the schema/);
  });

  it('mends a plan whose check is refused when its time comes: one agent, other checks, completed', async () => {
    const team = led(
      [calls(call('change_task', { task: 'a', reason: 'the network is closed', checks: [{ run: 'npm test' }] }), goOn)],
      {
        plan: planOf([{ id: 'a', checks: [{ run: 'curl example.org' }] }]),
        judge: command =>
          command.startsWith('curl')
            ? { verdict: 'deny', rule: 'no network', advice: 'Ask nobody outside.' }
            : { verdict: 'allow', rule: 'all', advice: '' },
      },
    );
    assert.equal((await team.run()).outcome, 'completed');
    assert.equal(team.jobs.length, 1);
    assert.deepEqual(team.commands, ['npm test']);
    assert.deepEqual(turns(team), ['changed checks of task a: the network is closed | That is all.']);
  });

  it('lets a check that took too long go back to its agent when it changes nothing', async () => {
    let runs = 0;
    const team = led([], {
      plan: planOf([{ id: 'a', checks: [{ run: 'npm test' }] }]),
      commands: () => (++runs === 1 ? { ended: 'timeout', output: 'waits' } : {}),
    });
    assert.equal((await team.run()).outcome, 'completed');
    assert.equal(team.journal.of('lead-called').length, 1);
    assert.match(team.jobs[1]?.followUp ?? '', /took longer than/);
  });

  it('lets what failed be tried again with its advice, at most twice', async () => {
    const retry = calls(call('retry_task', { task: 'a', advice: 'Leave the generator out.' }), goOn);
    const team = led(() => retry, {
      plan: planOf([{ id: 'a' }, { id: 'b', needs: ['a'] }]),
      script: ({ job }) => (job.task?.id === 'a' ? gaveUp('no way', 'blocked') : finished()),
    });
    assert.equal((await team.run()).outcome, 'failed');
    assert.equal(team.journal.of('task-retried').filter(({ task }) => task === 'a').length, 2);
    assert.match(team.jobs.at(-1)?.prompt ?? '', /What the lead advises:\n- Leave the generator out/);
  });

  it('hears of a contract and of the end of a phase at once, and tells who is at work', async () => {
    const team = led([calls(call('tell_agent', { agent: 'worker-2', text: 'Read v1.' }), goOn)], {
      plan: planOf(
        [
          { id: 'api', phase: 'setup', publishes: ['contract'] },
          { id: 'page', phase: 'build', consumes: ['contract'] },
        ],
        { phases: ['setup', 'build'] },
      ),
      script: async ({ job, append, nudged }) => {
        const { agent, task } = job;
        if (task?.id === 'api')
          append({
            type: 'artifact-published',
            artifact: 'contract',
            version: 1,
            agent,
            task: 'api',
            mediaType: 'text/plain',
            blob: 'a'.repeat(64),
            bytes: 1,
          });
        else assert.equal(await nudged(), 'The lead says: Read v1.');
        return finished();
      },
    });
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(asked(team), [['phase setup', 'contract contract 1']]);
  });

  it('stays within its share of the budget: that is its limit, and with nothing left of it there is no turn', async () => {
    let turn = 0;
    const team: TeamWorld = led(
      () => {
        const call = `lead-${++turn}`;
        const of = { call, agent: 'lead', model: 'anthropic/best' };
        team.journal.append({ type: 'call-intent', ...of, turn, attempt: 1 });
        team.journal.append({
          type: 'call-outcome',
          ...of,
          result: { ok: true, stop: 'tool-calls' },
          cost: 60_000_000,
          ms: 1,
        });
        return calls(openTask(`more-${turn}`), goOn);
      },
      { plan: planOf([{ id: 'a' }]), script: () => gaveUp('no', 'blocked') },
    );
    team.journal.append({ type: 'budget-changed', scope: 'session', key: 's', limit: 1_000_000_000, by: 'user' });
    assert.equal((await team.run()).outcome, 'failed');
    assert.equal(team.journal.of('lead-called').length, 2, '60 % of its share are spent, then all of it');
    assert.deepEqual(
      team.journal
        .of('budget-changed')
        .filter(({ scope }) => scope === 'agent')
        .map(({ key, limit }) => [key, limit]),
      [['lead', 100_000_000]],
    );
  });

  it('is asked only about failures where it is to be quiet, and never where it is off', async () => {
    const plan = planOf(
      [
        { id: 'a', phase: 'one' },
        { id: 'b', phase: 'two', needs: ['a'] },
      ],
      { phases: ['one', 'two'] },
    );
    for (const mode of ['quiet', 'off'] as const) {
      const team = led([], { plan }, { mode, share: 0.1 });
      await team.run();
      assert.deepEqual(asked(team), [], mode);
    }
  });

  it('does nothing more without something new, however long what is missing stays missing', async () => {
    const team = led([], { plan: planOf([{ id: 'a' }]), script: () => gaveUp('no', 'blocked') });
    assert.equal((await team.run()).outcome, 'failed');
    assert.deepEqual(
      asked(team).map(([key]) => key?.split(' ')[0]),
      ['failed', 'stuck'],
    );
  });

  it('that asks for nonsense is told so, and the session ends all the same', async () => {
    const team = led(
      () =>
        calls(
          call('open_task', { id: 'x', title: 'X', role: 'artist', instructions: 'Paint.' }),
          call('drop_task', { task: 'nobody', reason: 'r' }),
          call('tell_agent', { agent: 'nobody', text: 't' }),
          call('fly', {}),
          call('change_task', {}),
        ),
      { plan: planOf([{ id: 'a' }]), script: () => gaveUp('no', 'blocked') },
    );
    assert.equal((await team.run()).outcome, 'failed');
    assert.match(JSON.stringify(team.requests[1]?.messages.at(-1)), /there is no role \\"artist\\"/);
    assert.ok(team.requests.length <= 16, 'eight answers a turn');
  });
});
