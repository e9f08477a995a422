import type { ModelRef } from '../../protocol/ids.ts';
import type { ErrorClass, ModelProblem, Outage } from '../../protocol/message.ts';
import type { RouteFailure, RouteRequest } from './contract.ts';
import type { Models } from './models.ts';
import type { RouteTarget } from './route-target.ts';
import type { Tries } from './verdict.ts';

/** Why a model of the route is not asked in this turn. */
export type Out =
  | { why: 'failed'; error: ErrorClass; message: string; until?: number }
  | { why: 'too-small'; message: string; until?: never }
  | { why: 'budget'; scope: string; message: string; until?: never }
  | { why: 'unfit'; message: string; until?: never };

/** One model of the route, in one turn. */
export interface Candidate {
  readonly ref: ModelRef;
  readonly target: RouteTarget | undefined;
  readonly tries: Tries;
  out?: Out;
}

export function candidatesOf(request: RouteRequest, targetOf: (ref: ModelRef) => RouteTarget | undefined): Candidate[] {
  return [...new Set(request.route)].map(ref => {
    const target = targetOf(ref);
    const candidate: Candidate = { ref, target, tries: { again: 0, malformed: 0, stripped: false } };
    if (!target) candidate.out = { why: 'unfit', message: 'no such provider is configured' };
    return candidate;
  });
}

/** What a model is known to be unable to do; what is unknown is tried. */
export function unfit(ref: ModelRef, tokens: number, models: Models): Out | undefined {
  const { contextTokens } = models.get(ref);
  // The count before sending is rough: only what is clearly too long is kept back.
  if (contextTokens !== undefined && tokens > contextTokens * 1.25)
    return { why: 'too-small', message: `about ${tokens} tokens do not fit into ${contextTokens}` };
  return undefined;
}

/** After an overflow: every model that is known to be no larger than the one that was too small. */
export function ruleOutSmaller(candidates: Candidate[], small: Candidate, message: string, models: Models): void {
  small.out = { why: 'too-small', message };
  const window = models.get(small.ref).contextTokens;
  if (window === undefined) return;
  for (const candidate of candidates) {
    const other = models.get(candidate.ref).contextTokens;
    if (!candidate.out && other !== undefined && other <= window)
      candidate.out = { why: 'too-small', message: 'its window is no larger' };
  }
}

/** The failure to tell when nobody is left: what the caller can do something about comes first. */
export function failureOf(candidates: Candidate[]): RouteFailure {
  const outs = candidates.flatMap(({ ref, out }) => (out ? [{ ref, ...out }] : []));
  const small = outs.find(out => out.why === 'too-small');
  if (small) return { reason: 'context-overflow', message: `${small.ref}: ${small.message}` };
  const budget = outs.find(out => out.why === 'budget');
  if (budget) return { reason: 'budget', scope: budget.scope, message: budget.message };
  const outage = outageOf(candidates);
  const failed = outs.findLast(out => out.why === 'failed');
  if (failed) {
    const last = { class: failed.error, message: failed.message, model: failed.ref };
    return { reason: 'exhausted', last, ...(outage && { outage }) };
  }
  const why = outs.map(out => `${out.ref}: ${out.message}`).join('; ');
  return { reason: 'no-model', message: why || 'the route is empty', ...(outage && { outage }) };
}

/** What kept each model of a route from answering, in the route's order: models that were given up, and those at rest. */
export function outageOf(candidates: readonly Candidate[], resting: readonly ModelProblem[] = []): Outage | undefined {
  const rests = new Map(resting.map(problem => [problem.model, problem]));
  const problems = candidates.flatMap(({ ref, out }): ModelProblem[] => {
    const rest = rests.get(ref);
    if (!out) return rest ? [rest] : [];
    const error = out.why === 'failed' ? out.error : 'unfit';
    return [{ model: ref, error, message: out.message, ...(out.until !== undefined && { until: out.until }) }];
  });
  return problems.length > 0 ? problems : undefined;
}
