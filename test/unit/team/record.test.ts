import assert from 'node:assert/strict';
import { renderLog } from '../../../src/core/session/log/render.ts';
import { Timeline } from '../../../src/core/session/log/timeline.ts';
import { buildReport } from '../../../src/core/session/report/build.ts';
import { renderReport } from '../../../src/core/session/report/render.ts';
import { DEFAULTS } from '../../../src/core/team/options.ts';
import { planOf } from '../../support/plans.ts';
import { finished, gaveUp, type Script, TeamWorld, type TeamWorldOptions } from '../../support/team-world.ts';

const plan = planOf([
  { id: 'first', title: 'The first' },
  { id: 'left', title: 'Left side', needs: ['first'], review: { role: 'reviewer', rounds: 2 } },
  { id: 'right', title: 'Right side', needs: ['first'] },
]);
const world = (script: Script, options: TeamWorldOptions = {}) => new TeamWorld({ plan, script, ...options });
const logOf = ({ journal }: TeamWorld) => renderLog(journal.state, new Timeline());
const section = (text: string, head: string) => {
  const [, after = ''] = text.split(`\n${head}\n`);
  return after.split(/\n#{2,3} /)[0] ?? '';
};

describe('what is written down of a team', () => {
  it('names everybody the plan will have work, with model, task and why, before the first begins', async () => {
    let before = '';
    const team = world(({ job }) => {
      if (job.task?.id === 'first') before = logOf(team);
      return finished();
    });
    await team.run();
    const types = team.journal.events.map(event => event.type);
    assert.ok(types.indexOf('roster-planned') < types.indexOf('task-started'));
    for (const [agent, task] of [
      ['worker-2', 'Left side'],
      ['reviewer-1', 'Left side (review)'],
      ['worker-3', 'Right side'],
    ])
      assert.match(
        before.replaceAll(/\n/g, ' '),
        new RegExp(
          `Agent ID\\*\\*: \`${agent}\` .{0,120}Tasks\\*\\*: ${task?.replace(/[()]/g, '\\$&')} - \\*\\*Status\\*\\*: Not Started`,
        ),
      );
    assert.match(before, /anthropic\/big → worker\*\* \(`worker-2`: Left side\): the only route there is/);
    const names = team.journal.of('agent-started').map(event => event.agent);
    assert.deepEqual(names.sort(), ['reviewer-1', 'worker-1', 'worker-2', 'worker-3'], 'they work under these names');
    assert.ok(!/Not Started/.test(logOf(team)));
    assert.equal(team.journal.of('roster-planned').length, 1);
  });

  it('says why whoever reviews or replaces begins with another model', async () => {
    const team = world(({ job }) => (job.agent === 'worker-3' ? gaveUp() : finished()), {
      settings: { limits: { ...DEFAULTS.limits, attempts: 0 } },
    });
    await team.run();
    const why = new Map(team.journal.of('agent-started').map(event => [event.agent, event.why]));
    assert.equal(why.get('reviewer-1'), 'another vendor’s than anthropic/big, which wrote it');
    const replaced = [...why].find(([agent]) => !['worker-1', 'worker-2', 'worker-3', 'reviewer-1'].includes(agent));
    assert.equal(replaced?.[1], 'another vendor’s than anthropic');
  });

  it('says how an escalation ended, by whom and with which files', async () => {
    const team = world(({ job, write }) => {
      if (job.task?.id !== 'right') return finished();
      if (job.kind !== 'escalation') return gaveUp('this.emit is not a function', 'blocked');
      write('right/view.js', 'mended');
      return finished('two functions instead of a class');
    });
    await team.run();
    const log = section(logOf(team), '### Escalation Log');
    assert.match(
      log,
      /escalation\*\* for `worker-3` in right \(blocked\): this\.emit.* → resolved \[[\d:]+\] by `orchestrator-1` \(orchestrator, `anthropic\/best`\): two functions instead of a class \(wrote `right\/view\.js`\)/,
    );
    const report = buildReport(team.journal.state);
    assert.deepEqual(report.supervision.at(-1)?.end?.files, ['right/view.js']);
    assert.match(
      renderReport(report),
      /completed by `orchestrator-1`, `anthropic\/best`: two functions.*wrote `right\/view\.js`/,
    );
  });

  it('says what a person answered who was asked at the end of the ladder, and that nobody went on', async () => {
    const team = world(({ job }) => (job.task?.id === 'right' ? gaveUp('no way', 'blocked') : finished()), {
      present: true,
    });
    const done = team.session.run();
    await team.clock.advance(60_000);
    const ask = [...team.journal.state.asks.values()].find(({ request }) => request.type === 'question-asked');
    assert.ok(ask, 'a person is asked');
    assert.match(section(logOf(team), '### Escalation Log'), /ask-user\*\* for `orchestrator-1` .*→ \*\*open\*\*/);
    team.session.answer(ask.ask, { text: 'Give up this task' }, 'user');
    await done;
    const log = section(logOf(team), '### Escalation Log');
    assert.match(log, /escalation\*\* for `worker-3`.*→ \*\*not resolved\*\*, failed \[[\d:]+\] by `orchestrator-1`/);
    assert.match(log, /ask-user\*\* .*→ user said \[[\d:]+\]: Give up this task → nobody went on/);
  });

  it('measures what ran side by side, and what that saved', async () => {
    const team = world(async ({ job, pass }) => {
      if (job.kind !== 'review') await pass(job.task?.id === 'first' ? 10_000 : 30_000);
      return finished();
    });
    await team.run();
    const { parallel } = buildReport(team.journal.state);
    assert.deepEqual(parallel, {
      groups: [{ tasks: ['left', 'right'], mostAtOnce: 2 }],
      mostAtOnce: 2,
      taskMs: 70_000,
      busyMs: 40_000,
      speedUp: 1.75,
    });
    assert.match(
      renderReport(buildReport(team.journal.state)),
      /at work for 1 min 10 s in 40 s, at most 2 at once: 1\.75 times as fast/,
    );
  });

  it('does not count the time in which nobody ran the session', async () => {
    const first = world(({ hang }) => hang());
    void first.session.run();
    await first.clock.advance(5000);
    const { events, blobs } = first.journal;
    const clock = first.clock;
    const earlier = { events: [...events], blobs, workspace: first.files };
    first.session.stop('the window closed');
    await clock.advance(3_600_000);
    const second = world(
      async ({ pass }) => {
        await pass(10_000);
        return finished();
      },
      { earlier, clock },
    );
    await second.run();
    const { busyMs } = buildReport(second.journal.state).parallel;
    assert.ok(busyMs < 60_000, `${busyMs} ms`);
  });
});
