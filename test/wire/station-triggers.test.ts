import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StationEvent } from '../../src/protocol/station.ts';
import { gitSync } from '../support/delivery/sample-repository.ts';
import { json, POOLS, quickScript, teamLab } from '../support/team-lab.ts';
import { until } from '../support/until.ts';

const workflow = (name: string, on: string) =>
  `name: ${name}\ngoal: ${name}\non: [${on}]\ntasks:\n  - { id: look, title: Look, role: comet, instructions: Look, writes: [out/**] }\n`;

describe('workflows that begin by files and commits, from the terminal', function () {
  this.timeout(120_000);
  const lab = teamLab();
  const { start, orchestrate, eventsOf } = lab;

  it('begin once for each time, also for what came while the team was killed, which is said', async () => {
    const write = async (path: string, text: string) => {
      await mkdir(join(lab.path, path, '..'), { recursive: true });
      await writeFile(join(lab.path, path), text);
    };
    const git = (...args: string[]) => gitSync(lab.path, lab.path, args);
    await write('.gitconfig', '[user]\n\tname = Ada\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n');
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '-m', 'first');
    await write('src/a.ts', 'one');
    await write('quick.yaml', quickScript(1));
    await write('.orchestrate/workflows/checks.yaml', workflow('checks', '{ changed: { files: ["src/**"] } }'));
    await write('.orchestrate/workflows/release.yaml', workflow('release', '{ commit: { branch: main } }'));
    await write('.orchestrate/workflows/loop.yaml', workflow('loop', '{ changed: { files: ["**"] } }'));

    const begin = () => {
      const team = start('start', ...POOLS, '--rehearse', 'quick.yaml', '--yes', '--json', '--no-http');
      const heard = { events: [] as StationEvent[], said: '' };
      const read = async () => {
        for await (const event of eventsOf(team)) heard.events.push(event);
      };
      team.stderr?.setEncoding('utf8').on('data', text => {
        heard.said += text;
      });
      return { team, heard, over: Promise.all([once(team, 'close'), read()]) };
    };
    const count = ({ events }: { events: StationEvent[] }, type: StationEvent['type']) =>
      events.filter(event => event.type === type).length;
    const first = begin();
    await until(() => count(first.heard, 'outside-seen') === 2);
    assert.match(
      first.heard.said,
      /The workflow "loop" does not begin by itself: it would start itself again and again: "look" of "loop" writes out/,
    );
    await write('src/a.ts', 'two');
    git('commit', '-q', '--allow-empty', '-m', 'second');
    await until(() => count(first.heard, 'run-ended') === 2);
    first.team.kill('SIGKILL');
    await first.over;
    await write('src/b.ts', 'new');
    git('commit', '-q', '--allow-empty', '-m', 'third');
    git('commit', '-q', '--allow-empty', '-m', 'fourth');

    const second = begin();
    // What had ended when the team was killed may be told once more.
    await until(() =>
      ['r3', 'r4'].every(run => second.heard.events.some(e => e.type === 'run-ended' && e.run === run)),
    );
    second.team.kill('SIGINT');
    await second.over;
    const notes = second.heard.events.flatMap(event => (event.type === 'notice' ? [event.text] : []));
    const missed = notes.filter(text => text.includes('while nobody was there')).sort();
    assert.deepEqual(missed, [
      'checks: files that it waits for (src/**) changed while nobody was there; it begins once for all of that',
      'release: 2 commits came to main while nobody was there; it begins once for all of that',
    ]);
    const items = json((await orchestrate('queue', 'history', '--json')).out);
    assert.deepEqual(items.map(({ text, status }) => `${text} ${status}`).sort(), [
      'checks done',
      'checks done',
      'release done',
      'release done',
    ]);
  });
});
