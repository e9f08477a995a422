import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StationEvent } from '../../src/protocol/station.ts';
import { teamRepository } from '../support/delivery/team-repository.ts';
import { json } from '../support/team-lab.ts';
import { until } from '../support/until.ts';

const SCRIPT = `
name: mending
goal: none
providers: { openai: { kind: openai } }
routes: { default: [openai/gpt-6.1-sol] }
parts:
  - role: codex
    turns:
      - tools: [{ read_file: { path: total.js } }]
      - tools: [{ write_file: { path: total.js, content: "module.exports = 12;\\n" } }]
      - tools: [{ finish_task: { summary: mended } }]
`;
const WORKFLOW = `
name: tests
goal: Run the tests
on: [{ commit: { branch: main } }]
tasks:
  - { kind: check, id: unit, title: Unit tests, checks: [{ run: node check.js }] }
`;

describe('a workflow that runs tests on every commit, from the terminal', function () {
  this.timeout(300_000);
  const { lab, git, write, commitFirst } = teamRepository();
  const { start, orchestrate, eventsOf } = lab;

  it('files what a commit broke with the commits between, has it mended by that very check, and says when it passes again', async () => {
    const commit = async (total: number, subject: string) => {
      await write('total.js', `module.exports = ${total};\n`);
      git('commit', '-q', '--allow-empty', '-am', subject);
      return git('rev-parse', 'HEAD').slice(0, 10);
    };
    await commitFirst({
      '.gitignore': 'home\n*.yaml\n',
      'check.js': "if (require('./total.js') !== 12) throw new Error('the total is wrong');\n",
      'total.js': 'module.exports = 12;\n',
    });
    await write('mending.yaml', SCRIPT);
    await write('.orchestrate/workflows/tests.yaml', WORKFLOW);

    const begin = () => {
      const events: StationEvent[] = [];
      const team = start(
        'start',
        '--codex-pool',
        'codex',
        '--rehearse',
        'mending.yaml',
        '--yes',
        '--json',
        '--no-http',
      );
      const read = async () => {
        for await (const event of eventsOf(team)) events.push(event);
      };
      return { team, events, over: Promise.all([once(team, 'close'), read()]) };
    };
    const seen = ({ events }: { events: StationEvent[] }) =>
      events.flatMap(event => (event.type === 'check-seen' ? [event] : []));
    const first = begin();
    await until(() => first.events.some(({ type }) => type === 'outside-seen'));
    const good = await commit(12, 'Still right');
    await until(() => seen(first).length === 1);
    first.team.kill('SIGKILL');
    await first.over;

    await commit(12, 'Nothing much');
    const bad = await commit(11, 'Leave one out');
    const second = begin();
    await until(() => seen(second).some(({ ok }) => !ok));
    await until(() =>
      second.events.some(event => event.type === 'notice' && /is closed: tried again/.test(event.text)),
    );
    const said = seen(second).find(({ ok }) => !ok);
    const filed = second.events.find(event => event.type === 'item-added' && event.bug?.regression !== undefined);
    assert.ok(filed?.type === 'item-added' && said);
    assert.equal(
      said.note,
      `tests: "node check.js" (unit) passed on ${good} and fails on ${bad}: ${filed.item} is to mend it`,
    );
    assert.deepEqual(filed.text.split('\n'), [
      'Mend: node check.js passed before and fails now (tests, unit)',
      '2 commits lie between, by Ada.',
    ]);
    assert.match(
      filed.bug?.bug.evidence ?? '',
      new RegExp(`newest first:\n  ${bad} Ada: Leave one out\n  \\w+ Ada: Nothing much$`),
    );
    assert.match(filed.bug?.bug.seen ?? '', /the total is wrong/);
    assert.equal(await readFile(join(lab.path, 'total.js'), 'utf8'), 'module.exports = 12;\n');

    const mended = await commit(12, 'Mended');
    await until(() => seen(second).some(({ ok, on }) => ok && on?.commit?.startsWith(mended)));
    assert.equal(
      seen(second).at(-1)?.note,
      `tests: "node check.js" (unit) passes again on ${mended}: the regression (${filed.item} (done)) is over`,
    );
    second.team.kill('SIGINT');
    await second.over;
    const items = json((await orchestrate('queue', 'history', '--json')).out);
    assert.equal(items.filter(({ text }) => text.startsWith('Mend')).length, 1);
  });
});
