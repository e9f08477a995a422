import assert from 'node:assert/strict';
import { once } from 'node:events';
import { teamRepository } from '../../support/delivery/team-repository.ts';

const SCRIPT = `
name: both
goal: none
providers: { openai: { kind: openai } }
routes: { default: [openai/gpt-6.1-sol] }
parts:
  - role: codex
    says: does not fit main
    turns:
      - tools: [{ read_file: { path: a.txt } }]
      - tools: [{ write_file: { path: a.txt, content: "one, by the agent and by Ada\\ntwo\\n" } }]
      - tools: [{ finish_task: { summary: Both are in it } }]
  - role: codex
    turns:
      - tools: [{ ask_user: { question: Now?, options: ["yes"] } }]
      - tools: [{ read_file: { path: a.txt } }]
      - tools: [{ write_file: { path: a.txt, content: "one, by the agent\\ntwo\\n" } }]
      - tools: [{ finish_task: { summary: done } }]
`;

describe('Work on a branch that does not fit its target any more', function () {
  this.timeout(300_000);
  const { lab, git, write, commitFirst } = teamRepository();
  const { start, orchestrate, eventsOf } = lab;

  it('goes back to who wrote it with both sides, and lands when they are brought together', async () => {
    await write('home/config.yaml', 'delivery: { approval: none }\n');
    await write('both.yaml', SCRIPT);
    await commitFirst({ 'a.txt': 'one\ntwo\n' });
    const added = await orchestrate('queue', 'add', 'Say who wrote it', '--deliver', '--target', 'codex');
    assert.equal(added.code, 0, added.err);

    const team = start(
      'start',
      '--codex-pool',
      'codex',
      '--rehearse',
      'both.yaml',
      '--yes',
      '--json',
      '--no-http',
      '--until-done',
    );
    const over = once(team, 'close');
    const asked: string[] = [];
    let ended: { outcome: string; reason: string } | undefined;
    for await (const event of eventsOf(team)) {
      if (event.type === 'run-ended') ended = event;
      const ask = event.type === 'run-waits' ? event.asks[0]?.ask : undefined;
      if (ask === undefined || asked.includes(ask)) continue;
      asked.push(ask);
      // Its tree is made from what was there before.
      await write('a.txt', 'one, by Ada\ntwo\n');
      git('commit', '-qam', 'mine');
      const answered = await orchestrate('answer', 'codex', ask, 'yes');
      assert.equal(answered.code, 0, answered.err);
    }
    await over;
    assert.equal(asked.length, 1);
    assert.equal(ended?.outcome, 'completed', ended?.reason);
    assert.match(ended.reason, /landed on orchestrate\/main/);
    assert.equal(git('show', 'orchestrate/main:a.txt'), 'one, by the agent and by Ada\ntwo');
    const subjects = git('log', '--format=%s', 'orchestrate/main').split('\n');
    assert.ok(subjects.includes('mine'), `${subjects.join(', ')} hold the commit of the user`);
    assert.equal(git('status', '--porcelain', '--', 'a.txt'), '');
    assert.equal(
      git('show', 'main:a.txt'),
      'one, by Ada\ntwo',
      'the branch that is checked out is as its user left it',
    );
  });
});
