import type { StationState } from './contract.ts';

export const initialStation = (): StationState => ({
  seq: 0,
  lastAt: 0,
  paused: false,
  members: new Map(),
  items: new Map(),
  runs: new Map(),
  causes: new Map(),
  schedules: new Map(),
  outside: new Map(),
  requests: new Map(),
  notices: [],
  counts: { items: 0, runs: 0, moves: 0 },
  durations: new Map(),
  checks: new Map(),
});
