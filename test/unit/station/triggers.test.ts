import assert from 'node:assert/strict';
import { standingWorkflows } from '../../../src/core/station/standing-workflows.ts';
import { withInputs } from '../../../src/core/station/workflow/inputs.ts';
import { AgentTask } from '../../../src/protocol/plan.ts';
import { Workflow } from '../../../src/protocol/workflow.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Disk } from '../../support/memory-store.ts';
import { standing } from '../../support/station-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const workflow = (name: string, on: object[], more: object = {}) =>
  Workflow.parse({
    name,
    goal: name,
    tasks: [AgentTask.parse({ id: 'a', title: 'a', role: 'implementer', instructions: 'a' })],
    on,
    ...more,
  });
const daily = workflow('daily', [{ schedule: { cron: '0 7 * * *', zone: 'Europe/Zurich' } }]);
const known = (...workflows: Workflow[]) => {
  const { standing: found, problems } = standingWorkflows(workflows);
  assert.deepEqual(problems, []);
  return found;
};
const times = (opened: { at: number }[]) => opened.map(({ at }) => new Date(at).toISOString());

describe('a workflow that begins by itself', () => {
  it('begins when its time comes, by the clocks of its zone, also on the day when they change', async () => {
    const clock = new FakeClock(Date.UTC(2026, 9, 23, 12));
    const { runs } = await standing(clock, () => ({ ms: MINUTE }), { workflows: known(daily) });
    await clock.advance(3 * DAY);
    assert.deepEqual(times(runs.opened), [
      '2026-10-24T05:00:00.000Z',
      '2026-10-25T06:00:00.000Z',
      '2026-10-26T06:00:00.000Z',
    ]);
  });

  it('says what was missed while nobody was there, and makes up for the last of it, once', async () => {
    const clock = new FakeClock(Date.UTC(2026, 10, 2, 12));
    const disk = new Disk();
    const workflows = known(daily);
    const first = await standing(clock, () => ({ ms: MINUTE }), { workflows, disk });
    await clock.until(first.station.stop('over'));
    await first.journal.flush();
    clock.jump(4 * DAY);
    for (let i = 0; i < 2; i++) {
      const { runs, events, station, journal } = await standing(clock, () => ({ ms: MINUTE }), { workflows, disk });
      await clock.advance(HOUR);
      assert.equal(runs.opened.length, i === 0 ? 1 : 0);
      assert.deepEqual(
        events.filter(event => event.type === 'schedule-missed').map(({ times: missed }) => missed),
        i === 0 ? [4] : [],
      );
      await clock.until(station.stop('over'));
      await journal.flush();
    }
  });

  it('does not begin again when the clock jumps back', async () => {
    const clock = new FakeClock(Date.UTC(2026, 10, 2, 5, 30));
    const { runs } = await standing(clock, () => ({ ms: MINUTE }), { workflows: known(daily) });
    await clock.advance(HOUR);
    clock.jump(-45 * MINUTE);
    await clock.advance(2 * HOUR);
    assert.equal(runs.opened.length, 1);
  });

  it('begins after another one has ended as it has to, once for each time', async () => {
    const clock = new FakeClock(Date.UTC(2026, 10, 2, 12));
    const after = workflow('after', [{ ended: { workflow: 'daily' } }]);
    const broken = workflow('broken', [{ ended: { workflow: 'daily', when: 'failed' } }]);
    const { runs } = await standing(clock, () => ({ ms: MINUTE }), { workflows: known(daily, after, broken) });
    await clock.advance(2 * DAY);
    assert.deepEqual(
      runs.opened.map(({ request }) => request.goal),
      ['daily', 'after', 'daily', 'after'],
    );
  });

  it('is left out while as many of its runs as may be are not over, and that is said', async () => {
    const clock = new FakeClock(Date.UTC(2026, 10, 2, 12));
    const hourly = workflow('hourly', [{ schedule: { cron: '0 * * * *' } }]);
    const { runs, events } = await standing(clock, () => ({ ms: 2.5 * HOUR }), { workflows: known(hourly) });
    await clock.advance(6 * HOUR + MINUTE);
    assert.equal(runs.opened.length, 2);
    const notes = events.flatMap(event => (event.type === 'cause-admitted' ? event.note : []));
    assert.equal(notes.length, 4);
    assert.equal(notes[0], 'left out, since 1 of its runs is not over');
  });

  it('is refused with a sentence where it would start itself, where its time or its cause cannot be, and where it asks', () => {
    const { problems, standing: found } = standingWorkflows([
      workflow('a', [{ ended: { workflow: 'b' } }]),
      workflow('b', [{ ended: { workflow: 'a' } }]),
      workflow('c', [{ schedule: { cron: '61 7 * * *' } }]),
      workflow('d', [{ ended: { workflow: 'dayly' } }]),
      workflow('e', [{ schedule: { cron: '0 7 * * *' } }], { inputs: { version: {} } }),
    ]);
    assert.deepEqual(found, []);
    assert.match(problems[0] ?? '', /"a" does not begin by itself: it would start itself again and again/);
    assert.match(problems[2] ?? '', /its schedule "61 7 \* \* \*" cannot be read/);
    assert.match(problems[3] ?? '', /there is no workflow "dayly" to end before it/);
    assert.match(problems[4] ?? '', /it asks for version, and nobody is asked/);
  });
});

describe('what a workflow is told', () => {
  const asks = Workflow.parse({
    goal: 'Release {{version}}',
    inputs: {
      version: {},
      times: { type: 'number', default: 2 },
      where: { choices: ['here', 'there'], default: 'here' },
    },
    tasks: [
      { kind: 'command', id: 'c', title: 'Run {{version}}', run: 'echo {{version}}' },
      { id: 'a', title: 'a', role: 'implementer', instructions: '{{version}} {{ times }} {{where}} {{other}}' },
    ],
  });

  it('stands in words for people and agents, and never in a command', () => {
    const filled = withInputs(asks, { version: '1; rm -rf /' });
    assert.ok(filled.ok);
    const [command, agent] = filled.workflow.tasks;
    assert.equal(command?.kind === 'command' && command.run, 'echo {{version}}');
    assert.equal(agent?.kind === 'agent' && agent.instructions, '1; rm -rf / 2 here {{other}}');
  });

  it('is asked for, and has to be of its kind', () => {
    const message = (given: Record<string, string>) => {
      const filled = withInputs(asks, given);
      return filled.ok ? undefined : filled.message;
    };
    assert.equal(message({}), 'it asks for version');
    assert.equal(message({ version: '1', times: 'two' }), 'times must be a number, not "two"');
    assert.equal(message({ version: '1', where: 'nowhere' }), 'where must be one of here, there, not "nowhere"');
    assert.equal(message({ vesion: '1' }), 'it has no input "vesion"; did you mean "version"?');
  });
});
