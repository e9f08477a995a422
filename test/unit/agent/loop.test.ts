import assert from 'node:assert/strict';
import type { Message } from '../../../src/protocol/message.ts';
import { AgentWorld } from '../../support/agent-world.ts';
import { settle } from '../../support/fake-clock.ts';
import { call, calls, says, silence } from '../../support/scripted-router.ts';

const finish = calls(call('finish_task', { summary: 'Done.' }));

describe('an agent at work', () => {
  it('reads, writes, runs and finishes, with an intent before each effect and an outcome after it', async () => {
    const world = new AgentWorld(
      [
        calls(call('read_file', { path: 'src/a.ts' })),
        calls(call('edit_file', { path: 'src/a.ts', edits: [{ old: 'one', new: 'two' }] })),
        calls(call('run_command', { command: 'npm test' })),
        finish,
      ],
      { files: { 'src/a.ts': 'one\n' }, processes: () => ({ output: '3 passing\n' }) },
    );
    assert.deepEqual(await world.run(), { outcome: 'finished', summary: 'Done.' });
    assert.equal(world.files.text('src/a.ts'), 'two\n');
    const kinds = world.journal.events.map(event => event.type).filter(type => /^(tool|write|command)-/.test(type));
    assert.deepEqual(kinds, [
      'tool-intent',
      'tool-outcome',
      'tool-intent',
      'write-intent',
      'write-outcome',
      'tool-outcome',
      'tool-intent',
      'command-ended',
      'tool-outcome',
      'tool-intent',
      'tool-outcome',
    ]);
    assert.match(world.told(3), /Exit code 0/);
    assert.match(world.told(3), /3 passing/);
  });

  it('sends each request with the one before as its beginning', async () => {
    const world = new AgentWorld([
      calls(call('list_files')),
      says('Thinking aloud.'),
      calls(call('write_file', { path: 'src/a.ts', content: 'a' }), call('read_file', { path: 'src/a.ts' })),
      silence,
      finish,
    ]);
    await world.run();
    const { requests } = world.router;
    assert.equal(requests.length, 5);
    for (const [index, request] of requests.entries()) {
      const before = requests[index - 1];
      if (!before) continue;
      assert.equal(request.system, before.system);
      assert.deepEqual(request.tools, before.tools);
      assert.deepEqual(request.messages.slice(0, before.messages.length), before.messages);
      assert.ok(request.messages.length > before.messages.length);
    }
  });

  it('runs reads side by side and effects in order', async () => {
    const world = new AgentWorld(
      [
        calls(
          call('read_file', { path: 'src/a.ts' }),
          call('read_file', { path: 'src/b.ts' }),
          call('write_file', { path: 'src/c.ts', content: 'c' }),
          call('read_file', { path: 'src/c.ts' }),
        ),
        finish,
      ],
      { files: { 'src/a.ts': 'a', 'src/b.ts': 'b' } },
    );
    let reading = 0;
    let most = 0;
    const { agentFiles } = world.host;
    const read = agentFiles.read.bind(agentFiles);
    agentFiles.read = async (path, signal) => {
      most = Math.max(most, ++reading);
      await settle();
      reading--;
      return read(path, signal);
    };
    await world.run();
    assert.equal(most, 2);
    assert.deepEqual(world.outcomes().slice(0, 4), [
      'read_file: ok',
      'read_file: ok',
      'write_file: ok',
      'read_file: ok',
    ]);
    const results = world.router.requests[1]?.messages.at(-1);
    assert.ok(results?.role === 'tool');
    assert.match(results.parts[3]?.output ?? '', /\n1\tc\n/);
  });

  it('says a nudge before the next turn and asks the new route after a reassignment', async () => {
    const world = new AgentWorld((_, earlier) => {
      if (earlier === 0) {
        handle.nudge('Think of the tests.');
        handle.reassign(['two/model']);
        return calls(call('list_files'));
      }
      return finish;
    });
    const handle = world.start();
    await handle.done;
    assert.equal(world.told(1), 'Think of the tests.');
    assert.deepEqual(
      world.router.requests.map(request => request.route),
      [['one/model'], ['two/model']],
    );
  });

  it('starts nothing more while paused, and goes on afterwards', async () => {
    const world = new AgentWorld((_, earlier) => {
      if (earlier > 0) return finish;
      handle.pause();
      return calls(call('write_file', { path: 'src/a.ts', content: 'a' }));
    });
    const handle = world.start();
    await settle();
    assert.equal(world.router.requests.length, 1);
    assert.deepEqual(world.files.writes, []);
    handle.unpause();
    assert.equal((await handle.done).outcome, 'finished');
    assert.deepEqual(world.files.writes, ['src/a.ts']);
  });

  it('ends at once when aborted, in a model call, in a command, in a pause', async () => {
    const hanging = new AgentWorld(() => 'hang');
    const inCall = hanging.start();
    await settle();
    inCall.abort('enough');
    assert.deepEqual(await inCall.done, { outcome: 'aborted' });

    const world = new AgentWorld([calls(call('run_command', { command: 'sleep' })), finish]);
    world.host.processes.run = (_, signal) =>
      new Promise(resolve => {
        const outcome = { ended: 'aborted', output: 'half', omitted: 0, ms: 5 } as const;
        signal.addEventListener('abort', () => resolve(outcome), { once: true });
      });
    const inCommand = world.start();
    await settle();
    inCommand.abort('enough');
    assert.deepEqual(await inCommand.done, { outcome: 'aborted' });
    assert.deepEqual(world.outcomes(), ['run_command: aborted']);
    assert.equal(world.journal.of('command-ended')[0]?.ended, 'aborted');

    const paused = new AgentWorld([finish]);
    const inPause = paused.start();
    inPause.pause();
    await settle();
    inPause.abort('enough');
    assert.deepEqual(await inPause.done, { outcome: 'aborted' });
    assert.equal(paused.router.requests.length, 0);
  });

  it('passes the route’s failure on with its reason', async () => {
    const last = { class: 'quota', message: 'no credit', model: 'one/model' } as const;
    const world = new AgentWorld([{ failure: { reason: 'exhausted', last, retryAt: 7 } }]);
    const result = await world.run();
    assert.ok(result.outcome === 'failed');
    assert.equal(result.reason, 'exhausted');
    assert.equal(result.retryAt, 7);
    const spent = new AgentWorld([{ failure: { reason: 'budget', scope: 'session', message: 'spent' } }]);
    assert.deepEqual(await spent.run(), { outcome: 'failed', reason: 'budget', message: 'spent' });
  });

  it('fails with a reason, not with a throw, when something of ours breaks', async () => {
    const world = new AgentWorld(() => {
      throw new Error('a bug');
    });
    assert.deepEqual(await world.run(), { outcome: 'failed', reason: 'internal', message: 'a bug' });
  });

  it('outlives a tool that throws and a listener that throws', async () => {
    const world = new AgentWorld([calls(call('list_files')), finish]);
    world.files.list = async () => {
      throw new Error('disk on fire');
    };
    world.host.stream = () => {
      throw new Error('broken view');
    };
    assert.equal((await world.run()).outcome, 'finished');
    assert.deepEqual(world.outcomes(), ['list_files: failed', 'finish_task: ok']);
    assert.match(world.told(1), /disk on fire/);
  });

  it('lets text, attempts and command output flow to the listener and keeps them out of the journal', async () => {
    const world = new AgentWorld([
      { parts: [{ type: 'text', text: 'On it.' }, call('run_command', { command: 'ls' })], stop: 'tool-calls' },
      finish,
    ]);
    await world.run();
    const kinds = new Set(world.streamed.map(event => event.type));
    assert.deepEqual([...kinds].sort(), ['attempt', 'text', 'tool-output']);
  });

  it('warns shortly before the turns are used up, and then gives up', async () => {
    const world = new AgentWorld((_, earlier) => calls(call('read_file', { path: `src/${earlier}.ts` })));
    const result = await world.run({ limits: { maxTurns: 6 } });
    assert.ok(result.outcome === 'gave-up');
    assert.equal(result.reason, 'max-turns');
    assert.equal(world.router.requests.length, 6);
    assert.match(world.told(3), /3 turns are left/);
  });

  it('gives calls with taken ids new ones, and drops native blocks that name the old', async () => {
    const native = { provenance: { provider: 'one', kind: 'k', model: 'm', account: 'a' }, blocks: ['x'] };
    const world = new AgentWorld([
      { parts: [call('list_files', {}, 'c1')], native },
      { parts: [call('list_files', {}, 'c1'), call('list_files', {}, 'not fit!')], native },
      finish,
    ]);
    await world.run();
    const answers = (world.router.requests[2]?.messages ?? []).filter(
      (message: Message) => message.role === 'assistant',
    );
    assert.deepEqual(answers[0]?.native, native);
    assert.equal(answers[1]?.native, undefined);
    const ids = answers.flatMap(answer => answer.parts.flatMap(part => (part.type === 'tool-call' ? [part.id] : [])));
    assert.equal(new Set(ids).size, 3);
    assert.ok(ids.every(id => /^[A-Za-z0-9_-]{1,64}$/.test(id)));
  });

  it('calls the pulse while an answer streams, about once a second', async () => {
    const world = new AgentWorld([finish]);
    world.router.complete = async function* () {
      for (let step = 0; step < 30; step++) {
        yield { type: 'text', text: 'x' };
        await world.clock.advance(100);
      }
      yield { type: 'failed', failure: { reason: 'no-model', message: 'gone' } };
    };
    let pulses = 0;
    await world.run({ pulse: () => pulses++ });
    assert.equal(pulses, 3);
  });
});
