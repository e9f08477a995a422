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
    requests = await promptTurns();
  });

  const find = (wanted: (request: RouteRequest) => boolean): RouteRequest =>
    requests.find(wanted) ?? assert.fail('nobody was asked so');

  const KINDS: Record<string, () => RouteRequest> = {
    planner: () => find(({ tools }) => tools.some(({ name }) => name === 'propose_plan')),
    implementer: () => find(request => partOf(request) === 'implement' && lastOf(request).includes('Task cart:')),
    reviewer: () => find(request => partOf(request) === 'review'),
    fix: () => find(request => lastOf(request).includes('Findings of the review') && partOf(request) !== 'review'),
    escalation: () => find(request => partOf(request) === 'escalation'),
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

  /**
   * At commit 5a100b9 the same turn weighed 2,276 tokens. What agents' commands have learned since for reasons of their
   * own (the sandbox, the background, sight) does not count: it is told by the tools that run them.
   */
  it('the first turn of an implementer is at most 400 tokens longer than before', () => {
    const first = KINDS.implementer?.() ?? assert.fail();
    const own = ['run_command', 'background_command'];
    const weigh = (names: readonly string[]) =>
      rendered({ system: '', messages: [], tools: first.tools.filter(({ name }) => names.includes(name)) }).tokens;
    const RUN_COMMAND_BEFORE = 167;
    const now = rendered(first).tokens - weigh(own) + RUN_COMMAND_BEFORE;
    console.log(`      ${rendered(first).tokens} tokens, ${now} without what commands have learned; before: 2276`);
    assert.ok(now <= 2276 + 400, `${now} tokens`);
  });
});
