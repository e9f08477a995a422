import { AgentTask, type Task } from '../../protocol/plan.ts';
import { hint } from './suggest.ts';
import { type Course, commandsOfChecks, plainKind, type TaskKind, type Work } from './task-kind.ts';

/** Rules of thumb, used where there is no history; each from a light to a heavy course of a task. */
export const TURNS = { simple: [4, 10], 'ui-test': [6, 20], normal: [8, 25], complex: [15, 50] } as const;
const REVIEW_TURNS = [4, 10] as const;
const SECONDS_PER_TURN = [6, 15] as const;

/** The work itself, in the heavy course after an attempt that came to nothing; then reviews and fixes. */
function workOf(task: AgentTask, course: Course): Work[] {
  const [few, turns] = [TURNS[task.complexity][0], TURNS[task.complexity][course]];
  const work: Work[] = [{ task, role: task.role, turns }];
  if (course === 1) work.push({ task, role: task.role, turns: few });
  const rounds = task.review ? (course === 1 ? task.review.rounds : 1) : 0;
  for (let round = 1; round <= rounds; round++) {
    work.push({ task, role: task.review?.role ?? 'reviewer', turns: REVIEW_TURNS[course] });
    if (round < rounds) work.push({ task, role: task.role, turns: TURNS.simple[course] });
  }
  return work;
}

const secondsOf = (work: readonly Work[], course: Course) =>
  work.reduce((sum, { turns }) => sum + turns * SECONDS_PER_TURN[course], 0);

/** What it takes to mend what a task's checks have found: nothing in a light course, all that is allowed in a heavy one. */
export function mendingOf({ id, title }: Task, role: string, times: number, course: Course) {
  const task = AgentTask.parse({ id, title, role, instructions: title, complexity: 'complex' });
  const each = { task, role, turns: TURNS.complex[0] };
  const work: Work[] = course === 0 ? [] : Array.from({ length: times }, () => each);
  return { work, seconds: secondsOf(work, course) };
}

/** Work for an agent of a role. */
export const agent: TaskKind<AgentTask> = {
  ...plainKind,
  slot: 'agent',
  describe: ({ role }) => role,
  instructions: ({ instructions }) => instructions,
  writes: ({ writes }) => writes,
  publishes: ({ publishes }) => publishes,
  consumes: ({ consumes }) => consumes,
  checks: ({ checks }) => checks,
  commands: ({ checks }) => commandsOfChecks(checks),
  evidence: ({ checks }) => checks.length,
  estimate(task, course) {
    const work = workOf(task, course);
    return { work, seconds: secondsOf(work, course) };
  },
  validate({ task, path }, { plan, context }, report) {
    const roles = [{ name: task.role, at: [...path, 'role'] }];
    if (task.review) roles.push({ name: task.review.role, at: [...path, 'review', 'role'] });
    for (const { name, at } of roles) {
      if (context.roles && !context.roles.includes(name)) {
        report('unknown-role', at, `there is no role "${name}"${hint(name, context.roles)}`);
      }
    }
    if (task.pool === undefined) return;
    const pool = Object.hasOwn(plan.pools, task.pool) ? plan.pools[task.pool] : undefined;
    if (!pool) {
      const known = Object.keys(plan.pools);
      report('unknown-pool', [...path, 'pool'], `there is no pool "${task.pool}"${hint(task.pool, known)}`);
    } else if (pool.roles && !pool.roles.includes(task.role)) {
      const serves = `pool "${task.pool}" serves ${pool.roles.join(', ')}, not ${task.role}`;
      report('role-not-in-pool', [...path, 'pool'], `${serves}; add the role to the pool or choose another pool`);
    }
  },
};
