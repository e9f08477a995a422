import { deliver } from './deliver.ts';
import type { DeliveryParts } from './open.ts';

const STANDING: ReadonlySet<string> = new Set(['ready', 'red', 'conflicted']);

/** Makes branches anew whose sessions work in trees of their own, where a review has changed what they hold. */
export async function refreshed(parts: DeliveryParts, target: string, only?: readonly string[]): Promise<void> {
  for (const { delivery, session, status, target: of } of (await parts.book.read()).deliveries.values()) {
    if (of !== target || !STANDING.has(status) || (only && !only.includes(delivery))) continue;
    // Nothing of it is lost where that cannot be: what was built before is tried.
    if (await parts.trees.has(session)) await deliver(parts, { session, target }).catch(() => undefined);
  }
}
