import assert from 'node:assert/strict';
import { checklist } from '../../../src/core/team/completion.ts';
import { verdictOf } from '../../../src/core/team/verdict.ts';
import type { Event } from '../../../src/protocol/events.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { planOf } from '../../support/plans.ts';

const start = (tasks: Parameters<typeof planOf>[0]): Event[] => [
  { type: 'plan-proposed', plan: planOf(tasks), revision: 1, source: 'file' },
  { type: 'plan-approved', revision: 1, by: 'user' },
];
const done = (task: string): Event[] => [
  { type: 'task-started', task, attempt: 1 },
  { type: 'task-completed', task, summary: '' },
];

/** What is missing after these events, by id, with the detail. */
function missing(...events: (Event | Event[])[]) {
  const journal = memoryJournal();
  for (const event of events.flat()) journal.append(event);
  return Object.fromEntries(
    checklist(journal.state)
      .filter(item => !item.ok)
      .map(({ id, detail }) => [id, detail]),
  );
}

describe('the completion checklist', () => {
  it('does not hold before there is a plan', () => {
    assert.deepEqual(missing(), { 'no-remaining-work': 'no plan yet' });
  });

  it('names the work that is left, and holds when there is none', () => {
    const plan = start([{ id: 'a' }, { id: 'b' }]);
    assert.deepEqual(missing(plan, done('a')), { 'no-remaining-work': 'b' });
    assert.deepEqual(missing(plan, done('a'), done('b')), {});
  });

  it('counts queued work as left', () => {
    const queued: Event = { type: 'queue-added', item: 'i', text: 'docs', priority: 5, by: 'user' };
    assert.deepEqual(missing(start([{ id: 'a' }]), done('a'), queued), { 'no-remaining-work': 'docs' });
  });

  it('sees an agent at work, and one that idles after its task has ended', () => {
    const agent: Event = { type: 'agent-started', agent: 'w', role: 'worker', task: 'a', attempt: 1, route: [] };
    const plan = start([{ id: 'a' }]);
    assert.deepEqual(missing(plan, agent), { 'agents-done': 'w', 'no-remaining-work': 'a' });
    assert.deepEqual(missing(plan, agent, done('a')), { 'agents-done': 'w', 'no-idle-agent': 'w' });
    const ended: Event = { type: 'agent-ended', agent: 'w', outcome: 'completed', summary: '' };
    assert.deepEqual(missing(plan, agent, done('a'), ended), {});
  });

  it('misses artifacts that were promised, and outcomes of calls', () => {
    const plan = start([{ id: 'a', publishes: ['api'] }]);
    assert.deepEqual(missing(plan, done('a')), { 'outputs-parsed': 'api' });
    const call: Event = { type: 'call-intent', call: 'c', agent: 'w', turn: 1, attempt: 1, model: 'x/y' };
    assert.ok('outputs-parsed' in missing(start([{ id: 'a' }]), done('a'), call));
  });

  it('wants every check of the last round to have passed', () => {
    const check = { run: 'npm test' };
    const plan = start([{ id: 'a', checks: [check] }]);
    const ended = (round: number, ok: boolean, interrupted = false): Event => ({
      type: 'check-ended',
      task: 'a',
      id: `c${round}`,
      check,
      round,
      ok,
      ms: 1,
      ...(interrupted && { interrupted }),
    });
    assert.deepEqual(missing(plan, done('a')), { 'checks-passed': 'a' });
    assert.deepEqual(missing(plan, ended(1, false), done('a')), { 'checks-passed': 'a' });
    assert.deepEqual(missing(plan, ended(1, false), ended(2, true), done('a')), {});
    assert.deepEqual(missing(plan, ended(1, false, true), ended(1, true), done('a')), {});
  });

  it('wants blockers resolved: issues and findings', () => {
    const plan = start([{ id: 'a' }, { id: 'b', optional: true }]);
    const issue: Event = { type: 'issue-opened', issue: 'i', severity: 'blocker', by: 'w', task: 'a', text: 'no key' };
    const minor: Event = { type: 'issue-opened', issue: 'j', severity: 'minor', by: 'w', task: 'a', text: 'ugly' };
    const finding: Event = {
      type: 'finding-added',
      finding: 'f',
      agent: 'r',
      task: 'a',
      severity: 'blocker',
      text: 'wrong',
    };
    const optional: Event = { ...finding, finding: 'g', task: 'b' };
    assert.deepEqual(missing(plan, done('a'), done('b'), issue, minor, finding, optional), {
      'blockers-resolved': 'no key, wrong',
    });
    const resolved: Event[] = [
      { type: 'issue-resolved', issue: 'i', how: 'x' },
      { type: 'finding-resolved', finding: 'f', by: 'r', how: 'x' },
    ];
    assert.deepEqual(missing(plan, done('a'), done('b'), issue, minor, finding, optional, resolved), {});
  });

  it('forgives what is optional, was left out of the plan, or never had to happen', () => {
    const plan = start([
      { id: 'a', optional: true },
      { id: 'b' },
      { id: 'mend', needs: [{ task: 'b', when: 'failed' }] },
      { id: 'after-mend', needs: ['mend'] },
    ]);
    const events: Event[] = [
      { type: 'task-failed', task: 'a', reason: 'x', final: true },
      { type: 'task-skipped', task: 'after-mend', reason: 'x' },
      { type: 'task-skipped', task: 'mend', reason: 'x' },
    ];
    assert.deepEqual(missing(plan, done('b'), events), {});
    const revised: Event[] = [
      { type: 'plan-proposed', plan: planOf([{ id: 'b' }]), revision: 2, source: 'replan' },
      { type: 'plan-approved', revision: 2, by: 'user' },
    ];
    const running: Event[] = [
      ...start([{ id: 'b' }, { id: 'c' }]),
      ...done('b'),
      { type: 'task-started', task: 'c', attempt: 1 },
      ...revised,
      { type: 'task-cancelled', task: 'c', by: 'user', reason: 'left out of the new plan' },
    ];
    assert.deepEqual(missing(running), {});
  });

  it('does not take for done what somebody cancelled, nor what was skipped because of it', () => {
    const plan = start([{ id: 'a' }, { id: 'b' }, { id: 'c', needs: ['b'] }]);
    const events: Event[] = [
      { type: 'task-cancelled', task: 'b', by: 'user', reason: 'not wanted' },
      { type: 'task-skipped', task: 'c', reason: 'needs b, which was cancelled' },
    ];
    assert.deepEqual(missing(plan, done('a'), events), { 'no-remaining-work': 'b, c' });
  });

  it('does not forgive what was skipped because something failed', () => {
    const plan = start([
      { id: 'a', optional: true },
      { id: 'b', needs: ['a'] },
    ]);
    const events: Event[] = [
      { type: 'task-failed', task: 'a', reason: 'x', final: true },
      { type: 'task-skipped', task: 'b', reason: 'x' },
    ];
    assert.deepEqual(missing(plan, events), { 'no-remaining-work': 'b' });
  });

  it('shortens long lists', () => {
    const ids = Array.from({ length: 9 }, (_, i) => ({ id: `t${i}` }));
    assert.deepEqual(missing(start(ids)), { 'no-remaining-work': 't0, t1, t2, t3, t4 and 4 more' });
  });

  it('decides the outcome', () => {
    const journal = memoryJournal();
    for (const event of [...start([{ id: 'a' }])]) journal.append(event);
    assert.deepEqual(verdictOf(journal.state), { outcome: 'failed', reason: 'task a is not done' });
    for (const event of done('a')) journal.append(event);
    assert.equal(verdictOf(journal.state).outcome, 'completed');
  });
});
