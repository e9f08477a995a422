import type * as z from 'zod';
import { type PlanPath, type PlanProblem, pathText } from './problem.ts';
import { closest, hint } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** The keys an object at this place may have, for "did you mean". */
export type KnownKeys = (path: PlanPath) => readonly string[] | undefined;

/** The value at a path, or undefined. */
export function valueAt(value: unknown, path: PlanPath): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string | number, unknown>)[part];
  }
  return at;
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return 'text';
  return typeof value === 'number' ? 'a number' : `a ${typeof value}`;
}

const EXPECTED: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

/** How far a branch of a union is from what was written: the nearest one is what was meant. */
function cost(issues: Issue[], found: unknown): number {
  let sum = 0;
  for (const issue of issues) {
    if (issue.path.length === 1 && issue.path[0] === 'kind') sum += 1000;
    else if (issue.path.length === 0 && issue.code === 'invalid_type') sum += 100;
    else if (issue.code === 'unrecognized_keys') sum += issue.keys.length;
    else if (valueAt(found, issue.path as PlanPath) === undefined) sum += 2;
    else sum += 1;
  }
  return sum;
}

function literals(branches: Issue[][], key: string): string[] {
  const values = branches.flatMap(branch =>
    branch.flatMap(issue =>
      issue.code === 'invalid_value' && issue.path.length === 1 && issue.path[0] === key
        ? issue.values.map(String)
        : [],
    ),
  );
  return [...new Set(values)];
}

const many = (words: readonly string[]) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

/** Turns zod's issues into problems that name the place, say what is expected and suggest what was meant. */
export function shapeProblems(
  issues: readonly Issue[],
  value: unknown,
  base: PlanPath,
  keys: KnownKeys,
): PlanProblem[] {
  return issues.flatMap(issue => explain(issue, value, base, [...base, ...(issue.path as PlanPath)], keys));
}

function explain(issue: Issue, value: unknown, base: PlanPath, path: PlanPath, keys: KnownKeys): PlanProblem[] {
  const found = valueAt(value, path.slice(base.length));
  const name = path.length === 0 ? 'the plan' : pathText(path);
  const problem = (code: PlanProblem['code'], message: string, at = path): PlanProblem => ({
    code,
    severity: 'error',
    message,
    path: at,
  });
  if (issue.code === 'unrecognized_keys') {
    const known = keys(path) ?? [];
    return issue.keys.map(key => {
      const near = closest(key, known);
      const instead = near ? `; did you mean "${near}"?` : known.length > 0 ? `; known are ${known.join(', ')}` : '';
      return problem('unknown-key', `"${key}" is not known here${instead}`, [...path, key]);
    });
  }
  if (found === undefined && issue.code !== 'custom') return [problem('missing', `${name} is missing`)];
  if (issue.code === 'invalid_union') return explainUnion(issue.errors, value, base, path, keys, found, problem);
  if (issue.code === 'invalid_key')
    return [problem('wrong-value', `${name}: ${issue.issues[0]?.message ?? issue.message}`)];
  if (issue.code === 'invalid_type') {
    return [
      problem('wrong-type', `${name} must be ${EXPECTED[issue.expected] ?? issue.expected}, not ${kindOf(found)}`),
    ];
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const near = typeof found === 'string' ? closest(found, values) : undefined;
    const said = typeof found === 'object' ? kindOf(found) : `"${String(found)}"`;
    const instead = near ? `; did you mean "${near}"?` : '';
    return [problem('wrong-value', `${name} must be ${many(values)}, not ${said}${instead}`)];
  }
  if (issue.code === 'too_small' && (issue.origin === 'string' || issue.origin === 'array')) {
    return [problem(path.length === 1 && path[0] === 'goal' ? 'empty-goal' : 'missing', `${name} is empty`)];
  }
  if (issue.code === 'too_small') return [problem('wrong-value', `${name} must be at least ${issue.minimum}`)];
  if (issue.code === 'too_big') return [problem('wrong-value', `${name} must be at most ${issue.maximum}`)];
  return [problem('wrong-value', `${name}: ${issue.message}`)];
}

function explainUnion(
  branches: Issue[][],
  value: unknown,
  base: PlanPath,
  path: PlanPath,
  keys: KnownKeys,
  found: unknown,
  problem: (code: PlanProblem['code'], message: string, at?: PlanPath) => PlanProblem,
): PlanProblem[] {
  const costs = branches.map(branch => cost(branch, found));
  const best = Math.min(...costs);
  const name = pathText(path);
  if (best >= 1000) {
    const kinds = literals(branches, 'kind');
    const kind = valueAt(found, ['kind']);
    return [
      problem('wrong-value', `${name}.kind must be ${many(kinds)}${hint(String(kind), kinds)}`, [...path, 'kind']),
    ];
  }
  const ties = costs.filter(c => c === best).length;
  const chosen = branches[costs.indexOf(best)] ?? [];
  if (typeof found !== 'object' || found === null || ties > 1)
    return [oneOf(branches, name, path, keys, found, problem)];
  return chosen.flatMap(issue => explain(issue, value, base, [...path, ...(issue.path as PlanPath)], keys));
}

/** No branch is nearer than the others: say what each would take. */
function oneOf(
  branches: Issue[][],
  name: string,
  path: PlanPath,
  keys: KnownKeys,
  found: unknown,
  problem: (code: PlanProblem['code'], message: string) => PlanProblem,
): PlanProblem {
  const forms = branches.map(branch => {
    const first = branch[0];
    if (first?.code === 'invalid_type' && first.path.length === 0) return EXPECTED[first.expected] ?? first.expected;
    if (first?.code === 'invalid_value' && first.path.length === 0)
      return many(first.values.map(v => `"${String(v)}"`));
    if (first?.code === 'invalid_format') return first.message;
    if (first?.code === 'too_small') return `at least ${first.minimum}`;
    if (first?.code === 'too_big') return `at most ${first.maximum}`;
    const missing = branch.find(issue => issue.path.length > 0 && valueAt(found, issue.path as PlanPath) === undefined);
    return missing ? `{${String(missing.path[0])}: …}` : '';
  });
  const known = keys(path) ?? [];
  const written = typeof found === 'object' && found !== null ? Object.keys(found) : [];
  const near = written.map(key => closest(key, known)).find(key => key !== undefined);
  const instead = near ? `; did you mean "${near}"?` : '';
  const choices = [...new Set(forms.filter(form => form !== ''))];
  return problem('wrong-value', `${name} must be ${many(choices)}${instead}`);
}
