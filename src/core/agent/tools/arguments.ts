import type * as z from 'zod';
import type { ToolCallPart } from '../../../protocol/message.ts';
import { DEEPEST, isDeep } from '../../routing/depth.ts';
import { readJson } from '../../routing/lenient-json.ts';
import { argumentsOf } from './spec.ts';
import { type Refusal, refuse, type Tool } from './tool.ts';

type Issue = z.core.$ZodIssue;
type Fields = Record<PropertyKey, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parsed = (text: string): unknown => {
  const read = readJson(text);
  return read.ok ? read.value : undefined;
};

const KEEP = Symbol('keep');

/** The one reading of `value` that the schema can have meant, if there is exactly one. */
function coerced(value: unknown, expected: string): unknown {
  const text = typeof value === 'string' ? value.trim() : undefined;
  switch (expected) {
    case 'number':
    case 'int':
      return text && Number.isFinite(Number(text)) ? Number(text) : KEEP;
    case 'boolean':
      return text?.toLowerCase() === 'true' ? true : text?.toLowerCase() === 'false' ? false : KEEP;
    case 'array': {
      const list = text === undefined ? undefined : parsed(text);
      if (Array.isArray(list)) return list;
      return value === null || value === undefined ? KEEP : [list !== undefined && isFields(list) ? list : value];
    }
    case 'record':
    case 'object': {
      const fields = text === undefined ? undefined : parsed(text);
      return isFields(fields) ? fields : KEEP;
    }
    case 'string':
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
      return isFields(value) || Array.isArray(value) ? JSON.stringify(value, null, 2) : KEEP;
    default:
      return KEEP;
  }
}

/** Mends in place what can only be meant in one way; says whether it mended anything. */
function mend(root: Fields, issues: readonly Issue[]): boolean {
  let mended = false;
  for (const issue of issues) {
    if (issue.code !== 'invalid_type') continue;
    let parent: unknown = root;
    for (const key of issue.path.slice(0, -1)) parent = (parent as Fields | undefined)?.[key];
    const key = issue.path.at(-1);
    if (key === undefined || typeof parent !== 'object' || parent === null) continue;
    const value = (parent as Fields)[key];
    if (value === null && !Array.isArray(parent)) {
      delete (parent as Fields)[key];
      mended = true;
      continue;
    }
    const better = coerced(value, issue.expected);
    if (better === KEEP) continue;
    (parent as Fields)[key] = better;
    mended = true;
  }
  return mended;
}

const told = (issue: Issue, fields: Fields): string => {
  const at = issue.path.map(String).join('.');
  if (at === '') return issue.message;
  let value: unknown = fields;
  for (const key of issue.path) value = (value as Fields | undefined)?.[key];
  return value === undefined && issue.code === 'invalid_type' ? `"${at}" is missing` : `"${at}": ${issue.message}`;
};

/** Of a tool, what its arguments are read by. */
type Called = Pick<Tool, 'name' | 'description' | 'args' | 'parameters' | 'aliases'>;

const tooDeep = (tool: Called): Refusal =>
  refuse(
    'too-deep',
    `The arguments of ${tool.name} are nested more than ${DEEPEST} deep, so nothing was done. Send the call again with flat arguments: ${argumentsOf(tool)}.`,
  );

/** Reads the arguments of a call, forgivingly where there is no doubt, or tells the model what to send instead. */
export function readArguments(tool: Called, part: ToolCallPart): { ok: true; args: unknown } | Refusal {
  let raw: unknown = part.args ?? {};
  for (let depth = 0; depth < 2 && typeof raw === 'string'; depth++) {
    const text = raw.trim();
    const read = text === '' ? ({ ok: true, value: {} } as const) : readJson(text);
    if (!read.ok && read.why === 'too-deep') return tooDeep(tool);
    raw = read.ok ? read.value : undefined;
  }
  if (part.tooDeep || isDeep(raw)) return tooDeep(tool);
  if (raw === undefined || typeof raw === 'string') {
    return refuse(
      'malformed-json',
      `The arguments of ${tool.name} were not valid JSON, so nothing was done. They may have been cut off: send them again, in smaller pieces where they are long. Expected ${argumentsOf(tool)}.`,
    );
  }
  if (!isFields(raw)) {
    return refuse('bad-arguments', `${tool.name} takes one object: ${argumentsOf(tool)}. Nothing was done.`);
  }
  const fields: Fields = { ...raw };
  for (const [alias, name] of Object.entries(tool.aliases ?? {})) {
    if (fields[name] === undefined && fields[alias] !== undefined) fields[name] = fields[alias];
  }
  let result = tool.args.safeParse(fields);
  if (result.success) return { ok: true, args: result.data };
  const copy = structuredClone(fields);
  for (let round = 0; round < 3 && !result.success; round++) {
    if (!mend(copy, result.error.issues)) break;
    result = tool.args.safeParse(copy);
  }
  if (result.success) return { ok: true, args: result.data };
  const problems = result.error.issues.slice(0, 5).map(issue => told(issue, fields));
  return refuse(
    'bad-arguments',
    `Nothing was done. ${problems.join('; ')}. ${tool.name} takes ${argumentsOf(tool)}. Send the call again with these mended.`,
  );
}
