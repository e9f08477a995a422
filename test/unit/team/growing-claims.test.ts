import assert from 'node:assert/strict';
import { AgentHistories } from '../../../src/core/agent/histories.ts';
import type { RouteRequest } from '../../../src/core/routing/contract.ts';
import type { JournalEvent } from '../../../src/protocol/events.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { listTeam } from '../../support/list-team.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { MemoryWorkspace } from '../../support/memory-workspace.ts';
import { call, calls, type Reply } from '../../support/scripted-router.ts';

const work = (id: string, more: object) => ({
  id,
  title: `Part ${id}`,
  role: 'worker',
  instructions: 'Do it.',
  ...more,
});
const plan = (...tasks: object[]): Reply => calls(call('propose_plan', { goal: 'g', tasks }));
const write = (path: string, content = '{}\n') => call('write_file', { path, content });
const finish = calls(call('finish_task', { summary: 'Done.' }));

/** Who asks, and how often it has answered before. */
const sceneOf = (request: RouteRequest) => ({
  task: /Task (\S+):/.exec(JSON.stringify(request.messages[0]))?.[1],
  turn: request.messages.filter(message => message.role === 'assistant').length,
  told: JSON.stringify(request.messages.at(-1)),
  tools: request.tools.map(({ name }) => name),
});

function team(script: (scene: ReturnType<typeof sceneOf>) => Reply, files = {}, events: JournalEvent[] = []) {
  const clock = new FakeClock();
  const journal = memoryJournal(() => clock.now(), events);
  const histories = new AgentHistories();
  for (const event of journal.events) histories.apply(event);
  const workspace = new MemoryWorkspace(files);
  const made = listTeam({ clock, journal, histories, files: workspace }, request => script(sceneOf(request)));
  return { journal, workspace, run: () => clock.until(made.session.run()) };
}

const granted = (journal: ReturnType<typeof team>['journal']) =>
  journal.of('claim-granted').map(({ task, path }) => `${task} ${path}`);

describe('claims that a plan forgot', () => {
  it('a plan that forgot package.json ends completed: the write asks by itself', async () => {
    const { journal, workspace, run } = team(({ tools, turn }) =>
      tools.includes('propose_plan')
        ? plan(work('api', { writes: ['src/**'], checks: [{ exists: ['package.json', 'src/api.js'] }] }))
        : ([calls(write('src/api.js'), write('package.json'))][turn] ?? finish),
    );
    assert.equal((await run()).outcome, 'completed');
    assert.ok(workspace.text('package.json'));
    assert.deepEqual(granted(journal), ['api package.json']);
    assert.equal(journal.state.agents.size, 2, 'the planner and one agent');
  });

  it('can be asked for before a command needs them', async () => {
    const { journal, run } = team(({ tools, turn, told }) => {
      if (tools.includes('propose_plan')) return plan(work('api', { writes: ['src/**'] }));
      if (turn === 0)
        return calls(
          call('claim_files', { paths: ['package.json', './package-lock.json', 'lib/*', '../x', 'src/a.js'] }),
        );
      if (turn === 1) {
        assert.match(told, /You may write: package\.json, package-lock\.json, src\/a\.js\./);
        assert.match(told, /lib\/\*\\" is a pattern/);
        assert.match(told, /\.\.\/x\\" was refused/);
      }
      return finish;
    });
    assert.equal((await run()).outcome, 'completed');
    assert.deepEqual(granted(journal), ['api package.json', 'api package-lock.json']);
  });

  it('stay with the task that has them until it has ended, whoever asks', async () => {
    const { journal, run } = team(({ tools, task, turn, told }) => {
      if (tools.includes('propose_plan'))
        return plan(
          work('api', { writes: ['src/**'] }),
          work('page', { writes: ['web/**'], needs: ['api'] }),
          work('docs', { writes: ['Docs/**', 'README.md'], needs: ['page'] }),
        );
      if (task === 'api' && turn === 0)
        return calls(write('README.md'), write('docs/x.md'), write('web/a'), write('b'));
      if (task === 'api' && turn === 1) {
        assert.match(
          told,
          /README\.md\\" belongs to task docs \(Part docs\), which has yet to begin and claims README\.md/,
        );
        assert.match(told, /docs\/x\.md\\" belongs to task docs/, 'on some disks it is the same folder');
        assert.match(told, /web\/a\\" belongs to task page/);
        assert.match(told, /Created b,/);
      }
      // What a finished task had is free again.
      if (task === 'page' && turn === 0) return calls(call('read_file', { path: 'b' }));
      if (task === 'page' && turn === 1) return calls(write('b', 'mine\n'));
      return finish;
    });
    assert.equal((await run()).outcome, 'completed');
    assert.deepEqual(granted(journal), ['api b', 'page b']);
  });

  it('are not given to two who work side by side', async () => {
    const said: string[] = [];
    const { journal, run } = team(({ tools, task, turn, told }) => {
      if (tools.includes('propose_plan')) return plan(work('a', { writes: ['a/**'] }), work('b', { writes: ['b/**'] }));
      if (turn === 0) return calls(write('package.json', `by ${task}\n`));
      if (turn === 1) said.push(told);
      return finish;
    });
    await run();
    assert.equal(granted(journal).length, 1);
    assert.equal(said.filter(told => told.includes('belongs to task')).length, 1);
  });

  it('are an end somewhere: a task is given twenty files and no more', async () => {
    const { journal, run } = team(({ tools, turn }) => {
      if (tools.includes('propose_plan')) return plan(work('a', { writes: ['a/**'] }));
      return turn === 0 ? calls(...Array.from({ length: 25 }, (_, n) => write(`f${n}`))) : finish;
    });
    await run();
    assert.equal(granted(journal).length, 20);
    assert.match(journal.of('permission-denied')[0]?.advice ?? '', /was given 20 files beyond its plan already/);
  });

  it('are no way to files of git, of Orchestrate or with secrets, nor for who may write nothing', async () => {
    const { journal, run } = team(({ tools, task, turn }) => {
      if (tools.includes('propose_plan')) return plan(work('a', { writes: ['a/**'] }), work('looks', {}));
      if (turn > 0) return finish;
      if (task === 'a')
        return calls(
          write('.git/config'),
          write('.orchestrate/x'),
          write('.env'),
          call('claim_files', { paths: ['.git/config'] }),
        );
      assert.ok(!tools.includes('claim_files'));
      return calls(write('x'), call('claim_files', { paths: ['x'] }));
    });
    await run();
    assert.deepEqual(granted(journal), []);
  });

  it('whose orchestrator does it itself after the plan gave the task no file at all', async () => {
    const { journal, workspace, run } = team(({ tools, turn }) => {
      if (tools.includes('propose_plan')) return plan(work('a', { checks: [{ exists: ['a.txt'] }] }));
      if (!tools.includes('revise_plan')) return calls(call('report_blocker', { text: 'I may not write.' }));
      return turn === 0 ? calls(write('a.txt', 'a\n')) : finish;
    });
    assert.equal((await run()).outcome, 'completed');
    assert.equal(workspace.text('a.txt'), 'a\n');
    assert.deepEqual(granted(journal), ['a a.txt']);
  });
});
