import type { Run, StationState } from './contract.ts';

/** A run, the one whose doing brought it, and so on. */
export function lineage(state: StationState, run: string | undefined): Run[] {
  const found: Run[] = [];
  for (let next = run; next !== undefined; ) {
    const one = state.runs.get(next);
    if (!one || found.includes(one)) break;
    found.push(one);
    next = state.items.get(one.item)?.after;
  }
  return found;
}

/** How often a workflow led to this run. */
export const timesIn = (state: StationState, run: string | undefined, workflow: string): number =>
  lineage(state, run).filter(({ item }) => state.items.get(item)?.workflow?.name === workflow).length;
