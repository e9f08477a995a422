import { Check, Plan, Task, taskSchemas } from '../../protocol/plan.ts';
import { own } from '../own.ts';
import type { PlanContext, PlanParts } from './parts.ts';
import type { PlanPath, PlanProblem } from './problem.ts';
import { shapeProblems, valueAt } from './shape.ts';
import { readPlanText } from './text.ts';
import { semanticProblems } from './validate.ts';

export type ParsedPlan =
  | { ok: true; plan: Plan; warnings: PlanProblem[] }
  /** All mistakes at once, in the order of the text; warnings among them. */
  | { ok: false; problems: PlanProblem[] };

const shapeKeys = (schema: { shape: object }) => Object.keys(schema.shape);

function knownKeys(value: unknown): (path: PlanPath) => readonly string[] | undefined {
  return path => {
    const at = path[0];
    if (at === undefined) return shapeKeys(Plan);
    if (at === 'pools') return path.length === 2 ? ['slots', 'roles'] : undefined;
    if (at !== 'tasks') return undefined;
    if (path.length === 2) {
      const kind = valueAt(value, [...path, 'kind']);
      return shapeKeys(own<{ shape: object }>(taskSchemas, String(kind ?? 'agent')) ?? taskSchemas.agent);
    }
    if (path[2] === 'review') return ['role', 'rounds'];
    if (path[2] === 'needs') return ['task', 'when', 'rounds', 'phase', 'pool'];
    if (path[2] === 'checks') {
      return path.length > 4 ? ['file', 'run'] : [...new Set(Check.options.flatMap(shapeKeys))];
    }
    return undefined;
  };
}

/** Checks values that are already parsed: the arguments of a model's propose_plan, or a file's content. */
export function checkPlan(value: unknown, context: PlanContext): ParsedPlan {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = value === undefined || value === null ? 'the plan is empty' : 'a plan is a map with goal and tasks';
    return { ok: false, problems: [{ code: 'wrong-type', severity: 'error', message, path: [] }] };
  }
  const parsed = Plan.safeParse(value);
  const problems = parsed.success ? [] : shapeProblems(parsed.error.issues, value, [], knownKeys(value));
  problems.push(...semanticProblems(soundParts(value), context));
  if (parsed.success && !problems.some(problem => problem.severity === 'error')) {
    return { ok: true, plan: parsed.data, warnings: problems };
  }
  return { ok: false, problems };
}

/** What has the right shape, so that its meaning is checked too and all mistakes come at once. */
function soundParts(value: object): PlanParts {
  const written = value as Record<string, unknown>;
  const parts: PlanParts = { phases: [], pools: {}, tasks: [], places: [], broken: new Set() };
  if (typeof written.goal === 'string' && written.goal !== '') parts.goal = written.goal;
  parts.phases = Plan.shape.phases.safeParse(written.phases).data ?? [];
  parts.pools = Plan.shape.pools.safeParse(written.pools).data ?? {};
  for (const [i, item] of (Array.isArray(written.tasks) ? written.tasks : []).entries()) {
    const task = Task.safeParse(item);
    if (task.success) {
      parts.tasks.push(task.data);
      parts.places.push(i);
    } else {
      const id = valueAt(item, ['id']);
      parts.broken.add(typeof id === 'string' ? id : '');
    }
  }
  return parts;
}

/** Reads plan text, YAML or JSON, and checks it. */
export function parsePlan(text: string, context: PlanContext): ParsedPlan {
  const read = readPlanText(text);
  if (read.problems.length > 0) return { ok: false, problems: read.problems };
  const result = checkPlan(read.value, context);
  if (result.ok) return { ...result, warnings: result.warnings.map(read.locate) };
  const problems = result.problems.map(read.locate);
  return {
    ok: false,
    problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)),
  };
}
