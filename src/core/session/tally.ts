import type { Tally } from './state.ts';

export const emptyTally = (): Tally => ({
  calls: 0,
  succeeded: 0,
  failed: 0,
  stopped: 0,
  usage: { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 },
  cost: 0,
  boundCost: 0,
  unknownUsage: 0,
  unknownCost: 0,
  ms: 0,
});
