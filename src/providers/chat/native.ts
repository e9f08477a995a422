import { isObject, type JsonObject } from '../../core/routing/tool-args.ts';

/** What an answer holds beyond text and calls, for the same server only. */
export interface ChatBlocks {
  /** Reasoning, under the name the server has for it. */
  reasoning?: { field: 'reasoning_content' | 'reasoning' | 'thinking'; text: string };
  /** OpenRouter's reasoning, signatures included, in its own structure. */
  details?: JsonObject[];
  /** Our call id → the server's. */
  ids: Record<string, string>;
  /** Our call id → what else the server put on the call, such as Gemini's signatures. */
  extras?: Record<string, unknown>;
}

export function chatBlocks(native: unknown): ChatBlocks | undefined {
  return isObject(native) && isObject(native.ids) ? (native as unknown as ChatBlocks) : undefined;
}

/** Puts OpenRouter's pieces of reasoning together again: same index and type make one. */
export function addDetails(details: JsonObject[], pieces: unknown): void {
  if (!Array.isArray(pieces)) return;
  for (const piece of pieces.filter(isObject)) {
    const same = details.findLast(each => each.index === piece.index && each.type === piece.type);
    if (!same || piece.index === undefined) details.push({ ...piece });
    else
      for (const [key, value] of Object.entries(piece))
        same[key] = growing.has(key) ? joined(same[key], value) : (value ?? same[key]);
  }
}

const growing = new Set(['text', 'summary', 'data']);

function joined(before: unknown, more: unknown): unknown {
  if (typeof more !== 'string') return before;
  return typeof before === 'string' ? before + more : more;
}
