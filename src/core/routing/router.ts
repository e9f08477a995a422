import type { ModelRef } from '../../protocol/ids.ts';
import { providerOf } from '../../protocol/model-ref.ts';
import type { Disposable } from '../ports.ts';
import type { RouteEvent, RouteRequest, Router } from './contract.ts';
import { PromptEstimates } from './estimate.ts';
import { Turn } from './turn.ts';
import type { RouterOptions, TurnContext } from './turn-context.ts';

/** The router of one session; to be disposed when the session ends. */
export function createRouter(options: RouterOptions): Router & Disposable {
  const { pool, journal, prices } = options;
  const providers = new Set<string>();
  const looked = new Set<ModelRef>();
  const unpriced = new Set<ModelRef>();
  const steps = new Map<ModelRef, number>();
  const subscription = pool.subscribe((event, provider) => {
    if (providers.has(provider)) journal.append(event);
  });
  const context: TurnContext = {
    random: Math.random,
    ...options,
    estimates: new PromptEstimates(),
    priceUnknown(ref) {
      if (unpriced.has(ref)) return;
      unpriced.add(ref);
      const text = `The price of ${ref} is unknown, so it cannot be budgeted and is not used. Set its price, or mark its provider as free.`;
      journal.append({ type: 'notice', level: 'warning', text, code: 'price-unknown' });
    },
  };

  /** Asks the library for a window that nobody has told, beside the turn. */
  const look = (ref: ModelRef) => {
    const target = pool.target(ref);
    if (!target || looked.has(ref)) return;
    looked.add(ref);
    if (pool.models.get(ref).contextTokens !== undefined) return;
    void prices.contextTokens(ref, target.provider).then(tokens => pool.models.looked(ref, tokens));
  };

  return {
    complete(request: RouteRequest, signal: AbortSignal): AsyncIterable<RouteEvent> {
      for (const ref of request.route) {
        providers.add(providerOf(ref));
        look(ref);
      }
      return new Turn(request, signal, context).run();
    },
    async learnWindows(route) {
      for (const ref of route) {
        const target = pool.target(ref);
        if (!target) continue;
        const price = target.provider.free ? undefined : await prices.find(ref, target.provider, pool.clock.now());
        const [, dearer] = price?.steps ?? [];
        if (dearer) steps.set(ref, dearer.above);
        if (pool.models.get(ref).contextTokens !== undefined) continue;
        // What a machine of one's own makes room for is known to itself alone.
        if (target.provider.free || target.provider.kind === 'vscode-lm') await pool.listOnce(target.provider);
        if (pool.models.get(ref).contextTokens !== undefined) continue;
        looked.add(ref);
        pool.models.looked(ref, await prices.contextTokens(ref, target.provider));
      }
    },
    cheapTokens: model => (model === undefined ? undefined : steps.get(model)),
    contextTokens(route) {
      const windows = route.flatMap(ref => (pool.target(ref) && pool.models.get(ref).contextTokens) ?? []);
      return windows.length > 0 ? Math.max(...windows) : undefined;
    },
    dispose: () => subscription.dispose(),
  };
}
