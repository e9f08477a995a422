import fc from 'fast-check';
import { type Need, Plan, type Task } from '../../src/protocol/plan.ts';

/** A plan from as little as a test cares about: tasks get a title and, for agents, a role and instructions. */
export function planOf(
  tasks: (Partial<Omit<Task, 'needs'>> & { id: string; needs?: Need[] } & Record<string, unknown>)[],
  rest: Partial<Record<'goal' | 'phases' | 'pools' | 'rationale', unknown>> = {},
): Plan {
  const full = tasks.map(task => {
    const agent = task.kind === undefined || task.kind === 'agent';
    return { title: `Task ${task.id}`, ...(agent && { role: 'worker', instructions: `Do ${task.id}` }), ...task };
  });
  return Plan.parse({ goal: 'a goal', ...rest, tasks: full });
}

const priority = fc.oneof(fc.constantFrom('high', 'medium', 'low'), fc.integer({ min: 0, max: 10 }));
const when = fc.constantFrom('completed', 'failed', 'ended');

/** Any sound plan: needs only lead to tasks before, phases and pools of tasks before, so that it has no circle. */
export const anyPlan = (maxTasks = 20): fc.Arbitrary<Plan> =>
  fc
    .tuple(
      fc.array(
        fc.record({
          priority,
          optional: fc.boolean(),
          pool: fc.option(fc.constantFrom('p0', 'p1'), { nil: undefined }),
          phase: fc.integer({ min: 0, max: 2 }),
          needs: fc.array(fc.tuple(fc.nat(), when), { maxLength: 3 }),
          needsPhase: fc.boolean(),
          kind: fc.constantFrom('agent', 'agent', 'agent', 'command', 'check'),
          writes: fc.array(fc.constantFrom('a/**', 'b/*', 'c.txt', '**/d'), { maxLength: 2 }),
        }),
        { minLength: 1, maxLength: maxTasks },
      ),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
    )
    .map(([shapes, slots0, slots1]) => {
      // Phases in the order of the tasks, so that to need an earlier phase leads to tasks before only.
      const phases = shapes.map(shape => shape.phase).sort((a, b) => a - b);
      const tasks = shapes.map((shape, i) => {
        const phase = phases[i] as number;
        const seen = new Set<string>();
        const needs: Need[] = shape.needs.flatMap(([at, on]) => {
          const task = i === 0 ? undefined : `t${at % i}`;
          if (task === undefined || seen.has(task)) return [];
          seen.add(task);
          return [{ task, when: on }];
        });
        if (shape.needsPhase && phase > 0 && phases.includes(phase - 1)) needs.push({ phase: `phase${phase - 1}` });
        const common = {
          id: `t${i}`,
          needs,
          priority: shape.priority,
          optional: shape.optional,
          phase: `phase${phase}`,
        };
        if (shape.kind === 'command') return { ...common, kind: 'command' as const, run: 'true' };
        if (shape.kind === 'check') return { ...common, kind: 'check' as const, checks: [{ exists: ['x'] }] };
        return { ...common, ...(shape.pool && { pool: shape.pool }), writes: shape.writes };
      });
      return planOf(tasks, { pools: { p0: { slots: slots0 }, p1: { slots: slots1 } } });
    });
