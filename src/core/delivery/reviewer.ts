import type { Approver } from '../../protocol/delivery.ts';
import type { SessionState } from '../session/state.ts';
import { whyNotBy } from './approval.ts';
import type { Candidate, Delivery } from './state.ts';

/**
 * The reviewer of a session whose verdict counts as a yes to a candidate: of another vendor than its authors, given after
 * the last change, and on a target that was then what it is now. Undefined: somebody else has to look.
 */
export function reviewerOf(state: SessionState, delivery: Delivery, candidate: Candidate): Approver | undefined {
  const verdict = state.verdicts.at(-1);
  if (!verdict?.approve || verdict.at < (state.lastWriteAt ?? 0)) return undefined;
  // With anything else on the target, it becomes what no reviewer has seen.
  if (candidate.onto !== delivery.base || candidate.deliveries.length > 1) return undefined;
  const called = state.agents.get(verdict.agent)?.called ?? [];
  const [model] = called;
  if (model === undefined || called.length > 1) return undefined;
  const by = { kind: 'reviewer', agent: verdict.agent, model } as const;
  return whyNotBy('reviewer', by, delivery.authors) === undefined ? by : undefined;
}
