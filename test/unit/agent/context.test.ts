import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AgentHistories } from '../../../src/core/agent/histories.ts';
import type { RouteRequest } from '../../../src/core/routing/contract.ts';
import { AgentWorld } from '../../support/agent-world.ts';
import { call, calls, type Reply, says, silence } from '../../support/scripted-router.ts';

const finish = calls(call('finish_task', { summary: 'Done.' }));
const files = { 'src/a.ts': 'one\n', 'src/b.ts': 'two\n' };
const overflow: Reply = { failure: { reason: 'context-overflow', message: 'too long' } };

const looks: Extract<Reply, { parts: unknown }> = {
  parts: [call('read_file', { path: 'src/a.ts' })],
  stop: 'tool-calls',
};

const textOf = (request: RouteRequest | undefined) => JSON.stringify(request?.messages);
const isSummary = (request: RouteRequest) => textOf(request).includes('replaced by your summary');

const anyCall = fc.oneof(
  fc.constantFrom('src/a.ts', 'src/b.ts', '../x', 'none').map(path => call('read_file', { path })),
  fc
    .tuple(fc.constantFrom('src/a.ts', 'src/new.ts', 'lib/c.ts'), fc.string({ maxLength: 40 }))
    .map(([path, content]) => call('write_file', { path, content })),
  fc
    .record({ old: fc.constantFrom('one', 'two', ''), new: fc.string({ maxLength: 9 }) })
    .map(edit => call('edit_file', { path: 'src/a.ts', edits: [edit] })),
  fc.constant(call('run_command', { command: 'make' })),
  fc.tuple(fc.string({ maxLength: 12 }), fc.json()).map(([name, args]) => call(name, args)),
);
const anyReply: fc.Arbitrary<Reply> = fc.oneof(
  { weight: 6, arbitrary: fc.array(anyCall, { minLength: 1, maxLength: 4 }).map(parts => calls(...parts)) },
  { weight: 1, arbitrary: fc.string().map(text => says(text)) },
  { weight: 1, arbitrary: fc.constantFrom(silence, says('half', 'max-tokens'), says('wait', 'pause')) },
);

describe('what a model is told', () => {
  it('only ever grows at its end, whatever the model answers and whoever speaks in between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyReply, { maxLength: 12 }),
        fc.array(fc.nat({ max: 12 })),
        async (replies, nudged) => {
          const world = new AgentWorld(
            (_, earlier) => {
              if (nudged.includes(earlier)) handle.nudge(`nudge ${earlier}`);
              return replies[earlier] ?? finish;
            },
            { files },
          );
          const handle = world.start({ limits: { maxTurns: 15 } });
          await handle.done;
          const { requests } = world.router;
          for (const [index, request] of requests.slice(1).entries()) {
            const before = requests[index] as RouteRequest;
            assert.deepEqual(request.messages.slice(0, before.messages.length), before.messages);
            assert.equal(request.system, before.system);
            assert.deepEqual(request.tools, before.tools);
          }
          const opened = world.journal.of('tool-intent').length;
          assert.equal(world.journal.of('tool-outcome').length, opened);
          assert.equal(world.journal.state.openTools.size, 0);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('has a result for each call, in the order of the calls', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyReply, { maxLength: 8 }), async replies => {
        const world = new AgentWorld((_, earlier) => replies[earlier] ?? finish, { files });
        await world.run();
        const messages = world.router.requests.at(-1)?.messages ?? [];
        for (const [index, message] of messages.entries()) {
          if (message.role !== 'assistant') continue;
          const ids = message.parts.flatMap(part => (part.type === 'tool-call' ? [part.id] : []));
          const next = messages[index + 1];
          if (ids.length === 0 || !next) continue;
          assert.ok(next.role === 'tool');
          assert.deepEqual(
            next.parts.map(part => part.id),
            ids,
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is replaced by the model’s own summary when the window fills up, with the prefix that is cached', async () => {
    const summary = 'Done: read a.ts. Left: finish. Nothing else is known of it.';
    const world = new AgentWorld(
      request => {
        if (isSummary(request)) return says(summary);
        if (textOf(request).includes(summary)) return finish;
        const usage = { input: 100 + request.messages.length * 100, output: 10 };
        return { parts: [call('read_file', { path: 'src/a.ts' })], stop: 'tool-calls', usage };
      },
      { files, contextTokens: 1000 },
    );
    assert.equal((await world.run()).outcome, 'finished');
    const { requests } = world.router;
    const at = requests.findIndex(isSummary);
    const [before, asked, after] = [requests[at - 1], requests[at], requests[at + 1]];
    assert.ok(before && asked && after);
    assert.deepEqual(asked.messages.slice(0, before.messages.length), before.messages);
    assert.deepEqual(asked.tools, before.tools);
    assert.equal(asked.toolChoice, before.toolChoice);
    assert.equal(asked.effort, before.effort);
    assert.match(textOf(after) ?? '', /Build it\.[\s\S]*Done: read a\.ts/);
    // What it was last told stays as it was.
    assert.deepEqual(after.messages.slice(1), asked.messages.slice(-3, -1));
    const [compacted] = world.journal.of('agent-compacted');
    assert.equal(compacted?.segment, 1);
    assert.equal(compacted?.tail, 2);
    assert.equal(world.journal.state.agents.get('a1')?.segment, 1);
  });

  it('is kept below the length from which each request costs more', async () => {
    const usage = { input: 5000, output: 10 };
    const world = new AgentWorld((_, earlier) => (earlier < 9 ? { ...looks, usage } : finish), {
      files,
      contextTokens: 1_000_000,
    });
    world.router.cheapTokens = () => 5000;
    assert.equal((await world.run()).outcome, 'finished');
    assert.ok(world.journal.of('agent-compacted').length > 0);
    const roomy = new AgentWorld((_, earlier) => (earlier < 9 ? { ...looks, usage } : finish), {
      files,
      contextTokens: 1_000_000,
    });
    assert.equal((await roomy.run()).outcome, 'finished');
    assert.equal(roomy.journal.of('agent-compacted').length, 0);
  });

  it('loses old results first and is summarised only then; either way a resumed agent knows what was left', async () => {
    const long = (name: string) => `${name}\n${'x'.repeat(60)}\n`.repeat(90);
    const many = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`src/${at}.ts`, long(`file ${at}`)]));
    let turns = 0;
    const world = new AgentWorld(
      request => {
        if (isSummary(request)) return says('Done: read files, one after the other. Left: all the rest of the work.');
        if (turns++ === 40) return { failure: { reason: 'budget', scope: 'session', message: 'spent' } };
        const thoughts = { type: 'text' as const, text: 'I look at it once more. '.repeat(60) };
        const parts = [thoughts, call('read_file', { path: `src/${turns % 8}.ts` })];
        return { parts, stop: 'tool-calls', usage: {} };
      },
      { files: many, contextTokens: 16_000 },
    );
    await world.run({ limits: { maxTurns: 60 } });
    const { journal, router } = world;
    const kinds = journal.events.map(event => event.type).filter(type => /agent-(trimmed|compacted)/.test(type));
    assert.equal(kinds[0], 'agent-trimmed');
    assert.ok(kinds.includes('agent-compacted'));
    const last = router.requests.at(-1);
    // What the model was told last, and has not answered, is whole.
    assert.match(textOf(last)?.slice(-3000) ?? '', /file \d/);
    assert.ok(router.requests.some(request => /Left out to make room/.test(textOf(request) ?? '')));
    const histories = new AgentHistories();
    for (const event of journal.events) histories.apply(event);
    const point = await histories.resumePoint('a1', journal);
    // What came of the last answer stands beside it, to be dealt with to its end.
    assert.deepEqual(point?.messages, last?.messages.slice(0, -1));
    assert.equal(point?.answer?.results.size, 1);
  });

  it('is replaced by its last turns when it no longer fits and no model can summarise it', async () => {
    let overflowed = false;
    const world = new AgentWorld(
      (request, earlier) => {
        if (isSummary(request)) return overflow;
        if (earlier === 0) return calls(call('write_file', { path: 'src/c.ts', content: 'c' }));
        if (earlier === 1) return calls(call('read_file', { path: 'src/a.ts' }));
        if (overflowed) return finish;
        overflowed = true;
        return overflow;
      },
      { files },
    );
    assert.equal((await world.run()).outcome, 'finished');
    const told = world.told(world.router.requests.length - 1);
    assert.match(told, /^Build it\./);
    assert.match(told, /Files you have written so far: src\/c\.ts\./);
    assert.match(told, /→ read_file \{"path":"src\/a\.ts"\}/);
  });

  it('makes the agent read files again after it was replaced', async () => {
    let overflowed = false;
    const world = new AgentWorld(
      (request, earlier) => {
        if (isSummary(request))
          return says('It read a.ts and wants to replace all of it. Nothing else happened so far.');
        if (earlier === 0) return calls(call('read_file', { path: 'src/a.ts' }));
        if (!overflowed) {
          overflowed = true;
          return overflow;
        }
        return request.messages.length === 1 ? calls(call('write_file', { path: 'src/a.ts', content: 'x' })) : finish;
      },
      { files },
    );
    await world.run();
    assert.deepEqual(world.outcomes(), ['read_file: ok', 'write_file: stale-read', 'finish_task: ok']);
  });

  it('ends the agent when it overflows again although it was just replaced, or was never more than the task', async () => {
    const world = new AgentWorld(() => overflow, { files });
    assert.deepEqual(await world.run(), { outcome: 'failed', reason: 'context-overflow', message: 'too long' });
    assert.equal(world.router.requests.length, 1);

    const again = new AgentWorld((_, earlier) => (earlier === 0 ? calls(call('list_files')) : overflow), { files });
    const result = await again.run();
    assert.ok(result.outcome === 'failed');
    assert.equal(result.reason, 'context-overflow');
    assert.equal(again.router.requests.length, 4);
  });
});
