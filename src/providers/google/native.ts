import { isObject, type JsonObject } from '../../core/routing/tool-args.ts';

/** An answer's parts as Gemini sent them, streamed text put together, and which of its calls bears which id of ours. */
export interface GeminiBlocks {
  parts: JsonObject[];
  /** Our call id → theirs, where they gave one. */
  ids: Record<string, string>;
}

export function geminiBlocks(native: unknown): GeminiBlocks | undefined {
  if (!isObject(native) || !Array.isArray(native.parts) || !isObject(native.ids)) return undefined;
  return { parts: native.parts.filter(isObject), ids: native.ids as Record<string, string> };
}

/** Adds a part; text goes on in the part before, unless a signature has closed that. */
export function addPart(parts: JsonObject[], part: JsonObject): void {
  // Gemini closes with empty text, and does not take it back.
  if (part.text === '' && part.thoughtSignature === undefined) return;
  const last = parts.at(-1);
  const goesOn =
    typeof part.text === 'string' &&
    typeof last?.text === 'string' &&
    last.thought === part.thought &&
    last.thoughtSignature === undefined &&
    part.thoughtSignature === undefined;
  if (goesOn) last.text += part.text as string;
  else parts.push({ ...part });
}
