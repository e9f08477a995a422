import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StationEvent } from '../../src/protocol/station.ts';
import { quickScript, teamLab } from '../support/team-lab.ts';

describe('the money of a standing team, from the terminal', function () {
  this.timeout(120_000);
  const lab = teamLab();
  const { start, orchestrate, eventsOf } = lab;

  const given = async (script: string) => {
    await writeFile(join(lab.path, 'quick.yaml'), script);
    await mkdir(join(lab.path, 'home'), { recursive: true });
    await writeFile(join(lab.path, 'home', 'config.yaml'), 'budget: { sessionUsd: 0.0001 }\n');
    await orchestrate('queue', 'add', 'Something dear', '--target', 'codex');
  };
  const team = (...more: string[]) =>
    start('start', '--pool', 'codex=codex', '--rehearse', 'quick.yaml', '--json', '--no-http', ...more);

  it('that is spent is said with what to do, by the name of the member, and work goes on with more', async () => {
    await given(quickScript(1));
    const running = team();
    const over = once(running, 'close');
    const health: string[] = [];
    let ended: StationEvent | undefined;
    for await (const event of eventsOf(running)) {
      if (event.type === 'run-ended') {
        ended = event;
        running.kill('SIGINT');
      }
      if (event.type !== 'run-health') continue;
      health.push(event.state);
      if (event.state !== 'out-of-money') continue;
      const [, usd = '', session = ''] = /orchestrate (budget) USD (\S+)$/.exec(event.text) ?? [];
      assert.equal(usd, 'budget', event.text);
      const { out } = await orchestrate('status');
      assert.match(out, /✘ codex .*Something dear/);
      assert.match(out, /q1: its budget of \$\S+ is spent: orchestrate budget USD/);
      assert.equal((await orchestrate('budget', '5', session)).code, 0);
    }
    await over;
    assert.equal(health[0], 'out-of-money');
    assert.equal(ended?.type === 'run-ended' && ended.outcome, 'completed');
  });

  it('that is spent has work go on with the fallback, where there is one, which is said', async () => {
    const script = quickScript(1).replace(
      '{ openai: { kind: openai } }',
      '{ openai: { kind: openai }, ollama: { kind: ollama } }',
    );
    await given(script);
    const running = team('--fallback', 'ollama');
    const over = once(running, 'close');
    const said: string[] = [];
    for await (const event of eventsOf(running)) {
      if (event.type === 'run-health') said.push(event.text);
      if (event.type !== 'run-ended') continue;
      said.push(event.outcome);
      running.kill('SIGINT');
    }
    await over;
    assert.match(said.join('\n'), /of its budget is spent: it goes on with models that cost nothing/);
    assert.equal(said.at(-1), 'completed');
  });
});
