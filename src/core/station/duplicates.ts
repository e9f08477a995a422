import { ALIKE, alike } from '../alike.ts';
import type { Item, StationState } from './contract.ts';
import { ended } from './fold/queue.ts';

/** An item that has not ended and probably means the same. */
export function duplicateOf(
  state: StationState,
  { text, target }: Pick<Item, 'text' | 'target'>,
): { item: Item; same: boolean } | undefined {
  let best: { item: Item; share: number } | undefined;
  for (const item of state.items.values()) {
    if (ended(item) || item.target !== target) continue;
    const share = alike(text, item.text);
    if (share >= ALIKE && share > (best?.share ?? 0)) best = { item, share };
  }
  return best && { item: best.item, same: best.item.text.trim() === text.trim() };
}
