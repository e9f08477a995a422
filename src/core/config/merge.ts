import type { Config } from '../../protocol/config.ts';

type Plain = Record<string, unknown>;

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function over(below: unknown, above: unknown): unknown {
  if (above === undefined) return below;
  if (!isPlain(below) || !isPlain(above)) return above;
  const merged: Plain = { ...below };
  for (const [key, value] of Object.entries(above)) merged[key] = over(below[key], value);
  return merged;
}

/** Maps are merged key by key; lists and values of the later source stand for themselves. */
export const mergeConfig = (below: Config, above: Config): Config => over(below, above) as Config;

const smaller = (a: number | undefined, b: number | undefined) =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b);

/** What a workspace says of money may tighten the user's limits, never widen them. */
export function tightenBudget(user: Config['budget'], workspace: Config['budget']): Config['budget'] {
  if (!user || !workspace) return workspace ?? user;
  const sessionUsd = smaller(user.sessionUsd, workspace.sessionUsd);
  const agentUsd = smaller(user.agentUsd, workspace.agentUsd);
  const dayUsd = smaller(user.dayUsd, workspace.dayUsd);
  const names = new Set([...Object.keys(user.providers ?? {}), ...Object.keys(workspace.providers ?? {})]);
  const providers: Record<string, number> = {};
  for (const name of names) providers[name] = smaller(user.providers?.[name], workspace.providers?.[name]) as number;
  return {
    ...workspace,
    ...user,
    ...(sessionUsd !== undefined && { sessionUsd }),
    ...(agentUsd !== undefined && { agentUsd }),
    ...(dayUsd !== undefined && { dayUsd }),
    ...(names.size > 0 && { providers }),
  };
}
