import type { ToolCallPart } from '../../protocol/message.ts';

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A call as the model wrote it: no arguments are `{}`; what is not a JSON object stays text and is marked. */
export function toolCall(id: string, name: string, json: string): ToolCallPart {
  if (json.trim() === '') return { type: 'tool-call', id, name, args: {} };
  try {
    const args: unknown = JSON.parse(json);
    if (isObject(args)) return { type: 'tool-call', id, name, args };
    if (args === null) return { type: 'tool-call', id, name, args: {} };
  } catch {
    // Marked below.
  }
  return { type: 'tool-call', id, name, args: json, malformed: true };
}

/** Arguments for a vendor that takes objects only; text that was no JSON object is shown to the model as what it was. */
export function argsObject(part: ToolCallPart): JsonObject {
  if (isObject(part.args)) return part.args;
  return part.args === undefined || part.args === null ? {} : { malformed_arguments: part.args };
}
