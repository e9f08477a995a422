import type { Task } from '../../protocol/plan.ts';
import { artifactProblems } from './artifacts.ts';
import { groupsOf, needKey, poolOf, resolveNeed } from './needs.ts';
import { planOrder } from './order.ts';
import type { Placed, PlanContext, PlanParts, Report } from './parts.ts';
import type { PlanProblem } from './problem.ts';
import { proofProblems } from './proof.ts';
import { hint } from './suggest.ts';
import { commandsOfChecks } from './task-kind.ts';
import { kindOf } from './task-kinds.ts';
import { writeProblems } from './writes.ts';

/** Everything wrong with what a plan says, its shape being right. */
export function semanticProblems(plan: PlanParts, context: PlanContext): PlanProblem[] {
  const problems: PlanProblem[] = [];
  const report: Report = (code, path, message, severity = 'error') => {
    problems.push({ code, path, message, severity });
  };
  const all = plan.tasks.map((task, i): Placed => ({ task, path: ['tasks', plan.places[i] ?? i] }));
  if (plan.goal !== undefined && plan.goal.trim() === '') report('empty-goal', ['goal'], 'the goal is empty');
  const tasks = uniqueTasks(all, report);
  checkNames(tasks, plan, context, report);
  const order = planOrder(
    tasks.map(placed => placed.task),
    plan.pools,
  );
  const byId = new Map(tasks.map(({ task }) => [task.id, task]));
  const writers = new Set(tasks.filter(({ task }) => kindOf(task).writes(task).length > 0).map(({ task }) => task.id));
  for (const placed of tasks) {
    kindOf(placed.task).validate(placed, { plan, tasks: byId, writers, order, context }, report);
  }
  checkNeeds(tasks, plan, report);
  for (const cycle of order.cycles) {
    const place = tasks.find(placed => cycle.includes(placed.task.id));
    const way = cycle.join(' → ');
    report(
      'cycle',
      [...(place?.path ?? ['tasks']), 'needs'],
      `${way}: none of them could ever start; remove one of these needs`,
    );
  }
  const ahead = tasks.filter(({ task }) => !context.finished?.has(task.id));
  writeProblems(ahead, order, report);
  artifactProblems(tasks, order, plan.broken.size > 0, context, report);
  if (plan.broken.size === 0) proofProblems(tasks, order, report);
  checkCommands(ahead, context, report);
  checkBudget(tasks, context, report);
  return problems;
}

/** A command that would be refused when its time comes is a mistake of the plan, and no agent can mend it then. */
function checkCommands(tasks: Placed[], { refused }: PlanContext, report: Report): void {
  if (!refused) return;
  for (const { task, path } of tasks) {
    const checks = kindOf(task).checks(task);
    const ofChecks = checks.flatMap((check, i) =>
      commandsOfChecks([check]).map(command => ({ command, at: [...path, 'checks', i] })),
    );
    const own =
      checks.length > 0
        ? []
        : kindOf(task)
            .commands(task)
            .map(command => ({ command, at: [...path, 'run'] }));
    for (const { command, at } of [...ofChecks, ...own]) {
      const why = refused(command);
      if (why === undefined) continue;
      report('refused-command', at, `"${command}" could not run: ${why} Prove it by another command or by exists`);
    }
  }
}

function uniqueTasks(all: Placed[], report: Report): Placed[] {
  const seen = new Map<string, Placed>();
  for (const placed of all) {
    const earlier = seen.get(placed.task.id);
    if (earlier) {
      const first = `tasks[${String(earlier.path[1])}]`;
      report(
        'duplicate-id',
        [...placed.path, 'id'],
        `"${placed.task.id}" is already the id of ${first}; give each task its own`,
      );
    } else seen.set(placed.task.id, placed);
  }
  return [...seen.values()];
}

function checkNames(tasks: Placed[], plan: PlanParts, context: PlanContext, report: Report): void {
  for (const [pool, { roles }] of Object.entries(plan.pools)) {
    for (const [i, name] of (roles ?? []).entries()) {
      if (!context.roles || context.roles.includes(name)) continue;
      report('unknown-role', ['pools', pool, 'roles', i], `there is no role "${name}"${hint(name, context.roles)}`);
    }
  }
  for (const { task, path } of tasks) {
    if (task.phase !== undefined && plan.phases.length > 0 && !plan.phases.includes(task.phase)) {
      report(
        'unknown-phase',
        [...path, 'phase'],
        `"${task.phase}" is not among the phases${hint(task.phase, plan.phases)}`,
      );
    }
  }
}

/** Kinds of task whose end can be an approval. */
const JUDGING: ReadonlySet<string> = new Set<Task['kind']>(['agent', 'approval']);

function checkNeeds(tasks: Placed[], plan: PlanParts, report: Report): void {
  const byId = new Map(tasks.map(placed => [placed.task.id, placed.task]));
  const groups = new Set(tasks.flatMap(({ task }) => groupsOf(task, plan.pools)));
  for (const { task, path } of tasks) {
    const seen = new Map<string, string>();
    for (const [i, written] of task.needs.entries()) {
      const need = resolveNeed(written);
      const at = [...path, 'needs', i];
      const key = needKey(need);
      if (need.kind === 'task') {
        const needed = byId.get(need.task);
        if (!needed && !plan.broken.has(need.task)) {
          report('unknown-task', at, `there is no task "${need.task}"${hint(need.task, byId.keys())}`);
        }
        const earlier = seen.get(key);
        if (earlier === need.when) report('duplicate-need', at, `"${need.task}" is needed twice`, 'warning');
        else if (
          earlier !== undefined &&
          [earlier, need.when].includes('failed') &&
          need.when !== 'ended' &&
          earlier !== 'ended'
        ) {
          report(
            'contradicting-needs',
            at,
            `"${need.task}" cannot both fail and be ${need.when === 'failed' ? earlier : need.when}`,
          );
        }
        seen.set(key, need.when);
        if (need.when === 'approved' && needed && !JUDGING.has(needed.kind))
          report('wrong-value', at, `"${need.task}" is a ${needed.kind}, which approves nothing; need it "completed"`);
        if (need.when !== 'approved' && need.rounds !== undefined)
          report('wrong-value', at, 'only who approves sends back: write when: approved beside rounds');
        if (need.when === 'accepted' && needed && kindOf(needed).writes(needed).length === 0) {
          report('nothing-to-accept', at, `"${need.task}" writes no files that could be accepted; need it "completed"`);
        }
        if (needed?.optional && !task.optional && (need.when === 'completed' || need.when === 'accepted')) {
          const mend = `write {task: ${need.task}, when: ended} or make this task optional too`;
          report(
            'needs-optional',
            at,
            `"${need.task}" is optional, but the session cannot complete without it; ${mend}`,
            'warning',
          );
        }
      } else if (need.kind === 'phase') {
        if (!groups.has(key) && plan.broken.size === 0) {
          const phases = new Set([...plan.phases, ...tasks.flatMap(placed => placed.task.phase ?? [])]);
          const known = phases.has(need.phase);
          report(
            'unknown-phase',
            at,
            known
              ? `phase "${need.phase}" has no tasks`
              : `there is no phase "${need.phase}"${hint(need.phase, phases)}`,
          );
        }
      } else if (!Object.hasOwn(plan.pools, need.pool)) {
        report('unknown-pool', at, `there is no pool "${need.pool}"${hint(need.pool, Object.keys(plan.pools))}`);
      } else if (!groups.has(key) && plan.broken.size === 0) {
        report('empty-group', at, `pool "${need.pool}" has no tasks: nothing to wait for`, 'warning');
      }
    }
  }
  for (const pool of Object.keys(plan.pools)) {
    const used = tasks.some(({ task }) => poolOf(task, plan.pools) === pool);
    if (!used && plan.broken.size === 0)
      report('empty-group', ['pools', pool], `no task runs in pool "${pool}"`, 'warning');
  }
}

function checkBudget(tasks: Placed[], context: PlanContext, report: Report): void {
  const sum = tasks.reduce((total, { task }) => total + ('budgetUsd' in task ? (task.budgetUsd ?? 0) : 0), 0);
  if (context.budgetUsd !== undefined && sum > context.budgetUsd) {
    const have = `the tasks' budgets sum to $${sum.toFixed(2)}, the session has $${context.budgetUsd.toFixed(2)}`;
    report('over-budget', ['tasks'], have, 'warning');
  }
}
