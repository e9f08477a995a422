import type { ToolCallPart } from '../../protocol/message.ts';
import { readJson } from './lenient-json.ts';

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How much is kept of arguments that are nested too deep. */
const SHOWN = 200;

/** Arguments nested so deep that nothing may walk through them; their beginning shows the model what it wrote. */
export function deepCall(id: string, name: string, text: string): ToolCallPart {
  return { type: 'tool-call', id, name, args: `${text.slice(0, SHOWN)}…`, malformed: true, tooDeep: true };
}

/** A call as the model wrote it: no arguments are `{}`; what is not a JSON object stays text and is marked. */
export function toolCall(id: string, name: string, json: string): ToolCallPart {
  if (json.trim() === '') return { type: 'tool-call', id, name, args: {} };
  const read = readJson(json);
  if (read.ok && isObject(read.value)) return { type: 'tool-call', id, name, args: read.value };
  if (read.ok && read.value === null) return { type: 'tool-call', id, name, args: {} };
  if (!read.ok && read.why === 'too-deep') return deepCall(id, name, json);
  return { type: 'tool-call', id, name, args: json, malformed: true };
}

/** Arguments for a vendor that takes objects only; text that was no JSON object is shown to the model as what it was. */
export function argsObject(part: ToolCallPart): JsonObject {
  if (isObject(part.args)) return part.args;
  return part.args === undefined || part.args === null ? {} : { malformed_arguments: part.args };
}
