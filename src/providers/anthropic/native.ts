import { isObject, type JsonObject } from '../../core/routing/tool-args.ts';

/** An answer's content as Anthropic sent it, and which of its calls bears which id of ours. */
export interface AnthropicBlocks {
  content: JsonObject[];
  /** Our call id → theirs. */
  ids: Record<string, string>;
}

/** Undefined for what another version of us may have written. */
export function anthropicBlocks(native: unknown): AnthropicBlocks | undefined {
  if (!isObject(native) || !Array.isArray(native.content) || !isObject(native.ids)) return undefined;
  return { content: native.content.filter(isObject), ids: native.ids as Record<string, string> };
}

/** What may not be sent back: blank text, and thinking whose signature never came. */
export function isReplayable(block: JsonObject): boolean {
  if (block.type === 'text') return typeof block.text === 'string' && block.text.trim() !== '';
  if (block.type === 'thinking') return typeof block.signature === 'string' && block.signature !== '';
  return true;
}
