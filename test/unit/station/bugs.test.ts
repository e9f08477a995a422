import assert from 'node:assert/strict';
import type { FoundBug } from '../../../src/protocol/station.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { Disk } from '../../support/memory-store.ts';
import { type Act, member, standing } from '../../support/station-world.ts';

const MINUTE = 60_000;

const found = (title: string, severity: FoundBug['bug']['severity'] = 'production', writer?: string): FoundBug => ({
  bug: { title, severity, steps: ['Read to the end'], expected: '100', seen: `${title}: 120` },
  path: 'a.js',
  finder: 'comet',
  ...(writer !== undefined && { writer }),
});

/** What each session leaves, by its goal; those that are not named leave nothing. */
async function played(ends: Record<string, FoundBug[] | { failed: FoundBug[] }>, disk = new Disk()) {
  const clock = new FakeClock();
  const act = ({ goal }: { goal: string }): Act => {
    const end = ends[goal] ?? [];
    return Array.isArray(end) ? { ms: MINUTE, bugs: end } : { ms: MINUTE, outcome: 'failed', bugs: end.failed };
  };
  const members = [member('codex'), member('comet')];
  const world = await standing(clock, act, { members, disk });
  const over = async () => {
    for (let minutes = 0; minutes < 10; minutes++) await clock.advance(MINUTE);
  };
  const items = () => [...world.state.items.values()].sort((a, b) => a.addedAt - b.addedAt);
  const notices = () => world.state.notices.map(({ text }) => text);
  return { ...world, over, items, notices };
}

describe('a bug that a session of the team leaves open', () => {
  it('is work for who wrote it, tried again by who found it in the same session, and is closed', async () => {
    const { add, over, items, runs, notices } = await played({
      'Try the app': [found('Too much', 'security', 'codex')],
    });
    add('Try the app', { target: 'comet', deliver: true });
    await over();
    const [, mend] = items();
    assert.deepEqual([mend?.status, mend?.priority, mend?.deliver, mend?.by], ['done', 8, true, 'agent']);
    const tasks = runs.opened[1]?.request.plan.tasks ?? [];
    assert.deepEqual(
      tasks.map(task => [task.id, 'role' in task && task.role, task.needs]),
      [
        ['mend', 'codex', []],
        ['try-again', 'comet', ['mend']],
      ],
    );
    // What an agent says of it is content, and asks for nothing.
    for (const task of tasks)
      assert.match(
        'instructions' in task ? task.instructions : '',
        /\n\n<data (\w{10})>\n.*1\. Read to the end.*<\/data \1>$/s,
      );
    assert.deepEqual(notices(), ['The bug "Too much" (q2) is closed: tried again, and not seen any more']);
  });

  it('is for now where people would feel it, and for within a day elsewhere', async () => {
    const severities = ['production', 'security', 'performance', 'other'] as const;
    const titles = {
      production: 'It is down',
      security: 'Keys leak',
      performance: 'So slow',
      other: 'A typo somewhere',
    };
    const { add, over, items } = await played({ Try: severities.map(each => found(titles[each], each)) });
    add('Try');
    await over();
    assert.deepEqual(
      items()
        .slice(1)
        .map(({ priority }) => priority),
      [8, 8, 8, 5],
    );
  });

  it('is there once, whoever files it again in whatever words, and again when it comes back', async () => {
    const again = { ...found('Too much'), bug: { ...found('Too much').bug, title: 'too much!' } };
    const { add, over, items } = await played({ One: [found('Too much')], Two: [again], Three: [again] });
    add('One', { priority: 10 });
    add('Two', { priority: 10 });
    await over();
    assert.deepEqual(
      items().map(({ text }) => text),
      ['One', 'Two', 'Mend: Too much'],
    );
    add('Three');
    await over();
    const last = items().at(-1);
    assert.equal(last?.text, 'Mend: too much!');
    assert.match(JSON.stringify(last?.workflow?.plan), /It was mended before \(q3\), and is seen again/);
  });

  it('is left to a person where mending it did not help', async () => {
    const bug = found('Too much');
    const { add, over, items, notices } = await played({ Try: [bug], 'Mend: Too much': { failed: [bug] } });
    add('Try');
    await over();
    assert.deepEqual(
      items().map(({ status }) => status),
      ['done', 'failed'],
    );
    assert.deepEqual(notices(), ['The bug "Too much" (q2) is still seen after it was mended: look at it yourself']);
  });
});
