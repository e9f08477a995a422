import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StationEvent } from '../../src/protocol/station.ts';
import { json, POOLS, quickScript, teamLab } from '../support/team-lab.ts';
import { until } from '../support/until.ts';

const PLAN = fileURLToPath(new URL('../../media/rehearsals/pipeline/multi-session-plan.md', import.meta.url));

describe('the standing team, from the terminal', function () {
  this.timeout(240_000);
  const lab = teamLab();
  const { start, orchestrate, eventsOf, untilEvent } = lab;

  it('goes through the plan as it is written: in order, sent back once by QA, approved by a person before the last', async () => {
    // In place, in a folder without git; on a branch, test/wire/pipeline.test.ts goes through it.
    const inPlace = (await readFile(PLAN, 'utf8')).replace('output: feature branch', 'output: server code');
    await writeFile(join(lab.path, 'plan.md'), inPlace);
    assert.match((await orchestrate('workflow', 'add', 'plan.md')).out, /^Done: q1, .*No standing team runs here/);
    const team = start('start', ...POOLS, '--rehearse', 'pipeline', '--until-done', '--json');
    const over = once(team, 'close');
    let answered: Awaited<ReturnType<typeof orchestrate>> | undefined;
    const outcomes: string[] = [];
    for await (const event of eventsOf(team)) {
      if (event.type === 'run-waits' && event.asks.length > 0) {
        assert.match(event.asks[0]?.what ?? '', /^May arch_prod begin with "Deploy to production if approved"\?$/);
        answered = await orchestrate('answer', 'allow');
      }
      if (event.type === 'run-ended') outcomes.push(event.outcome);
    }
    assert.deepEqual([await over, outcomes], [[0, null], ['completed']]);
    assert.equal(answered?.code, 0);

    const events = json((await orchestrate('logs', 'arch_qa', '--json')).out);
    const begun = events.filter(event => event.type === 'task-started').map(event => event.task as string);
    const done = events.filter(event => event.type === 'task-completed').map(event => event.task as string);
    const before = (first: string, then: string) =>
      assert.ok(
        events.findIndex(event => event.type === 'task-completed' && event.task === first) <
          events.findIndex(event => event.type === 'task-started' && event.task === then),
        `${first} is done before ${then} begins`,
      );
    for (const [first, then] of [
      ['codex2', 'comet'],
      ['codex', 'comet2'],
      ['codex', 'edu_dev'],
      ['codex2', 'edu_dev'],
      ['codex3', 'edu_dev'],
      ['comet', 'arch_qa'],
      ['comet2', 'arch_qa'],
      ['edu_dev', 'arch_qa'],
      ['comet2', 'codex-fix-1'],
      ['codex-fix-1', 'comet2-again-1'],
      ['comet2-again-1', 'arch_qa'],
      ['arch_qa', 'codex-fix-2'],
      ['codex-fix-2', 'arch_qa-again-1'],
      ['arch_qa-again-1', 'approve-arch_prod'],
      ['approve-arch_prod', 'arch_prod'],
    ] as const)
      before(first, then);
    assert.equal(begun.length, done.length);
    assert.equal(begun.length, 8 + 1 + 2 + 2, 'eight of the plan, an approval, two fixes and the look after each');
    assert.deepEqual(
      events.filter(event => event.type === 'verdict').map(({ task, approve }) => [task, approve]),
      [
        ['arch_qa', false],
        ['arch_qa-again-1', true],
      ],
    );
    assert.match(await readFile(join(lab.path, 'server/feature-x.js'), 'utf8'), /pages > 0/);
  });

  it('does not begin what goes to a branch where there is no git, and says what is missing', async () => {
    await writeFile(join(lab.path, 'quick.yaml'), quickScript(1));
    await orchestrate('queue', 'add', 'Build it', '--target', 'codex', '--deliver');
    const { out } = await orchestrate('start', ...POOLS, '--rehearse', 'quick.yaml', '--until-done');
    assert.match(out, /failed: .*is in no git repository, and delivery goes through one/);
  });

  it('takes the commands of the plan word for word, and works on what is most urgent first', async () => {
    await writeFile(join(lab.path, 'quick.yaml'), quickScript(1));
    const add = (...args: string[]) => orchestrate('assign', '--send', ...args);
    assert.match(
      (await add('Implement reading app progress tracking', '--target', 'codex', '--priority', '5')).out,
      /^Done: q1 for codex, priority 5/,
    );
    await add('Test reading app UI for Eden user - find all bugs', '--target', 'comet', '--priority', '8');
    await add('Review and deploy reading app fixes to production', '--target', 'arch_prod', '--priority', '10');
    const listed = json((await orchestrate('queue', 'list', '--json')).out);
    assert.deepEqual(listed.map(({ id, target, priority }) => [id, target, priority]).sort(), [
      ['q1', 'codex', 5],
      ['q2', 'comet', 8],
      ['q3', 'arch_prod', 10],
    ]);
    const team = start('start', ...POOLS, '--rehearse', 'quick.yaml', '--until-done', '--json');
    const begun: string[] = [];
    for await (const event of eventsOf(team)) if (event.type === 'run-started') begun.push(event.members.join());
    // The first begins before anybody can listen.
    assert.deepEqual(begun.slice(-2), ['comet', 'codex'], 'the one of priority 10 was first');
    const history = json((await orchestrate('queue', 'history', '--json')).out);
    assert.deepEqual(history.map(({ id, status }) => `${id} ${status}`).sort(), ['q1 done', 'q2 done', 'q3 done']);
  });

  it('mends a bug that somebody found beside it, by who is free and who found it, and says that it is closed', async () => {
    const bug = JSON.stringify({
      title: 'More than all of a book is read',
      severity: 'production',
      steps: ['Say that page 120 of 100 was read'],
      expected: '100',
      seen: '120',
      path: 'share.js',
    });
    await writeFile(join(lab.path, 'share.js'), 'export const share = page => page;\n');
    const script = `
name: bug
goal: none
lead: off
providers: { openai: { kind: openai } }
routes: { codex: [openai/gpt-6.1-sol], comet: [openai/gpt-6.1-sol] }
parts:
  - { role: comet, task: comet, turns: [{ tools: [{ file_bug: ${bug} }] }, { tools: [{ finish_task: { summary: One bug. } }] }] }
  - role: codex
    task: mend
    says: Say that page 120 of 100 was read
    turns:
      - tools: [{ read_file: { path: share.js } }]
      - tools: [{ write_file: { path: share.js, content: "export const share = page => Math.min(100, page);\\n" } }]
      - tools: [{ finish_task: { summary: Mended. } }]
  - { role: comet, task: try-again, turns: [{ tools: [{ file_bug: ${bug} }] }, { tools: [{ finish_task: { summary: Still there. } }] }] }
  - { role: codex, task: mend-fix-1, turns: [{ tools: [{ finish_task: { summary: It is mended by now. } }] }] }
  - { role: comet, task: try-again-again-1, turns: [{ tools: [{ finish_task: { summary: Not seen any more. } }] }] }
`;
    await writeFile(join(lab.path, 'bug.yaml'), script);
    await writeFile(join(lab.path, 'try.yaml'), 'workflow: [{ session: comet, task: Test the shares }]\n');
    await orchestrate('workflow', 'add', 'try.yaml');
    const out = await orchestrate('start', ...POOLS, '--rehearse', 'bug.yaml', '--until-done');
    assert.match(
      out.out,
      /The bug "More than all of a book is read" \(q2\) is closed: tried again, and not seen any more/,
    );
    assert.match(await readFile(join(lab.path, 'share.js'), 'utf8'), /Math\.min/);
    const history = json((await orchestrate('queue', 'history', '--json')).out);
    assert.deepEqual(history.map(({ id, status, priority }) => [id, status, priority]).sort(), [
      ['q1', 'failed', 5],
      ['q2', 'done', 8],
    ]);
    assert.match((await orchestrate('report', 'q2')).out, /More than all of a book is read.*resolved/s);
  });

  it('has low work make room for what is for now, a workflow too, and go on with the same session afterwards', async () => {
    const asking = quickScript(1).replace(
      '  - role: codex\n    turns:\n',
      '  - role: codex\n    turns:\n      - tools: [{ ask_user: { question: May I?, options: [Yes, No] } }]\n',
    );
    await writeFile(join(lab.path, 'asking.yaml'), asking);
    await writeFile(join(lab.path, 'mend.yaml'), 'workflow: [{ session: arch_prod, task: Mend the shop }]\n');
    await orchestrate('queue', 'add', 'Tidy up', '--target', 'codex', '--priority', 'low');
    const team = start('start', ...POOLS, '--rehearse', 'asking.yaml', '--until-done', '--json');
    const seen: string[] = [];
    /** How often the low work has begun and gone on, and at which of these times something was done about it. */
    let [turn, done] = [1, 0];
    for await (const event of eventsOf(team)) {
      if (event.type === 'run-resumed' && event.run === 'r1') turn++;
      if (event.type === 'run-waits' && event.asks.length > 0 && done < turn) {
        done = turn;
        if (turn === 1)
          assert.match(
            (await orchestrate('queue', 'add', 'The shop is down', '--target', 'comet', '--priority', '9')).out,
            /^Done: q2 for comet/,
          );
        else if (turn === 2)
          assert.match((await orchestrate('workflow', 'add', 'mend.yaml', '--priority', 'high')).out, /^Done: q3/);
        else await until(async () => (await orchestrate('answer', 'Yes')).code === 0);
      }
      if (event.type === 'run-yields') seen.push(`${event.run} yields to ${event.to}`);
      if (event.type === 'run-set-aside') seen.push(`${event.run} aside`);
      if (event.type === 'run-ended') seen.push(`${event.run} ${event.outcome}`);
    }
    assert.deepEqual(seen, [
      ...['r1 yields to q2', 'r1 aside', 'r2 completed'],
      ...['r1 yields to q3', 'r1 aside', 'r3 completed'],
      'r1 completed',
    ]);
    assert.equal(json((await orchestrate('list', '--json')).out).length, 3);
  });

  it('goes on after it was killed, with the same session; a second start follows it', async () => {
    await writeFile(join(lab.path, 'slow.yaml'), quickScript(60_000));
    await writeFile(join(lab.path, 'quick.yaml'), quickScript(1));
    const first = start('start', ...POOLS, '--rehearse', 'slow.yaml', '--json');
    await once(first.stderr as NodeJS.ReadableStream, 'data');
    const begins = untilEvent(first, event => event.type === 'run-started');
    assert.match((await orchestrate('queue', 'add', 'Take your time', '--target', 'codex')).out, /It begins now/);
    const { session } = (await begins) as Extract<StationEvent, { type: 'run-started' }>;
    const follower = start('start', '--pool', 'other=anna', '--json');
    const followed = once(follower.stderr as NodeJS.ReadableStream, 'data');
    assert.match(String(await followed), /runs in process \d+ .*follows it/);
    const refused = await orchestrate('queue', 'add', 'For nobody', '--target', 'codx');
    assert.deepEqual(
      [refused.code, /nobody in the team is "codx"; did you mean "codex"\?/.test(refused.out)],
      [1, true],
    );
    assert.match((await orchestrate('status')).out, /codex .*q1 .*Take your time/);
    first.kill('SIGKILL');
    await once(first, 'close');
    await orchestrate('queue', 'add', 'Meanwhile', '--target', 'comet');
    const second = start('start', ...POOLS, '--rehearse', 'quick.yaml', '--until-done', '--json');
    const ended: StationEvent[] = [];
    for await (const event of eventsOf(second)) if (event.type === 'run-ended') ended.push(event);
    const items = json((await orchestrate('queue', 'history', '--json')).out);
    assert.deepEqual(items.map(({ id, status }) => `${id} ${status}`).sort(), ['q1 done', 'q2 done']);
    assert.equal(ended.length, 2);
    const sessions = json((await orchestrate('list', '--json')).out);
    assert.ok(sessions.some(({ id, outcome }) => id === session && outcome === 'completed'));
    assert.equal(sessions.length, 2, 'nothing was begun twice');
  });

  it('lets no workflow that came with the folder begin by itself until the user agreed to exactly that one', async () => {
    await writeFile(join(lab.path, 'quick.yaml'), quickScript(1));
    const file = join(lab.path, '.orchestrate', 'workflows', 'nightly.yaml');
    const nightly = (cron: string) =>
      `name: nightly\ngoal: Tidy up\non: [{ schedule: { cron: "${cron}" } }]\ntasks:\n  - { id: tidy, title: Tidy, role: codex, instructions: Tidy up, writes: [out/**] }\n`;
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, nightly('0 3 * * *'));
    const begin = (...args: string[]) =>
      orchestrate('start', ...POOLS, '--rehearse', 'quick.yaml', '--until-done', ...args);
    const waits = /"nightly" would begin without anybody, and nobody has agreed/;
    assert.match((await begin()).err, waits);
    assert.doesNotMatch((await begin('--yes')).err, waits);
    assert.doesNotMatch((await begin()).err, waits);
    await writeFile(file, nightly('* * * * *'));
    assert.match((await begin()).err, waits);
  });

  it('says what cannot be: a fallback that nobody knows, a member twice, a pool without members', async () => {
    await mkdir(join(lab.path, 'home'), { recursive: true });
    const wrong = await orchestrate(
      'start',
      '--codex-pool',
      'a,b',
      '--pool',
      'more=b',
      '--pool',
      'none=',
      '--fallback',
      'olama',
    );
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /"b" is in the pool "codex" already/);
    assert.match(wrong.err, /the pool "none" has no members/);
    assert.match(wrong.err, /no provider "olama" to fall back on; did you mean "ollama"\?/);
    assert.match((await orchestrate('start')).err, /The team has no members\. Name some \(orchestrate start --pool/);
  });

  it('is steered and looked at by the names of its members', async () => {
    const asking = quickScript(1).replace(
      '  - role: codex\n    turns:\n',
      '  - role: codex\n    turns:\n      - tools: [{ ask_user: { question: May I?, options: [Yes, No] } }]\n',
    );
    await writeFile(join(lab.path, 'asking.yaml'), asking);
    for (const text of ['One', 'Two']) await orchestrate('queue', 'add', text, '--target', 'codex');
    const team = start('start', ...POOLS, '--rehearse', 'asking.yaml', '--until-done', '--json', '--no-http');
    const said: string[] = [];
    let waits = 0;
    let watched = '';
    let watching: Promise<unknown[]> | undefined;
    for await (const event of eventsOf(team)) {
      if (event.type === 'run-ended') said.push(event.outcome);
      if (event.type === 'member-paused') said.push(`${event.member} ${event.paused}`);
      if (event.type !== 'run-waits' || event.asks.length === 0) continue;
      waits++;
      if (waits === 2) {
        assert.match((await orchestrate('answer', 'codex', 'Yes')).out, /^Done/);
        continue;
      }
      const monitor = start('monitor', 'codex');
      watching = once(monitor, 'close');
      monitor.stdout?.setEncoding('utf8').on('data', text => {
        watched += text;
      });
      await until(() => /codex .*q1 [\s\S]*q1 started/.test(watched));
      assert.match((await orchestrate('status', 'codex')).out, /codex .*q1 [\s\S]*One[\s\S]*May I\?/);
      assert.match((await orchestrate('status', 'comet2')).out, /comet2 .*idle[\s\S]*has had no work yet/);
      assert.match((await orchestrate('logs')).out, /q2 added by user for codex[\s\S]*q1 begins with codex/);
      assert.match(
        (await orchestrate('report')).out,
        /# Standing team[\s\S]*\| codex \| codex \| at work \|[\s\S]*\| q2 \| waiting \|/,
      );
      assert.match((await orchestrate('logs', 'codex')).out, /q1 started/);
      assert.match((await orchestrate('pause', 'codex')).out, /^Done: codex takes nothing more/);
      assert.match((await orchestrate('abort', 'codex')).out, /^Done/);
      assert.match((await orchestrate('continue', 'codex')).out, /^Done: codex takes work again/);
    }
    assert.deepEqual(said, ['codex true', 'aborted', 'codex false', 'completed']);
    await watching;
    assert.match(
      watched,
      /q2 begins with codex [\s\S]*q2 started[\s\S]*The standing team has stopped\./,
      'one after the other',
    );
    assert.match((await orchestrate('report', 'codex')).out, /Two/);
    const wrong = await orchestrate('status', 'codx');
    assert.equal(wrong.code, 2);
  });
});
