import assert from 'node:assert/strict';
import { DEFAULTS } from '../../../src/core/team/options.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';
import { planOf } from '../../support/plans.ts';
import {
  finished,
  gaveUp,
  type Script,
  type Stage,
  TeamWorld,
  type TeamWorldOptions,
} from '../../support/team-world.ts';

const plan = planOf([{ id: 'a' }]);
const world = (script: Script, options: TeamWorldOptions = {}) => new TeamWorld({ plan, script, ...options });
const rungs = (team: TeamWorld) => team.rungs().map(({ rung, trigger }) => `${rung}: ${trigger}`);
const { silenceMs } = DEFAULTS.supervisor;

let calls = 0;
/** A tool call as the journal sees it. */
function tool(
  { job: { agent }, append }: Stage,
  name: string,
  args: unknown,
  ok = true,
  effect: 'read' | 'write' | 'command' = 'read',
) {
  const call = `t${++calls}`;
  append({ type: 'tool-intent', agent, call, tool: name, effect, args });
  append({
    type: 'tool-outcome',
    agent,
    call,
    ok,
    ...(!ok && { refusal: 'bad-arguments' }),
    output: { text: '' },
    ms: 1,
  });
}

/** An answer of the model, after which its calls follow. */
function turn({ job: { agent }, append }: Stage) {
  const call = `m${++calls}`;
  append({ type: 'call-intent', call, agent, turn: 1, attempt: 1, model: 'anthropic/big' });
  append({ type: 'call-outcome', call, result: { ok: true, stop: 'tool-calls' }, ms: 1 });
}

describe('the supervisor', () => {
  it('nudges an agent of which nothing is heard, and all is well when it answers', async () => {
    const team = world(async ({ nudged }) => {
      await nudged();
      return finished();
    });
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(team.rungs(), [{ rung: 'nudge', trigger: 'silence', reason: 'no sign of life for 300 s' }]);
    assert.match(team.nudges[0]?.text ?? '', /Nothing has been heard of you/);
  });

  it('replaces an agent that stays silent by a fresh attempt, which is told how the first one ended', async () => {
    const team = world(({ job, hang }) => (job.attempt === 1 ? hang() : finished()));
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(rungs(team), ['nudge: silence', 'fresh-attempt: silence']);
    assert.deepEqual(team.started, ['a implement worker 1', 'a implement worker 2']);
    assert.match(
      team.jobs[1]?.prompt ?? '',
      /This is not the first attempt.*worker, attempt 1: replaced \(no sign of life for 300 s\)/s,
    );
    assert.equal(team.journal.state.agents.get('worker-1')?.status, 'replaced');
  });

  it('takes a stream that comes in slowly for life', async () => {
    const team = world(
      async ({ job, pass }) => {
        for (let i = 0; i < 20; i++) {
          await pass(silenceMs - 1000);
          job.pulse?.();
        }
        return finished();
      },
      { settings: { limits: { ...DEFAULTS.limits, agentMinutes: 1000 } } },
    );
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(rungs(team), []);
  });

  it('does not count the time of a command, of a pause, or of waiting for a person as silence', async () => {
    const team = world(async stage => {
      const { agent } = stage.job;
      const { append, pass } = stage;
      append({ type: 'tool-intent', agent, call: 'long', tool: 'run_command', effect: 'command', args: {} });
      await pass(3 * silenceMs);
      append({ type: 'tool-outcome', agent, call: 'long', ok: true, output: { text: '' }, ms: 1 });
      append({ type: 'question-asked', ask: 'q', agent, text: 'Which?' });
      await pass(3 * silenceMs);
      append({ type: 'question-answered', ask: 'q', text: 'That', by: 'user' });
      append({ type: 'agent-paused', agent, by: 'user' });
      await pass(3 * silenceMs);
      append({ type: 'agent-unpaused', agent, by: 'user' });
      await pass(silenceMs - 1);
      return finished();
    });
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(rungs(team), []);
  });

  it('does not take a jump of the wall clock for silence', async () => {
    const team = world(async ({ pass }) => {
      await pass(1000);
      return finished();
    });
    const run = team.session.run();
    await settle();
    team.clock.jump(3 * 3_600_000);
    assert.equal((await team.clock.until(run)).outcome, 'completed');
    assert.deepEqual(rungs(team), []);
  });

  it('nudges for the same call made again and again, then replaces', async () => {
    const team = world(async stage => {
      if (stage.job.attempt === 2) return finished();
      for (let i = 0; i < 20; i++) {
        tool(stage, 'read_file', { path: 'a' });
        await stage.pass(10);
      }
      return finished();
    });
    await team.run();
    assert.deepEqual(rungs(team), ['nudge: repeated-calls', 'fresh-attempt: repeated-calls']);
    assert.match(team.rungs()[0]?.reason ?? '', /made the same call 4 times: read_file \{"path":"a"\}/);
  });

  it('finds nothing wrong with running the tests again after each edit', async () => {
    const team = world(async stage => {
      for (let i = 0; i < 20; i++) {
        turn(stage);
        tool(stage, 'edit_file', { path: 'a', i }, true, 'write');
        tool(stage, 'run_command', { command: 'npm test' }, i % 2 === 0, 'command');
        await stage.pass(10);
      }
      return finished();
    });
    await team.run();
    assert.deepEqual(rungs(team), []);
  });

  it('nudges for errors in a row, then replaces', async () => {
    const team = world(async stage => {
      for (let i = 0; i < 20 && stage.job.attempt === 1; i++) {
        tool(stage, 'read_file', { path: `f${i}` }, false);
        await stage.pass(10);
      }
      return finished();
    });
    await team.run();
    assert.deepEqual(rungs(team), ['nudge: repeated-errors', 'fresh-attempt: repeated-errors']);
    assert.match(team.rungs()[0]?.reason ?? '', /6 calls in a row failed, the last: read_file \(bad-arguments\)/);
  });

  it('nudges for turns without progress, then replaces', async () => {
    const team = world(async stage => {
      for (let i = 0; i < 40 && stage.job.attempt === 1; i++) {
        turn(stage);
        await stage.pass(10);
      }
      return finished();
    });
    await team.run();
    assert.deepEqual(rungs(team), ['nudge: no-progress', 'fresh-attempt: no-progress']);
  });

  it('replaces an agent whose conversation outgrows its context over and over', async () => {
    const team = world(async stage => {
      for (let i = 0; i < 6 && stage.job.attempt === 1; i++) {
        stage.append({ type: 'agent-compacted', agent: stage.job.agent, segment: i, summary: { text: 's' } });
        await stage.pass(10);
      }
      return finished();
    });
    await team.run();
    assert.deepEqual(rungs(team), ['fresh-attempt: context-pressure']);
  });

  it('replaces an agent that takes longer than its task may', async () => {
    const team = world(
      async ({ job, pass }) => {
        for (let i = 0; i < 100 && job.attempt === 1; i++) {
          await pass(60_000);
          job.pulse?.();
        }
        return finished();
      },
      { plan: planOf([{ id: 'a', timeoutMinutes: 30 }]) },
    );
    await team.run();
    assert.deepEqual(team.rungs(), [
      { rung: 'fresh-attempt', trigger: 'too-long', reason: 'took longer than 30 minutes' },
    ]);
  });

  it('does not count the time in which checks run, a person is waited for or work is paused as time of the agent', async () => {
    const hour = 60 * 60_000;
    const clock = new FakeClock();
    const slow = new Promise(resolve => {
      clock.after(hour, () => resolve({ ended: 'exit', exit: 0, output: '', omitted: 0, ms: hour }));
    });
    const team = world(
      async ({ job, journal, pass, prove }) => {
        if (job.attempt > 1) return finished();
        const work = async (minutes: number) => {
          for (let i = 0; i < minutes; i++) {
            await pass(60_000);
            job.pulse?.();
          }
        };
        await work(20);
        // Its checks take an hour.
        assert.equal((await prove()).accepted, true);
        journal.append({ type: 'question-asked', ask: 'q', agent: job.agent, text: 'Which?' });
        await pass(hour);
        journal.append({ type: 'question-answered', ask: 'q', text: 'This.', by: 'user' });
        journal.append({ type: 'agent-paused', agent: job.agent, by: 'user' });
        await pass(hour);
        journal.append({ type: 'agent-unpaused', agent: job.agent, by: 'user' });
        await work(9);
        return finished();
      },
      {
        clock,
        plan: planOf([{ id: 'a', timeoutMinutes: 30, checks: [{ run: 'slow' }] }]),
        ports: { processes: { run: () => slow } as never },
      },
    );
    await team.run();
    assert.deepEqual(team.rungs(), []);
  });

  it('reports the health of the team at every heartbeat', async () => {
    const team = world(
      async ({ pass }) => {
        await pass(DEFAULTS.supervisor.heartbeatMs - 1000);
        return finished();
      },
      { plan: planOf([{ id: 'a' }, { id: 'b', needs: ['a'] }]) },
    );
    await team.run();
    assert.deepEqual(
      team.journal.of('notice').map(({ code, text }) => `${code}: ${text}`),
      ['heartbeat: 1 agent at work, longest silence 1 s; 1 of 2 tasks done, 1 running'],
    );
  });
});

describe('the ladder', () => {
  it('climbs: fresh attempt, another provider, the orchestrator itself', async () => {
    const team = world(({ job }) =>
      job.kind === 'escalation' ? finished('did it myself') : gaveUp(`not me ${job.attempt}`),
    );
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(
      team.rungs().map(({ rung, reason }) => `${rung}: ${reason}`),
      ['fresh-attempt: not me 1', 'other-provider: not me 2', 'escalation: not me 3'],
    );
    assert.deepEqual(
      team.jobs.map(job => `${job.role.name} ${job.route.join(' ')}`),
      [
        'worker anthropic/big openai/big',
        'worker anthropic/big openai/big',
        'worker openai/big',
        'orchestrator anthropic/best',
      ],
    );
    assert.equal(team.journal.state.escalations, 1);
    assert.deepEqual(
      team.journal.of('task-failed').map(({ final }) => final),
      [false, false, false],
    );
  });

  it('escalates a blocker that an agent reports at once: another model would meet it too', async () => {
    const team = world(({ job, append }) => {
      if (job.kind === 'escalation') return finished();
      append({ type: 'issue-opened', issue: 'i', severity: 'blocker', by: job.agent, task: 'a', text: 'no access' });
      return gaveUp('no access', 'blocked');
    });
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(rungs(team), ['escalation: blocked']);
    assert.deepEqual(
      team.journal.of('issue-resolved').map(({ issue }) => issue),
      ['i'],
    );
  });

  it('goes to another provider at once when no model of the route answers', async () => {
    const team = world(({ job }) =>
      job.attempt === 1 ? { outcome: 'failed', reason: 'exhausted', message: 'all down' } : finished(),
    );
    await team.run();
    assert.deepEqual(rungs(team), ['other-provider: exhausted']);
  });

  it('waits for models that are only at rest, and goes on with the same agent', async () => {
    let tries = 0;
    const team = world(({ job, journal }) =>
      ++tries === 1
        ? { outcome: 'failed', reason: 'exhausted', message: 'limits', retryAt: (journal.state.lastAt ?? 0) + 90_000 }
        : finished(job.agent),
    );
    const from = team.clock.monotonic();
    assert.equal((await team.run()).outcome, 'completed');
    assert.equal(team.clock.monotonic() - from, 90_000);
    assert.deepEqual(rungs(team), []);
    assert.deepEqual(
      team.jobs.map(job => job.agent),
      ['worker-1', 'worker-1'],
    );
  });

  it('asks the user last, and does as they say', async () => {
    const answers = ['Use the other API', 'Give up this task'];
    const team = world(() => gaveUp('no', 'blocked'), { present: true });
    const run = team.session.run();
    for (const text of answers) {
      await team.clock.advance(1000);
      const [ask] = team.journal.state.asks.values();
      assert.match(ask?.request.type === 'question-asked' ? ask.request.text : '', /"Task a" does not get done: no/);
      assert.deepEqual(team.session.answer(ask?.ask ?? '', { text }, 'user'), { ok: true });
    }
    assert.equal((await team.clock.until(run)).outcome, 'failed');
    assert.deepEqual(rungs(team), [
      'escalation: blocked',
      'ask-user: blocked',
      'escalation: blocked',
      'ask-user: blocked',
    ]);
    assert.match(team.jobs[2]?.prompt ?? '', /What the user says to it:\n- Use the other API/);
  });

  it('stops the session when that is what the user says', async () => {
    const team = world(() => gaveUp('no', 'blocked'), { present: true });
    const run = team.session.run();
    await team.clock.advance(1000);
    const [ask] = team.journal.state.asks.keys();
    team.session.answer(ask ?? '', { text: 'Stop the session' }, 'user');
    assert.equal((await team.clock.until(run)).outcome, 'aborted');
  });

  it('ends at the orchestrator when nobody is there to ask', async () => {
    const team = world(() => gaveUp('no', 'blocked'));
    assert.equal((await team.run()).outcome, 'failed');
    assert.deepEqual(rungs(team), ['escalation: blocked']);
    assert.equal(team.status('a'), 'failed');
  });

  it('survives an agent that fails from a fault of ours', async () => {
    const team = world(({ job }) => {
      if (job.attempt === 1) throw new Error('bug');
      return finished();
    });
    assert.equal((await team.run()).outcome, 'completed');
    assert.deepEqual(rungs(team), ['fresh-attempt: internal']);
  });
});
