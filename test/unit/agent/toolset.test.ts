import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { JobKind } from '../../../src/core/agent/contract.ts';
import { toolSets } from '../../../src/core/agent/tools/toolset.ts';
import { signature } from '../../../src/core/routing/signature.ts';
import { AgentWorld } from '../../support/agent-world.ts';
import { matchesGolden } from '../../support/golden.ts';
import { call, calls } from '../../support/scripted-router.ts';

const role = { name: 'implementer', description: 'Builds.', instructions: 'Build.' };
const setOf = (kind: JobKind, tools?: string[], claims = ['src/**']) =>
  toolSets({ helpers: true })(kind, { ...role, ...(tools && { tools }) }, claims, new Map());
/** English and code come to about this many bytes a token. */
const tokensOf = (specs: unknown) => Math.ceil(Buffer.byteLength(JSON.stringify(specs)) / 3.5);

describe('the set of tools', () => {
  it('costs an implementer less than 2500 tokens in every request, and a reviewer less', async () => {
    const work = setOf('implement').specs;
    assert.ok(tokensOf(work) < 2500, `${tokensOf(work)} tokens`);
    assert.ok(tokensOf(setOf('review').specs) < 2000);
    const lines = work.map(spec => `${spec.name} ${signature(spec.parameters)}\n  ${spec.description}`);
    await matchesGolden(`${lines.join('\n')}\n`, join(import.meta.dirname, 'golden', 'implementer-tools.txt'));
  });

  it('is that of the role and kind of job: what may not be written is not offered', () => {
    const names = (set: ReturnType<typeof setOf>) => set.specs.map(spec => spec.name);
    assert.ok(!names(setOf('implement', undefined, [])).includes('write_file'));
    assert.ok(!names(setOf('review')).includes('edit_file'));
    assert.ok(names(setOf('escalation')).includes('revise_plan'));
    assert.deepEqual(
      names(setOf('implement', ['run_command'])),
      ['run_command', 'background_command', 'finish_task', 'report_blocker'],
      'what was started can be stopped',
    );
  });
});

describe('an agent’s own steps', () => {
  it('are kept as it sends them, and only when they change', async () => {
    const steps = [
      { text: 'Read the code', state: 'done' },
      { text: 'Write the test', state: 'doing' },
    ];
    const world = new AgentWorld([
      calls(call('set_steps', { steps })),
      calls(call('set_steps', { todos: steps })),
      calls(call('set_steps', { steps: [{ text: 'x', state: 'finished' }] })),
      calls(call('finish_task', { summary: 'done' })),
    ]);
    await world.run();
    assert.deepEqual(world.journal.state.agents.get('a1')?.steps, steps);
    assert.equal(world.journal.of('steps-set').length, 1);
    assert.equal(world.told(1), '1 step left.');
    assert.match(world.told(3), /"steps\.0\.state"/);
    assert.equal(world.journal.of('agent-doing')[0]?.what, 'Write the test');
  });
});
