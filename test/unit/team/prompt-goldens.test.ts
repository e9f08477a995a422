import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { RouteRequest } from '../../../src/core/routing/contract.ts';
import { asText } from '../../../src/core/routing/text-calls/as-text.ts';
import { AgentWorld } from '../../support/agent-world.ts';
import { matchesGolden } from '../../support/golden.ts';
import { promptTurns, rendered } from '../../support/prompt-turns.ts';
import { call, calls, type Reply } from '../../support/scripted-router.ts';

const golden = (name: string) => join(import.meta.dirname, 'golden', `${name}.md`);
const partOf = ({ system }: RouteRequest) => /^Your part: (\w+)$/m.exec(system)?.[1];
const lastOf = ({ messages }: RouteRequest) => JSON.stringify(messages.at(-1));

/** An agent whose window is nearly full after three answers. */
async function narrow(brief: string): Promise<RouteRequest[]> {
  const reads: Reply[] = ['a', 'b', 'c'].map(name => ({
    parts: [call('read_file', { path: `src/${name}.ts` })],
    stop: 'tool-calls' as const,
    usage: { input: 6000, output: 200 },
  }));
  const world = new AgentWorld(
    [...reads, { parts: [{ type: 'text', text: 'All read.' }] }, calls(call('finish_task', { summary: 'x' }))],
    {
      files: { 'src/a.ts': 'one\n', 'src/b.ts': 'two\n', 'src/c.ts': 'three\n' },
      contextTokens: 8192,
    },
  );
  await world.run({ brief });
  return world.router.requests;
}

describe('what models read', () => {
  let requests: RouteRequest[];
  before(async () => {
    requests = [...(await promptTurns('completes')), ...(await promptTurns('gives up'))];
  });

  const find = (wanted: (request: RouteRequest) => boolean): RouteRequest =>
    requests.find(wanted) ?? assert.fail('nobody was asked so');

  const KINDS: Record<string, () => RouteRequest> = {
    planner: () => find(({ tools }) => tools.some(({ name }) => name === 'propose_plan')),
    implementer: () => find(request => partOf(request) === 'implement' && lastOf(request).includes('Task cart:')),
    reviewer: () => find(request => partOf(request) === 'review'),
    fix: () => find(request => lastOf(request).includes('Findings of the review') && partOf(request) !== 'review'),
    escalation: () => find(request => partOf(request) === 'escalation'),
    lead: () => find(request => partOf(request) === 'lead'),
  };
  for (const [kind, request] of Object.entries(KINDS))
    it(`in the turn of a ${kind}`, () => matchesGolden(rendered(request()).text, golden(kind)));

  it('when a conversation is summarised', async () => {
    const [summary] = (await narrow('Goal: a test.')).filter(request =>
      lastOf(request).includes('replaced by your summary'),
    );
    assert.ok(summary);
    await matchesGolden(rendered(summary).text, golden('compaction'));
  });

  it('in a window of 8,192 tokens, without tools but in words', async () => {
    const [first] = await narrow(`Goal: a test.\n\n${'A rule of the project. '.repeat(1000)}`);
    assert.ok(first);
    const { tokens, text } = rendered(asText(first));
    assert.ok(tokens < 8192 / 2, `${tokens} tokens`);
    await matchesGolden(text, golden('small-model'));
  });

  it('the first turn of an implementer is at most 400 tokens longer than at commit 5a100b9, tools for commands that have come since and all', () => {
    const { tokens } = rendered(KINDS.implementer?.() ?? assert.fail());
    const BEFORE = 2276;
    console.log(`      ${tokens} tokens; before: ${BEFORE}`);
    assert.ok(tokens <= BEFORE + 400, `${tokens} tokens`);
  });

  it('the forms of a plan and of a revision take at most 2,500 tokens together', () => {
    const weigh = (name: string) => {
      const { tools } = find(request => request.tools.some(tool => tool.name === name));
      return rendered({ system: '', messages: [], tools: tools.filter(tool => tool.name === name) }).tokens;
    };
    const [propose, revise] = [weigh('propose_plan'), weigh('revise_plan')];
    console.log(`      propose_plan ${propose}, revise_plan ${revise} tokens`);
    assert.ok(propose + revise <= 2500, `${propose} and ${revise} tokens`);
  });
});
