import assert from 'node:assert/strict';
import { initialState, reduce } from '../../../src/core/session/reduce.ts';
import { notProved, sessionBrief, workPrompt } from '../../../src/core/team/prompt.ts';
import type { Event } from '../../../src/protocol/events.ts';
import { planOf } from '../../support/plans.ts';

const planWith = (count: number) =>
  planOf(
    Array.from({ length: count }, (_, at) => ({
      id: `t${at}`,
      title: `Part ${at}`,
      needs: at > 0 ? [`t${at - 1}`] : [],
    })),
  );

/** What the agent of a task is told of it at first. */
function promptOf(task: string, plan: ReturnType<typeof planWith>): string {
  const state = initialState();
  reduce(state, { v: 1, seq: 1, at: 1, type: 'plan-proposed', plan, revision: 1, source: 'file' });
  const known = state.tasks.get(task);
  assert.ok(known);
  return workPrompt('implement', known, 1, state, () => '0'.repeat(64));
}

describe('what an agent is told of the plan', () => {
  it('is every task of a plan of ordinary size', () => {
    const brief = sessionBrief(planWith(100), '');
    for (let at = 0; at < 100; at++) assert.match(brief, new RegExp(`- t${at} \\(.*\\): Part ${at}\\n?`));
    assert.doesNotMatch(promptOf('t50', planWith(100)), /Part 49/);
  });

  it('does not grow with a large plan, and names the tasks next to its own all the same', () => {
    const large = planWith(1000);
    const brief = sessionBrief(large, '');
    assert.match(brief, /Part 99\n- and 900 of \w+$/);
    assert.doesNotMatch(brief, /Part 100/);
    const prompt = promptOf('t500', large);
    assert.match(prompt, /Part 499\n- t501 .*Part 501\n/);
    assert.ok(prompt.length < 1000);
  });

  it('says, when checks fail, who else is writing right now, and nothing of it when nobody is', () => {
    const plan = planOf([
      { id: 'mine', writes: ['a/**'] },
      { id: 'other', writes: ['b/**'] },
      { id: 'looks' },
      { id: 'later', writes: ['c/**'] },
    ]);
    const state = initialState();
    let seq = 0;
    const add = (event: Event) => reduce(state, { v: 1, seq: ++seq, at: seq, ...event });
    add({ type: 'plan-proposed', plan, revision: 1, source: 'file' });
    add({ type: 'task-started', task: 'mine', attempt: 1 });
    add({
      type: 'check-ended',
      task: 'mine',
      id: 'c',
      round: 1,
      check: { run: 'npm test' },
      ok: false,
      exit: 1,
      ms: 1,
    });
    const told = () => notProved(state.tasks.get('mine') ?? assert.fail(), 1, 2, state, () => '0'.repeat(64));
    assert.match(told(), /^Not finished: 1 of 1 check failed\./);
    assert.doesNotMatch(told(), /Others are writing/);
    for (const task of ['other', 'looks']) add({ type: 'task-started', task, attempt: 1 });
    add({ type: 'claim-granted', task: 'other', agent: 'w', path: 'package.json' });
    assert.match(told(), /Others are writing right now: other \(b\/\*\*, package\.json\)\. Where/);
  });

  it('holds what the tasks before its own have done: summary, decisions', () => {
    const state = initialState();
    const events: Event[] = [
      { type: 'plan-proposed', plan: planWith(2), revision: 1, source: 'file' },
      { type: 'task-started', task: 't0', attempt: 1 },
      { type: 'agent-started', agent: 'w1', role: 'worker', task: 't0', attempt: 1, route: ['a/b'] },
      { type: 'round-started', task: 't0', round: 1, kind: 'implement', agent: 'w1' },
      { type: 'decision-noted', by: 'w1', text: 'Ids are numbers', rationale: 'simple', task: 't0' },
      { type: 'agent-ended', agent: 'w1', outcome: 'completed', summary: 'The store keeps todos in todos.json.' },
      { type: 'task-completed', task: 't0', summary: 'done' },
    ];
    for (const [at, event] of events.entries()) reduce(state, { v: 1, seq: at + 1, at: at + 1, ...event });
    const next = state.tasks.get('t1');
    assert.ok(next);
    const prompt = workPrompt('implement', next, 1, state, () => '0'.repeat(64));
    assert.match(
      prompt,
      /What the tasks before it have done[\s\S]*- t0, Part 0:\n<data 0+>\nThe store keeps todos in todos\.json\.\n/,
    );
    assert.match(prompt, /Decided: Ids are numbers \(simple\)\n<\/data/);
  });
});
