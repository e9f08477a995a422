import type { ModelProblem, Outage } from '../../protocol/message.ts';
import { providerOf } from '../../protocol/model-ref.ts';

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
