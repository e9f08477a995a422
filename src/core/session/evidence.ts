import type { ContractOutcome, ContractResult } from '../../protocol/contract.ts';
import type { Severity } from '../../protocol/events.ts';
import type { TestFigures } from '../../protocol/tests.ts';
import { checkText } from '../plan/check-text.ts';
import { sumTests } from '../testing/figures.ts';
import type { SessionState, TaskState } from './state.ts';

export type CheckRun = TaskState['checks'][number];

/** What a check of a task said last; one that was cut off said nothing. */
export interface CheckResult {
  task: TaskState;
  last: CheckRun;
  runs: number;
  failures: number;
}

/** Every distinct check of every task, with its last word. Time grows with the number of runs alone. */
export function checkResults(state: SessionState): CheckResult[] {
  const results: CheckResult[] = [];
  for (const task of state.tasks.values()) {
    const byCheck = new Map<string, CheckResult>();
    for (const run of task.checks) {
      const key = JSON.stringify(run.check);
      const failed = run.ok || run.interrupted ? 0 : 1;
      const known = byCheck.get(key);
      if (!known) byCheck.set(key, { task, last: run, runs: 1, failures: failed });
      else {
        known.runs++;
        known.failures += failed;
        if (!run.interrupted || known.last.interrupted) known.last = run;
      }
    }
    results.push(...byCheck.values());
  }
  return results;
}

/** What came of a contract at the last check of it. */
export interface CheckedContract extends ContractOutcome {
  /** Of the task whose check it was. */
  task: string;
  check: string;
  at: number;
  /** How often a check of it found something broken. */
  failures: number;
}

/** Every contract that parts were held against, operation by operation, as the last check of each left it. */
export const checkedContracts = (state: SessionState): CheckedContract[] =>
  checkResults(state).flatMap(({ task, last, failures }) =>
    last.contract
      ? [{ ...last.contract, task: task.task.id, check: checkText(last.check), at: last.at, failures }]
      : [],
  );

/** How many operations were kept, are broken, and were not tried. */
export function compatibility(contracts: readonly ContractOutcome[]): Record<ContractResult, number> {
  const counts = { kept: 0, broken: 0, 'not-tried': 0 };
  for (const { rows } of contracts) for (const { result } of rows) counts[result]++;
  return counts;
}

/** How good the work is, as far as something other than its authors' word shows it. */
export interface Evidence {
  checks: { passing: number; failing: number; interrupted: number; runs: number };
  /** As the last runs told; a test that two checks run counts in both. Undefined where no check told of tests. */
  tests?: ReturnType<typeof sumTests> & { checks: number };
  findings: Record<Severity, { open: number; resolved: number }>;
  verdicts: { approved: number; refused: number };
}

export function evidence(state: SessionState): Evidence {
  const none = () => ({ open: 0, resolved: 0 });
  const found: Evidence = {
    checks: { passing: 0, failing: 0, interrupted: 0, runs: 0 },
    findings: { blocker: none(), major: none(), minor: none(), note: none() },
    verdicts: { approved: 0, refused: 0 },
  };
  const told: TestFigures[] = [];
  for (const { last, runs } of checkResults(state)) {
    found.checks[last.interrupted ? 'interrupted' : last.ok ? 'passing' : 'failing']++;
    found.checks.runs += runs;
    if (last.tests) told.push(last.tests);
  }
  if (told.length > 0) found.tests = { ...sumTests(told), checks: told.length };
  for (const { severity, resolved } of state.findings.values())
    found.findings[severity][resolved ? 'resolved' : 'open']++;
  for (const { approve } of state.verdicts) found.verdicts[approve ? 'approved' : 'refused']++;
  return found;
}
