import type { Item, StationState } from './contract.ts';
import { ended } from './fold/queue.ts';

/** From this share of common words on, two texts probably mean the same. */
const ALIKE = 0.8;

const wordsOf = (text: string) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);

/** An item that has not ended and probably means the same. */
export function duplicateOf(
  state: StationState,
  { text, target }: Pick<Item, 'text' | 'target'>,
): { item: Item; same: boolean } | undefined {
  const words = wordsOf(text);
  let best: { item: Item; alike: number } | undefined;
  for (const item of state.items.values()) {
    if (ended(item) || item.target !== target) continue;
    const others = wordsOf(item.text);
    const common = [...words].filter(word => others.has(word)).length;
    const all = words.size + others.size - common;
    const alike = all === 0 ? 0 : common / all;
    if (alike >= ALIKE && alike > (best?.alike ?? 0)) best = { item, alike };
  }
  return best && { item: best.item, same: best.item.text.trim() === text.trim() };
}
