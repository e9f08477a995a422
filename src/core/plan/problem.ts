/** What can be wrong with a plan, as a stable word. */
export type ProblemCode =
  | 'syntax'
  | 'missing'
  | 'unknown-key'
  | 'wrong-type'
  | 'wrong-value'
  | 'empty-goal'
  | 'duplicate-id'
  | 'unknown-task'
  | 'unknown-phase'
  | 'unknown-pool'
  | 'unknown-role'
  | 'role-not-in-pool'
  | 'duplicate-need'
  | 'contradicting-needs'
  | 'cycle'
  | 'bad-path'
  | 'overlapping-writes'
  | 'artifact-unpublished'
  | 'artifact-not-ordered'
  | 'artifact-published-twice'
  | 'changes-not-ordered'
  | 'nothing-to-accept'
  | 'needs-optional'
  | 'empty-group'
  | 'no-proof'
  | 'refused-command'
  | 'over-budget'
  | 'unknown-trigger'
  | 'unknown-session';

/** Where in the plan: keys and indexes from the top. */
export type PlanPath = (string | number)[];

/** One mistake in a plan. A warning does not keep the plan from running. */
export interface PlanProblem {
  code: ProblemCode;
  severity: 'error' | 'warning';
  /** For people and for the model that must mend it: what is wrong and what to do. */
  message: string;
  path: PlanPath;
  /** Set when the plan was read from text; both count from 1. */
  line?: number;
  column?: number;
}

export function pathText(path: PlanPath): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}

/** One line, as compilers print it; without a place in a text, the path stands for it where the message does not say it. */
export function problemText(problem: PlanProblem, file?: string): string {
  const { line, column, message, path } = problem;
  const said = pathText(path);
  const place = line !== undefined ? `${file ?? 'plan'}:${line}:${column ?? 1}` : message.startsWith(said) ? '' : said;
  const warning = problem.severity === 'warning' ? 'warning: ' : '';
  return place === '' ? `${warning}${message}` : `${place}: ${warning}${message}`;
}
