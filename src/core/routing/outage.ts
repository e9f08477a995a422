import type { ModelProblem, Outage } from '../../protocol/message.ts';
import { providerOf } from '../../protocol/model-ref.ts';
import type { Candidate } from './candidate.ts';

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

/** An outage for people: each cause once, with who it is about and until when. */
export function outageText(outage: Outage, time: (ms: number) => string = utc): string {
  return [...new Set(outage.map(problem => sentence(problem, time)))].join('; ');
}

function sentence({ model, error, message, until }: ModelProblem, time: (ms: number) => string): string {
  const provider = providerOf(model);
  const when = until === undefined ? '' : ` until ${time(until)}`;
  switch (error) {
    // The key is the same for all models of a provider.
    case 'auth':
      return `${provider} refused its key: ${message}`;
    case 'quota':
      return `${provider} has no quota left${when}: ${message}`;
    case 'rate-limit':
      return `${model} takes no more requests${when}: ${message}`;
    case 'model-missing':
      return `${provider} has no model ${model.slice(provider.length + 1)}: ${message}`;
    default:
      return `${model}: ${message}`;
  }
}

function utc(ms: number): string {
  const [day, clock] = new Date(ms).toISOString().split('T');
  return `${day} ${clock?.slice(0, 5)} UTC`;
}
