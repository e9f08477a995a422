import { taskSchemas } from '../../protocol/plan.ts';
import { own } from '../own.ts';

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const saysNothing = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);

/** Without what was filled in with nothing, at any depth. */
function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]) => (field === null ? [] : [[key, withoutNull(field)]])),
  );
}

function taskFrom(value: unknown): unknown {
  if (!isMap(value)) return value;
  const schema = own<{ shape: object }>(taskSchemas, String(value.kind ?? 'agent'));
  if (!schema) return value;
  const known = new Set(Object.keys(schema.shape));
  return Object.fromEntries(Object.entries(value).filter(([key, field]) => known.has(key) || !saysNothing(field)));
}

/**
 * A plan as a model gave it. It fills in one form for tasks of all kinds: what it left empty there of other kinds, and what
 * it set to null, it has not said.
 */
export function planFromModel(value: unknown): unknown {
  const said = withoutNull(value);
  return isMap(said) && Array.isArray(said.tasks) ? { ...said, tasks: said.tasks.map(taskFrom) } : said;
}
