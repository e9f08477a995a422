import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RoleSpec } from '../../../src/core/agent/contract.ts';
import { AgentHistories } from '../../../src/core/agent/histories.ts';
import { readRoleFile } from '../../../src/core/agent/roles/role-file.ts';
import { chosenTools } from '../../../src/core/agent/tools/foreign/choose.ts';
import { namesForModels } from '../../../src/core/agent/tools/foreign/names.ts';
import { TOOL_NAMES } from '../../../src/core/agent/tools/toolset.ts';
import type { ForeignTool } from '../../../src/core/ports.ts';
import { AgentWorld } from '../../support/agent-world.ts';
import { type FakeForeignTools, fakeForeignTools, issueTool } from '../../support/foreign-tools.ts';
import { sha256 } from '../../support/memory-workspace.ts';
import { pixelPng } from '../../support/pixel.ts';
import { call, calls, type Reply } from '../../support/scripted-router.ts';

const finish = calls(call('finish_task', { summary: 'Done.' }));
const tool = (name: string, more: Partial<ForeignTool> = {}): ForeignTool => ({
  name,
  description: `Is ${name}.`,
  ...more,
});
const role = (...names: string[]): RoleSpec => ({
  name: 'implementer',
  description: 'Writes code',
  instructions: 'Write good code.',
  foreign: { names },
});
const create = (args: unknown) => calls(call('mcp_github_create_issue', args));

type Decision = { decision: 'allow' | 'deny'; scope: 'once' | 'session' | 'always'; reason?: string };

/** An agent that may use one tool of others; a person answers what is asked. */
function worldWith(
  foreign: FakeForeignTools,
  replies: Reply[],
  decision: Decision = { decision: 'allow', scope: 'once' },
) {
  const asked: { what: string; rule: string; kind: string }[] = [];
  const world = new AgentWorld([...replies, finish], {
    foreign,
    attention: {
      permission: async request => {
        asked.push(request);
        return decision;
      },
    },
  });
  return { world, asked };
}

async function used(args: unknown, decision?: Decision) {
  const foreign = fakeForeignTools([issueTool]);
  const { world, asked } = worldWith(foreign, [create(args)], decision);
  await world.run({ role: role('github/create_issue') });
  return { foreign, world, asked, told: world.told(1), outcome: world.outcomes()[0] };
}

const offered = (world: AgentWorld, request = 0) => world.router.requests[request]?.tools.map(({ name }) => name) ?? [];

describe('tools that others bring', () => {
  describe('are chosen', () => {
    const there = [
      'mcp_github_create_issue',
      'mcp_github_close_issue',
      'db_query',
      'copilot_readFile',
      'run_in_terminal',
    ]
      .map(name => tool(name))
      .concat(tool('web_fetch', { aliases: ['fetch', 'acme.web/fetch'] }));
    const chosen = (...names: string[]) => chosenTools({ names }, there).tools.map(({ name }) => name);

    it('by nobody who does not name them', async () => {
      assert.deepEqual(chosenTools(undefined, there).tools, []);
      const world = new AgentWorld([finish], { foreign: fakeForeignTools(there) });
      await world.run();
      assert.ok(offered(world).every(name => TOOL_NAMES.includes(name)));
      assert.deepEqual(world.journal.of('agent-tools'), []);
    });

    it('by name, by pattern, by server and by the name that people know', () => {
      assert.deepEqual(chosen('db_query'), ['db_query']);
      assert.deepEqual(chosen('fetch'), ['web_fetch']);
      assert.deepEqual(chosen('acme.web/fetch'), ['web_fetch']);
      assert.deepEqual(chosen('github/create_issue'), ['mcp_github_create_issue']);
      assert.deepEqual(chosen('mcp__github__close_issue'), ['mcp_github_close_issue']);
      for (const all of ['github/*', 'GitHub/*', 'mcp__github', 'mcp__github__*', 'mcp_github_*']) {
        assert.deepEqual(chosen(all), ['mcp_github_close_issue', 'mcp_github_create_issue'], all);
      }
      assert.deepEqual(chosen('git', 'query', 'hub/*'), []);
    });

    it('with the editor’s own only where their names are written out', () => {
      assert.ok(!chosen('*').some(name => name === 'copilot_readFile' || name === 'run_in_terminal'));
      assert.ok(!chosen('copilot_*').includes('copilot_readFile'));
      assert.deepEqual(chosen('run_in_terminal'), ['run_in_terminal']);
    });

    it('without those that the role forbids', () => {
      const left = chosenTools({ names: ['github/*'], except: ['mcp_github_close*'] }, there).tools;
      assert.deepEqual(
        left.map(({ name }) => name),
        ['mcp_github_create_issue'],
      );
    });

    it('as role files of all formats write them, and said where there is none like it', () => {
      const read = (tools: string, foreign?: ForeignTool[]) =>
        readRoleFile(
          { path: 'r.md', text: `---\nname: r\ndescription: d\n${tools}\n---\nDo.` },
          foreign ? { foreign } : {},
        );
      const { role: ours, problems } = read("tools: ['*', 'github/*', 'nowhere']", there);
      assert.equal(ours?.tools, undefined);
      assert.deepEqual(ours?.foreign, { names: ['github/*', 'nowhere'] });
      assert.deepEqual(
        problems.map(({ line, text }) => [line, text]),
        [[4, 'There is no tool like "nowhere" here now; it can be used once an extension or a server brings it.']],
      );
      const claude = read('tools: Read, mcp__github\ndisallowedTools: mcp__github__close_issue', there).role;
      assert.deepEqual(claude?.foreign, { names: ['mcp__github'], except: ['mcp__github__close_issue'] });
      assert.ok(claude?.tools?.includes('read_file') && !claude.tools.includes('write_file'));
      const terminal = read('tools: [github/create_issue]');
      assert.equal(terminal.role?.foreign, undefined);
      assert.match(terminal.problems[0]?.text ?? '', /no tool like "github\/create_issue" here; it is passed over/);
    });

    it('up to what models can take, and the person is told of the rest', async () => {
      const many = Array.from({ length: 80 }, (_, n) => tool(`x_${n}`));
      const world = new AgentWorld([finish], { foreign: fakeForeignTools(many) });
      await world.run({ role: role('x_*') });
      const told = world.router.requests[0]?.tools.find(({ name }) => name === 'find_tool')?.description ?? '';
      assert.equal(told.match(/x_\d+/g)?.length, 64);
      assert.match(world.journal.of('notice')[0]?.text ?? '', /names 80 tools .* first 64/);
    });
  });

  describe('are named', () => {
    it('so that every vendor takes the name, and each tool is found again by it', () => {
      const odd = fc.oneof(
        fc.string({ minLength: 1, maxLength: 90 }),
        fc.constantFrom(
          'read_file',
          'a.b',
          'a/b',
          'a_b',
          '9',
          '-x',
          `${'long'.repeat(20)}1`,
          `${'long'.repeat(20)}2`,
          '日本',
        ),
      );
      fc.assert(
        fc.property(fc.uniqueArray(odd, { maxLength: 12 }), names => {
          const named = namesForModels(
            names.map(name => tool(name)),
            new Set(TOOL_NAMES),
            sha256,
          );
          assert.deepEqual([...named.values()].map(({ name }) => name).sort(), [...names].sort());
          for (const name of named.keys()) {
            assert.match(name, /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/);
            assert.ok(!TOOL_NAMES.includes(name));
          }
        }),
      );
    });

    it('the same whatever order they are listed in', () => {
      const names = ['b', 'a.b', 'a/b', 'read_file'].map(name => tool(name));
      const of = (tools: ForeignTool[]) => [...namesForModels(tools, new Set(TOOL_NAMES), sha256)].map(([as]) => as);
      assert.deepEqual(of(names), of([...names].reverse()));
    });
  });

  it('are offered after our own, with a schema that every vendor takes', async () => {
    const schema = { ...issueTool.schema, anyOf: [{ required: ['title'] }, { required: ['count'] }] };
    const world = new AgentWorld([finish], { foreign: fakeForeignTools([{ ...issueTool, schema }, tool('plain')]) });
    await world.run({ role: role('github/*', 'plain') });
    const specs = world.router.requests[0]?.tools ?? [];
    const [issue, plain] = specs.slice(-2);
    assert.deepEqual(
      [issue?.name, Object.keys(issue?.parameters ?? {}).sort()],
      ['mcp_github_create_issue', ['additionalProperties', 'properties', 'required', 'type']],
    );
    assert.deepEqual(plain?.parameters, { type: 'object', properties: {} });
    assert.match(issue?.description ?? '', /^Creates an issue\.\n.*may be asked/);
  });

  it('are asked for, run, and what they give back is marked as data', async () => {
    const { foreign, asked, told, outcome, world } = await used({ title: 'Broken' });
    assert.deepEqual(foreign.invoked, [{ name: 'mcp_github_create_issue', args: { title: 'Broken' } }]);
    assert.deepEqual(asked[0] && [asked[0].kind, asked[0].what, asked[0].rule], [
      'tool',
      'mcp_github_create_issue {"title":"Broken"}',
      'mcp_github_create_issue',
    ]);
    assert.equal(outcome, 'mcp_github_create_issue: ok');
    assert.match(told, /^<data \w+>\nfine\n<\/data \w+>$/);
    assert.equal(world.journal.of('tool-intent')[0]?.effect, 'foreign');
  });

  it('are not run when the person denies it, and the model is told why', async () => {
    const { foreign, told, outcome } = await used(
      { title: 'x' },
      { decision: 'deny', scope: 'once', reason: 'not in this repository' },
    );
    assert.deepEqual([foreign.invoked.length, outcome], [0, 'mcp_github_create_issue: denied']);
    assert.match(told, /was denied.*not in this repository/);
  });

  it('need no question where the answer was given for always, and are refused where that was no', async () => {
    for (const [verdict, runs] of [
      ['allow', 1],
      ['deny', 0],
    ] as const) {
      const foreign = fakeForeignTools([issueTool]);
      const world = new AgentWorld([create({ title: 'x' }), finish], { foreign, judgeTool: () => verdict });
      await world.run({ role: role('github/*') });
      assert.equal(foreign.invoked.length, runs);
      assert.equal(world.journal.of('permission-denied').length, 1 - runs);
    }
  });

  it('get arguments that satisfy their schema, or the model is told what is wrong', async () => {
    const wrong = await used({ count: 0, colour: 'red' });
    assert.deepEqual([wrong.foreign.invoked.length, wrong.asked.length], [0, 0]);
    assert.equal(wrong.outcome, 'mcp_github_create_issue: bad-arguments');
    for (const part of [
      /"title"/,
      /"count": .*1/,
      /"colour"/,
      /takes \{title: string, count\?: integer, labels\?: \[string\]\}/,
    ]) {
      assert.match(wrong.told, part);
    }
    const mended = await used({ title: 'x', count: '3', labels: 'bug' });
    assert.deepEqual(mended.foreign.invoked[0]?.args, { title: 'x', count: 3, labels: ['bug'] });
  });

  it('are checked by the tool itself where their schema cannot be used', async () => {
    const foreign = fakeForeignTools([
      tool('odd', { schema: { type: 'object', properties: { a: { $ref: '#/nowhere' } } } }),
    ]);
    const { world } = worldWith(foreign, [calls(call('odd', { a: 1 }))]);
    await world.run({ role: role('odd') });
    assert.deepEqual(foreign.invoked[0]?.args, { a: 1 });
  });

  it('give back text, JSON and data, of which only the beginning and the end is kept', async () => {
    const foreign = fakeForeignTools([issueTool]);
    const { world } = worldWith(foreign, [create({ title: '1' }), create({ title: '2' })]);
    const results = [
      [
        { type: 'json' as const, value: { id: 7 } },
        { type: 'data' as const, mediaType: 'image/png', bytes: 5 },
      ],
      [{ type: 'text' as const, text: `begin ${'x'.repeat(100_000)} end` }],
    ];
    foreign.answer = async () => ({ ok: true, parts: results.shift() ?? [] });
    await world.run({ role: role('github/*') });
    assert.match(world.told(1), /"id": 7[\s\S]*image\/png, 5 bytes/);
    const long = world.told(2);
    assert.ok(long.length < 31_000);
    assert.match(long, /begin x+\n\[… \d+ characters …\]\nx+ end/);
  });

  it('show their pictures to models and keep them as artifacts, each once, under names of their own', async () => {
    const foreign = fakeForeignTools([issueTool]);
    const { world } = worldWith(foreign, [create({ title: '1' }), create({ title: '2' })]);
    const picture = { type: 'data' as const, mediaType: 'image/png', bytes: pixelPng.length, content: pixelPng };
    const words = { type: 'data' as const, mediaType: 'image/png', bytes: 2, content: new Uint8Array([1, 2]) };
    foreign.answer = async () => ({ ok: true, parts: [picture, words] });
    await world.run({ role: role('github/*') });
    assert.match(world.told(1), /cannot be shown to you[\s\S]*The pictures are kept as "[\w.-]+-1"\.$/);
    const [first, second] = world.journal.of('artifact-published');
    assert.deepEqual(await world.journal.getBlob(first?.blob ?? ''), new Uint8Array(pixelPng));
    assert.match(`${first?.artifact} ${second?.artifact}`, /^(\S+)-1 \1-2$/);
    assert.equal(world.journal.of('tool-outcome')[0]?.images?.length, 1);
  });

  it('keep the pictures of agents side by side apart, and no more than people look through', async () => {
    const foreign = fakeForeignTools([issueTool]);
    foreign.answer = async () => ({
      ok: true,
      parts: [{ type: 'data' as const, mediaType: 'image/png', bytes: pixelPng.length, content: pixelPng }],
    });
    const one = (n: number) => call('mcp_github_create_issue', { title: `${n}` }, `c${n}`);
    const many = Array.from({ length: 6 }, (_, turn) =>
      calls(...Array.from({ length: 10 }, (__, n) => one(turn * 10 + n))),
    );
    const { world } = worldWith(foreign, many);
    await world.run({ role: role('github/*') });
    const kept = world.journal.of('artifact-published');
    assert.equal(kept.length, 50);
    assert.equal(new Set(kept.map(({ artifact }) => artifact)).size, 50, 'none is a version of another');
    assert.match(world.told(6), /not kept: 50 of/);
  });

  it('that fail, are called off or are gone say so to the model', async () => {
    const foreign = fakeForeignTools([issueTool]);
    const { world } = worldWith(foreign, [create({ title: '1' }), create({ title: '2' }), create({ title: '3' })]);
    const results = [
      { ok: false as const, reason: 'failed' as const, message: 'No such repository' },
      { ok: false as const, reason: 'cancelled' as const, message: '' },
    ];
    foreign.answer = async () => {
      const result = results.shift();
      if (results.length === 0) foreign.tools = [];
      return result ?? { ok: true, parts: [] };
    };
    await world.run({ role: role('github/*') });
    assert.deepEqual(world.outcomes().slice(0, 3), [
      'mcp_github_create_issue: failed',
      'mcp_github_create_issue: cancelled',
      'mcp_github_create_issue: gone',
    ]);
    assert.match(world.told(1), /No such repository/);
    assert.equal(foreign.invoked.length, 2);
  });

  it('that never answer are given up after a while', async () => {
    const foreign = fakeForeignTools([issueTool]);
    const { world } = worldWith(foreign, [create({ title: '1' })]);
    foreign.answer = (_name, _args, signal) =>
      new Promise(resolve =>
        signal.addEventListener('abort', () => resolve({ ok: false, reason: 'cancelled', message: '' })),
      );
    const running = world.run({ role: role('github/*') });
    while (foreign.invoked.length === 0) await new Promise(setImmediate);
    await world.clock.advance(10 * 60_000);
    await running;
    assert.equal(world.outcomes()[0], 'mcp_github_create_issue: timeout');
  });

  it('stay the same for an agent while others come and go', async () => {
    const foreign = fakeForeignTools([issueTool]);
    const { world } = worldWith(foreign, [calls(call('list_files')), create({ title: 'x' })]);
    const { complete } = world.router;
    world.router.complete = (request, signal) => {
      foreign.tools = [tool('mcp_github_later')];
      return complete(request, signal);
    };
    await world.run({ role: role('github/*') });
    assert.deepEqual(offered(world, 2), offered(world, 0));
    assert.equal(world.outcomes()[1], 'mcp_github_create_issue: gone');
  });

  it('are the same after a resume, and a use that was cut is not repeated', async () => {
    const foreign = fakeForeignTools([issueTool]);
    const { world } = worldWith(foreign, [create({ title: 'once' })]);
    foreign.answer = () => new Promise(() => undefined);
    void world.run({ role: role('github/*') });
    while (foreign.invoked.length === 0) await new Promise(setImmediate);
    const histories = new AgentHistories();
    for (const event of world.journal.events) histories.apply(event);
    const resumeFrom = await histories.resumePoint('a1', world.journal);
    assert.ok(resumeFrom);

    const later = fakeForeignTools([tool('mcp_github_later')]);
    const again = new AgentWorld([finish], { foreign: later, journal: world.journal });
    await again.run({ role: role('github/*'), resumeFrom });
    assert.deepEqual(offered(again), offered(world));
    assert.deepEqual([foreign.invoked.length, later.invoked.length], [1, 0]);
    assert.match(again.told(0), /Interrupted: .*outcome|Whether it took effect is unknown/);
    assert.equal(again.journal.of('tool-outcome')[0]?.refusal, 'interrupted');
  });

  it('that were cut by an abort have an outcome, too', async () => {
    const foreign = fakeForeignTools([issueTool]);
    const { world } = worldWith(foreign, [create({ title: 'once' })]);
    foreign.answer = (_name, _args, signal) =>
      new Promise(resolve =>
        signal.addEventListener('abort', () => resolve({ ok: false, reason: 'cancelled', message: '' })),
      );
    const agent = world.start({ role: role('github/*') });
    while (foreign.invoked.length === 0) await new Promise(setImmediate);
    agent.abort('enough');
    assert.deepEqual(await agent.done, { outcome: 'aborted' });
    assert.equal(world.outcomes()[0], 'mcp_github_create_issue: interrupted');
  });

  describe('that are many', () => {
    const many = [
      issueTool,
      tool('mcp_github_list_issues', { description: 'Lists issues of a repository.' }),
      ...Array.from({ length: 38 }, (_, n) =>
        tool(`mcp_other_do_${n}`, { description: 'Does something else. '.repeat(20), schema: issueTool.schema ?? {} }),
      ),
    ];
    const run = async (...replies: Reply[]) => {
      const foreign = fakeForeignTools(many);
      const { world, asked } = worldWith(foreign, replies);
      await world.run({ role: role('github/*', 'other/*') });
      return { world, asked, foreign };
    };

    it('stand in the prompt by their names only, and are told of when they are looked for', async () => {
      const { world } = await run(
        calls(call('find_tool', { query: 'create an issue' })),
        calls(call('find_tool', { query: 'mcp_other_do_7' })),
        calls(call('find_tool', { query: 'weather' })),
      );
      const tools = world.router.requests[0]?.tools ?? [];
      const theirs = tools.filter(({ name }) => /^(mcp_|find_tool|use_tool)/.test(name));
      assert.deepEqual(
        theirs.map(({ name }) => name),
        ['find_tool', 'use_tool'],
      );
      assert.ok(JSON.stringify(theirs).length < 1800, String(JSON.stringify(theirs).length));
      assert.match(world.told(1), /^Use one with use_tool\.\n<data \w+>\nmcp_github_create_issue: Creates an issue\./);
      assert.match(world.told(1), /"required":\["title"\][\s\S]*mcp_github_list_issues/);
      assert.match(world.told(2), /<data \w+>\nmcp_other_do_7: /);
      assert.doesNotMatch(world.told(2), /mcp_other_do_8/);
      assert.match(world.told(3), /^None is like that\. There are: mcp_github_create_issue, /);
    });

    it('are used as any other: checked by their schema, asked about by their own name, refused where they are none', async () => {
      const { world, asked, foreign } = await run(
        calls(call('use_tool', { name: 'mcp_github_create_issue', args: { title: 'A', count: '2' } })),
        calls(call('use_tool', { tool: 'mcp_github_create_issue', arguments: '{"title":"B"}' })),
        calls(call('use_tool', { name: 'mcp_github_create_issue', args: { count: 1 } })),
        calls(call('use_tool', { name: 'run_command', args: { command: 'rm -rf .' } })),
        calls(call('mcp_github_create_issue', { title: 'C' })),
      );
      assert.deepEqual(
        foreign.invoked.map(({ name, args }) => `${name} ${JSON.stringify(args)}`),
        [
          'mcp_github_create_issue {"title":"A","count":2}',
          'mcp_github_create_issue {"title":"B"}',
          'mcp_github_create_issue {"title":"C"}',
        ],
      );
      assert.deepEqual(
        asked.map(({ rule }) => rule),
        Array(3).fill('mcp_github_create_issue'),
      );
      assert.match(world.told(3), /"title"|title/);
      assert.match(world.told(4), /There is no tool "run_command" among these/);
      assert.deepEqual(world.commands, []);
      assert.match(world.journal.of('agent-doing')[0]?.what ?? '', /uses mcp_github_create_issue/);
    });
  });
});
