import assert from 'node:assert/strict';
import { AgentHistories } from '../../../src/core/agent/histories.ts';
import type { RouteRequest } from '../../../src/core/routing/contract.ts';
import { AgentWorld, type WorldOptions } from '../../support/agent-world.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { MemoryWorkspace } from '../../support/memory-workspace.ts';
import { call, calls, type Reply, says, silence } from '../../support/scripted-router.ts';

const files = { 'src/a.ts': 'export const port = 4711;\n', 'src/b.ts': "import { port } from './a.ts';\n" };
const helperOf = (request: RouteRequest) => request.agent.startsWith('a1-helper');
const turnOf = (request: RouteRequest) => request.messages.filter(({ role }) => role === 'assistant').length;
const ask = (question: string, id = '') => call('look_into', { question }, id);

/** An agent that asks this in its first answer, and ends in its second; what its helper says in each of its turns. */
const asking =
  (questions: ReturnType<typeof ask>[], helper: (turn: number, request: RouteRequest) => Reply) =>
  (request: RouteRequest): Reply =>
    helperOf(request)
      ? helper(turnOf(request), request)
      : turnOf(request) === 0
        ? calls(...questions)
        : calls(call('finish_task', { summary: 'done' }, 'f'));

function worldOf(script: ReturnType<typeof asking>, options: WorldOptions = {}) {
  const world = new AgentWorld(script, { files, ...options });
  world.host.helping = {
    route: () => ['cheap/model'],
    async resumePoint(agent) {
      const histories = new AgentHistories();
      for (const event of world.journal.events) histories.apply(event);
      return histories.resumePoint(agent, world.journal);
    },
  };
  return world;
}

const looks = (turn: number): Reply =>
  turn === 0
    ? calls(call('search', { pattern: 'port' }, 's0'), call('read_file', { path: 'src/a.ts' }, 's1'))
    : says('It is 4711: src/a.ts, line 1.');

describe('look_into', () => {
  it('has a helper read with a model of its own, and gives back its answer and nothing of what it read', async () => {
    const world = worldOf(asking([ask('Which port?', 'q')], looks));
    assert.deepEqual(await world.run(), { outcome: 'finished', summary: 'done' });
    const [, first, second, last] = world.router.requests;
    assert.deepEqual(first?.route, ['cheap/model']);
    assert.equal(first?.task, 'build', 'it is booked to the task');
    assert.deepEqual(
      first?.tools.map(({ name }) => name),
      ['list_files', 'read_file', 'search', 'read_artifact'],
    );
    assert.ok((first?.system ?? '').length < 1500);
    assert.match(JSON.stringify(second?.messages), /export const port = 4711/);
    assert.match(world.told(3), /A helper has looked and says:\n<data .*>\nIt is 4711: src\/a\.ts, line 1\.\n/);
    assert.doesNotMatch(JSON.stringify(last?.messages), /export const port/);
    const started = world.journal.of('agent-started').at(-1);
    assert.deepEqual(
      { ...started, route: undefined },
      { ...started, route: undefined, agent: 'a1-helper-1', role: 'helper', parent: 'a1', call: 'q', task: 'build' },
    );
    const state = world.journal.state.agents.get('a1-helper-1');
    assert.equal(state?.status, 'completed');
    assert.equal(state?.parent, 'a1');
    assert.equal(state?.turns, 2);
  });

  it('answers several questions side by side, each by a helper of its own', async () => {
    const world = worldOf(
      asking([ask('One?'), ask('Two?')], (_, { messages }) => says(`To ${JSON.stringify(messages[0]?.parts)}`)),
    );
    await world.run();
    assert.deepEqual(
      world.journal.of('agent-started').map(({ agent }) => agent),
      ['a1', 'a1-helper-1', 'a1-helper-2'],
    );
    const told = JSON.stringify(world.router.requests.at(-1)?.messages.at(-1));
    assert.match(told, /One\?.*Two\?/);
  });

  it('gives back 1000 tokens at most', async () => {
    const world = worldOf(asking([ask('All?')], () => says('word '.repeat(9000), 'max-tokens')));
    await world.run();
    assert.ok(world.told(2).length < 3800, String(world.told(2).length));
    assert.match(world.told(2), /\[the rest is cut off\]/);
    assert.ok((world.journal.state.agents.get('a1-helper-1')?.summary?.length ?? 0) < 300);
  });

  it('says when a helper comes to no answer: it is silent, goes round in circles, or no model answers', async () => {
    const silent = worldOf(asking([ask('?')], () => silence));
    await silent.run();
    assert.match(silent.told(4), /came to no answer: 3 times in a row .* Look yourself/);
    const endless = worldOf(asking([ask('?')], turn => calls(call('list_files', {}, `l${turn}`))));
    await endless.run();
    assert.match(JSON.stringify(endless.router.requests.at(-2)?.messages), /Answer the question now/);
    assert.match(
      JSON.stringify(endless.router.requests.at(-1)?.messages),
      /came to no answer: It used all of its 12 turns/,
    );
    const nobody = worldOf(asking([ask('?')], () => ({ failure: { reason: 'no-model', message: 'None is there.' } })));
    await nobody.run();
    assert.deepEqual(nobody.outcomes(), ['look_into: no-answer', 'finish_task: ok']);
    assert.equal(nobody.journal.state.agents.get('a1-helper-1')?.status, 'failed');
  });

  it('is no way to ask without end, and a helper can write nothing and ask nobody', async () => {
    const world = worldOf(
      asking(
        Array.from({ length: 13 }, (_, at) => ask(`Question ${at}?`)),
        turn =>
          turn === 0
            ? calls(
                call('write_file', { path: 'src/a.ts', content: 'x' }),
                call('run_command', { command: 'rm -rf .' }),
                ask('And you?'),
              )
            : says('No.'),
      ),
    );
    await world.run();
    assert.equal(world.journal.of('agent-started').length, 1 + 12);
    assert.match(world.told(world.router.requests.length - 1), /You have asked helpers 12 times/);
    assert.deepEqual(world.files.writes, []);
    assert.deepEqual(world.commands, []);
    const kept = world.outcomes().filter(each => !/^(write_file: outside-claim|run_command: not-allowed)$/.test(each));
    assert.deepEqual(kept.sort(), [
      'finish_task: ok',
      ...Array(12).fill('look_into: not-allowed'),
      ...Array(12).fill('look_into: ok'),
      'look_into: too-many',
    ]);
  });

  it('is no tool where there is nobody to ask', async () => {
    const world = new AgentWorld([calls(call('finish_task', { summary: 'done' }))], { files });
    await world.run();
    assert.ok(!world.router.requests[0]?.tools.some(({ name }) => name === 'look_into'));
  });

  it('ends with the agent that asked, and waits while that is paused', async () => {
    const world = worldOf(asking([ask('?')], turn => (turn === 0 ? calls(call('list_files', {})) : 'hang')));
    const agent = world.start();
    const asked = (count: number) =>
      new Promise<void>(resolve => {
        const look = world.journal.subscribe(() => {
          if (world.router.requests.filter(helperOf).length < count) return;
          look.dispose();
          resolve();
        });
      });
    await asked(1);
    agent.pause();
    await new Promise(resolve => setImmediate(resolve));
    const whilePaused = world.router.requests.length;
    agent.unpause();
    if (world.router.requests.filter(helperOf).length < 2) await asked(2);
    assert.equal(whilePaused, 2);
    agent.abort('enough');
    assert.deepEqual(await agent.done, { outcome: 'aborted' });
    assert.equal(world.journal.state.agents.get('a1-helper-1')?.status, 'interrupted');
    world.journal.append({ type: 'agent-ended', agent: 'a1', outcome: 'aborted', summary: 'enough' });
    assert.equal(world.journal.state.agents.get('a1-helper-1')?.status, 'aborted');
  });

  it('killed at any event goes on under the same name, and nothing it was answered is asked again', async function () {
    this.timeout(20_000);
    const script = asking([ask('Which port?', 'q')], looks);
    const whole = worldOf(script);
    await whole.run();
    const events = whole.journal.events.length;
    for (let kill = 1; kill < events; kill++) {
      const journal = memoryJournal(() => 0, structuredClone(whole.journal.events.slice(0, kill)));
      for (const [hash, bytes] of whole.journal.blobs) journal.blobs.set(hash, bytes);
      const answered = journal.of('agent-message').filter(({ message }) => message?.role === 'assistant').length;
      const world = worldOf(script, { journal, workspace: new MemoryWorkspace(files) });
      const histories = new AgentHistories();
      for (const event of journal.events) histories.apply(event);
      const resumeFrom = await histories.resumePoint('a1', journal);
      const result = await world.run(resumeFrom && { resumeFrom });
      const at = `killed after event ${kill}, ${whole.journal.events[kill - 1]?.type}`;
      assert.deepEqual(result, { outcome: 'finished', summary: 'done' }, at);
      assert.equal(world.router.requests.length, 4 - answered, at);
      assert.deepEqual([...journal.state.agents.keys()], ['a1', 'a1-helper-1'], at);
      assert.equal(journal.state.agents.get('a1-helper-1')?.status, 'completed', at);
      assert.match(JSON.stringify(journal.of('tool-outcome')), /It is 4711/, at);
    }
  });
});
