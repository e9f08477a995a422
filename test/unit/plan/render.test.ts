import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsePlan } from '../../../src/core/plan/parse.ts';
import { renderPlan } from '../../../src/core/plan/render.ts';
import { anyPlan, planOf } from '../../support/plans.ts';

describe('a plan rendered for the editor', () => {
  it('reads as a person would write it', () => {
    const plan = planOf(
      [
        {
          id: 'server',
          role: 'backend-specialist',
          phase: 'development',
          instructions: 'Write the server.\nUse no framework.\n',
          writes: ['server/**'],
          publishes: ['todo-api'],
          checks: [{ run: 'npm test' }],
          review: { role: 'reviewer', rounds: 2 },
        },
        {
          id: 'try',
          kind: 'command',
          needs: ['server', { phase: 'development' }],
          priority: 'high',
          run: 'node server',
        },
      ],
      { phases: ['development'], pools: { workers: { slots: 2, roles: ['backend-specialist'] } } },
    );
    const text = renderPlan(plan, { low: 120_000_000, high: 2_400_000_000, basis: 'rule of thumb; 3 agents' });
    assert.equal(
      text,
      `# Edit this plan as you like; it is checked again before it runs.
# Expected cost: $0.12 to $2.40
#   rule of thumb
#   3 agents

goal: a goal
phases:
  - development
# How many tasks of a pool run at once.
pools:
  workers:
    slots: 2
    roles:
      - backend-specialist

# A task starts as soon as all its needs are met; writes are the files it alone may write.
tasks:
  - id: server
    title: Task server
    phase: development
    role: backend-specialist
    instructions: |
      Write the server.
      Use no framework.
    writes: [server/**]
    publishes: [todo-api]
    checks:
      - run: npm test
    review:
      role: reviewer
      rounds: 2

  - id: try
    kind: command
    title: Task try
    needs: [server, {phase: development}]
    priority: high
    run: node server
`,
    );
  });

  it('says that the cost is unknown rather than nothing', () => {
    assert.match(renderPlan(planOf([{ id: 'a' }]), { tokens: 5, minutes: 1 }), /Expected cost: unknown/);
  });

  it('parses back to the same plan, whatever it holds', function () {
    this.timeout(30_000);
    const text = fc.string({ minLength: 1 }).filter(s => s.trim() !== '');
    fc.assert(
      fc.property(anyPlan(8), text, text, (plan, title, instructions) => {
        const [first, ...others] = plan.tasks;
        const changed = {
          ...plan,
          goal: title,
          tasks: [{ ...first, title, ...(first?.kind === 'agent' && { instructions }) }, ...others],
        };
        const parsed = parsePlan(renderPlan(changed as typeof plan), { finished: new Set(plan.tasks.map(t => t.id)) });
        assert.deepEqual(parsed.ok ? parsed.plan : parsed.problems, changed);
      }),
      { numRuns: 150 },
    );
  });
});
