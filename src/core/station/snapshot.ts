import type { StationState } from './contract.ts';

/** The parts of the state that are maps. */
const MAPS = ['members', 'items', 'runs', 'causes', 'schedules', 'outside', 'requests', 'durations', 'checks'] as const;

/** The state as JSON keeps it: a journal may begin with it. */
export function writeSnapshot(state: StationState): unknown {
  const maps = MAPS.map(name => [name, [...state[name]]]);
  return { ...state, ...Object.fromEntries(maps) };
}

/** What `writeSnapshot` wrote; it stands behind a seal like every line, and nobody else wrote it. */
export function readSnapshot(kept: unknown): StationState {
  const value = structuredClone(kept) as Record<string, unknown>;
  const maps = MAPS.map(name => [name, new Map((value[name] ?? []) as [string, unknown][])]);
  return { ...value, ...Object.fromEntries(maps) } as StationState;
}
