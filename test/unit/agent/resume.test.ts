import assert from 'node:assert/strict';
import type { ResumePoint } from '../../../src/core/agent/contract.ts';
import { AgentHistories } from '../../../src/core/agent/histories.ts';
import { createChanges } from '../../../src/core/changes/changes.ts';
import type { RouteRequest } from '../../../src/core/routing/contract.ts';
import type { Journal } from '../../../src/core/session/contract.ts';
import type { Message } from '../../../src/protocol/message.ts';
import { AgentWorld } from '../../support/agent-world.ts';
import { type MemoryJournal, memoryJournal } from '../../support/memory-journal.ts';
import { MemoryWorkspace, sha256 } from '../../support/memory-workspace.ts';
import { pixel, pixelPng } from '../../support/pixel.ts';
import { call, calls, type Reply, says } from '../../support/scripted-router.ts';

const long = 'long line of text\n'.repeat(1500);

/** A model that looks only at what it is told: the same conversation gets the same answer, in any process. */
function answerTo(request: RouteRequest): Reply {
  const turn = request.messages.filter(message => message.role === 'assistant').length;
  const id = (n: number) => `t${turn}-${n}`;
  const script: Reply[] = [
    calls(
      call('list_files', {}, id(0)),
      call('read_file', { path: 'src/a.ts' }, id(1)),
      call('read_file', { path: 'src/logo.png' }, id(2)),
    ),
    calls(
      call('edit_file', { path: 'src/a.ts', edits: [{ old: 'one', new: 'two' }] }, id(0)),
      call('write_file', { path: 'src/long.txt', content: long }, id(1)),
      call('delete_file', { path: 'src/gone.ts' }, id(2)),
    ),
    says('Thinking.'),
    calls(call('read_file', { path: 'src/gone.ts' }, id(0)), call('no_such_tool', {}, id(1))),
    calls(call('delete_file', { path: 'src/gone.ts' }, id(0)), call('run_command', { command: 'npm test' }, id(1))),
    calls(
      call('publish_artifact', { name: 'api', content: '{}' }, id(0)),
      call('note_decision', { decision: 'JSON', rationale: 'Simple.' }, id(1)),
      call('edit_file', { path: 'src/a.ts', edits: [{ old: 'two', new: 'three' }] }, id(2)),
    ),
    calls(call('finish_task', { summary: 'Done.' }, id(0))),
  ];
  return script[turn] ?? says('Lost.');
}

const files = { 'src/a.ts': 'one\n', 'src/gone.ts': 'gone\n', 'src/logo.png': pixelPng };
const handedIn = { type: 'image' as const, mediaType: 'image/png', data: pixel };
const work = { prompt: `Build it. ${'Read carefully. '.repeat(1200)}`, images: [handedIn] };

class Killed extends Error {}

/** Lets so many events through and nothing after them, as a killed process would. */
const killedAfter =
  (events: number) =>
  (journal: Journal): Journal => {
    let left = events;
    const alive = () => {
      if (left-- <= 0) throw new Killed();
    };
    return {
      ...journal,
      state: journal.state,
      append(event) {
        alive();
        return journal.append(event);
      },
      async commit(event) {
        alive();
        return journal.commit(event);
      },
    };
  };

async function historyOf(journal: MemoryJournal): Promise<ResumePoint | undefined> {
  const histories = new AgentHistories();
  for (const event of journal.events) histories.apply(event);
  return histories.resumePoint('a1', journal);
}

const conversation = (messages: Message[]) =>
  messages.map(({ role, parts }) => ({
    role,
    // What is said of a write or command that was cut differs; that it was answered does not.
    parts: parts.map(part => (part.type === 'tool-result' ? { ...part, output: '', isError: false } : part)),
  }));

const changesOn = (workspace: MemoryWorkspace, journal: Journal) => {
  let ids = 0;
  const newId = (prefix: string) => `${prefix}-${journal.state.seq}-${++ids}`;
  return createChanges({ files: workspace, journal, hash: sha256, newId });
};

type MakeFiles = NonNullable<ConstructorParameters<typeof AgentWorld>[1]>['agentFiles'];
const kinds: Record<string, MakeFiles> = {
  'files in memory': undefined,
  'the real files': (workspace, journal) => changesOn(workspace, journal).agentFiles,
};

async function unbroken(agentFiles?: MakeFiles) {
  const world = new AgentWorld(answerTo, { files, ...(agentFiles && { agentFiles }) });
  await world.run(work);
  return world;
}

describe('an agent that was killed', () => {
  for (const [name, agentFiles] of Object.entries(kinds)) {
    it(`goes on after any event, with the same conversation and nothing done twice (${name})`, async function () {
      this.timeout(30_000);
      const whole = await unbroken(agentFiles);
      const events = whole.journal.events.length;
      assert.ok(events > 40);
      const told = conversation(whole.router.requests.at(-1)?.messages ?? []);
      const shown = told.flatMap(({ parts }) =>
        parts.flatMap(part => (part.type === 'tool-result' ? (part.images ?? []) : [])),
      );
      assert.deepEqual(
        shown.map(image => image.data),
        [pixel],
      );
      for (let kill = 1; kill < events; kill++) {
        const workspace = new MemoryWorkspace(files);
        // One event is the start of the agent, which does not pass through the wrapper.
        const through = killedAfter(kill - 1);
        const first = new AgentWorld(answerTo, { workspace, through, ...(agentFiles && { agentFiles }) });
        await first.run(work);
        assert.equal(first.journal.events.length, kill);

        const journal = memoryJournal(() => 0, structuredClone(first.journal.events));
        for (const [hash, bytes] of first.journal.blobs) journal.blobs.set(hash, bytes);
        if (agentFiles) await changesOn(workspace, journal).open();
        const second = new AgentWorld(answerTo, { workspace, journal, ...(agentFiles && { agentFiles }) });
        const resumeFrom = await historyOf(journal);
        const result = await second.run({ ...work, ...(resumeFrom && { resumeFrom }) });

        const at = `killed after event ${kill}, ${first.journal.events.at(-1)?.type}`;
        assert.deepEqual(result, { outcome: 'finished', summary: 'Done.' }, at);
        assert.deepEqual(workspace.snapshot(), whole.files.snapshot(), at);
        assert.deepEqual([...workspace.writes].sort(), [...whole.files.writes].sort(), at);
        const ran = [...first.commands, ...second.commands];
        assert.ok(ran.length <= 1, at);
        const known = journal.of('command-ended').map(event => event.ended);
        assert.deepEqual(known, ran.length && !known.includes('interrupted') ? ['exit'] : ['interrupted'], at);
        assert.equal(journal.of('artifact-published').length, 1, at);
        assert.equal(journal.of('decision-noted').length, 1, at);
        const last = second.router.requests.at(-1) ?? first.router.requests.at(-1);
        assert.deepEqual(conversation(last?.messages ?? []), told, at);
        assert.equal(journal.state.openTools.size, 0, at);
        if (agentFiles) assert.equal(journal.state.openWrites.size, 0, at);
      }
    });
  }

  it('asks for the turn it was in, and for nothing it has been answered', async () => {
    const whole = await unbroken();
    const point = await historyOf(whole.journal);
    assert.equal(point?.turn, 7);
    assert.deepEqual([...(point?.answer?.results.keys() ?? [])], ['t6-0']);
    const again = new AgentWorld(answerTo, { workspace: whole.files, journal: whole.journal });
    assert.deepEqual(await again.run({ ...work, ...(point && { resumeFrom: point }) }), {
      outcome: 'finished',
      summary: 'Done.',
    });
    assert.equal(again.router.requests.length, 0);
  });

  it('is told of a conflict when someone else wrote to a file whose write was cut', async () => {
    const journal = memoryJournal();
    const workspace = new MemoryWorkspace({ 'src/a.ts': 'one\n' });
    const script = (request: RouteRequest): Reply =>
      [
        calls(call('read_file', { path: 'src/a.ts' }, 'r')),
        calls(call('edit_file', { path: 'src/a.ts', edits: [{ old: 'one', new: 'two' }] }, 'w')),
        calls(call('finish_task', { summary: 'Done.' }, 'f')),
      ][request.messages.filter(message => message.role === 'assistant').length] ?? says('Lost.');
    const first = new AgentWorld(script, {
      journal,
      workspace,
      through: inner => ({
        ...inner,
        state: inner.state,
        append(event) {
          if (event.type === 'write-outcome') throw new Killed();
          return inner.append(event);
        },
      }),
    });
    await first.run();
    const cut = memoryJournal(
      () => 0,
      journal.events.slice(0, journal.events.findIndex(event => event.type === 'write-intent') + 1),
    );
    workspace.put('src/a.ts', 'someone else\n');
    const resumeFrom = await historyOf(cut);
    const second = new AgentWorld(script, { journal: cut, workspace });
    await second.run({ ...(resumeFrom && { resumeFrom }) });
    assert.deepEqual(second.outcomes(), ['read_file: ok', 'edit_file: stale-read', 'finish_task: ok']);
    assert.equal(workspace.text('src/a.ts'), 'someone else\n');
  });

  it('forgets agents that have ended, and keeps those that were interrupted', async () => {
    const { journal } = await unbroken();
    journal.append({ type: 'agent-ended', agent: 'a1', outcome: 'interrupted', summary: '' });
    assert.ok(await historyOf(journal));
    journal.append({ type: 'agent-ended', agent: 'a1', outcome: 'completed', summary: '' });
    assert.equal(await historyOf(journal), undefined);
  });

  it('keeps count of answers that moved nothing', async () => {
    const world = new AgentWorld(() => says('Soon.'), { through: killedAfter(10) });
    await world.run();
    const point = await historyOf(world.journal);
    const journal = memoryJournal(() => 0, structuredClone(world.journal.events));
    const again = new AgentWorld(() => says('Soon.'), { journal });
    const result = await again.run({ ...(point && { resumeFrom: point }) });
    assert.equal(result.outcome, 'gave-up');
    assert.equal(journal.of('agent-message').filter(event => event.message?.role === 'assistant').length, 3);
  });
});
