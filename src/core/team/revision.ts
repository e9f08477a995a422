import type { Plan } from '../../protocol/plan.ts';
import type { Estimate } from '../plan/estimate.ts';
import type { PlanContext } from '../plan/parts.ts';
import { type PlanProblem, problemText } from '../plan/problem.ts';
import type { Journal } from '../session/contract.ts';
import { hasEnded } from '../session/standing.ts';
import { type PlanDiff, replan } from './replan.ts';

export interface RevisionHost {
  journal: Journal;
  context: PlanContext;
  estimate(plan: Plan): Promise<Estimate>;
  /** Asks whoever must agree; undefined: nobody must. A reason for a no. */
  agree?(diff: PlanDiff): Promise<{ ok: true } | { ok: false; reason: string }>;
  /** Stops the agents of a task that is not wanted any more. */
  drop(agents: readonly string[]): void;
  /** The plan in force is a different one. */
  changed(plan: Plan): void;
}

export type Revised =
  | { ok: true; diff: PlanDiff }
  | { ok: false; problems: PlanProblem[] }
  | { ok: false; denied: string };

const LEFT_OUT = 'left out of the new plan';

/** Puts a changed plan in force; finished work stays, tasks left out are stopped. */
export async function revisePlan(value: unknown, source: 'user' | 'replan', host: RevisionHost): Promise<Revised> {
  const { journal, context } = host;
  const before = replan(journal.state, value, context);
  if (!before.checked.ok) {
    const { problems } = before.checked;
    const errors = problems.filter(({ severity }) => severity === 'error').map(problem => problemText(problem));
    journal.append({ type: 'plan-refused', errors, attempt: journal.state.planRevision + 1, source });
    return { ok: false, problems };
  }
  const agreed = await host.agree?.(before.diff);
  if (agreed?.ok === false) return { ok: false, denied: agreed.reason };
  const estimate = await host.estimate(before.checked.plan);
  // Work has gone on meanwhile: what is kept is decided by how it stands now.
  const { checked, diff } = replan(journal.state, value, context);
  if (!checked.ok) return { ok: false, problems: checked.problems };
  enforce(checked.plan, source, estimate, diff.dropped, host);
  return { ok: true, diff };
}

function enforce(
  plan: Plan,
  source: 'user' | 'replan',
  estimate: Estimate | undefined,
  dropped: readonly string[],
  host: RevisionHost,
): void {
  const { journal } = host;
  const revision = journal.state.planRevision + 1;
  journal.append({ type: 'plan-proposed', plan, revision, source, ...(estimate && { estimate }) });
  journal.append({ type: 'plan-approved', revision, by: source === 'user' ? 'user' : 'orchestrator' });
  for (const id of dropped) {
    const task = journal.state.tasks.get(id);
    if (!task || hasEnded(task.status)) continue;
    journal.append({
      type: 'task-cancelled',
      task: id,
      by: source === 'user' ? 'user' : 'orchestrator',
      reason: LEFT_OUT,
    });
    host.drop(task.agents);
  }
  host.changed(plan);
}

/** What a revision does, in a sentence. */
export function diffText({ added, changed, dropped }: PlanDiff): string {
  const parts = [
    ['new', added],
    ['changed', changed],
    ['dropped', dropped],
  ] as const;
  const said = parts.filter(([, ids]) => ids.length > 0).map(([word, ids]) => `${word}: ${ids.join(', ')}`);
  return said.length === 0 ? 'nothing changes' : said.join('; ');
}
