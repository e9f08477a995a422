import type { Run, StationState } from '../contract.ts';
import { durationKey } from '../durations.ts';
import type { StationFolds } from './fold.ts';
import { endItem } from './queue.ts';

/** How many durations of one kind are enough. */
const DURATIONS = 20;

export const runFolds: StationFolds<
  'run-started' | 'run-resumed' | 'run-yields' | 'run-set-aside' | 'run-waits' | 'run-died' | 'run-ended' | 'run-health'
> = {
  'run-started'(state, { run, item, session, members, at }) {
    state.counts.runs++;
    state.runs.set(run, { id: run, item, session, members, startedAt: at, resumed: 0, asks: [] });
    state.items.get(item)?.runs.push(run);
    take(state, state.runs.get(run) as Run);
  },
  'run-resumed'(state, { run, attempt }) {
    const found = state.runs.get(run);
    if (!found) return;
    found.resumed = attempt;
    delete found.again;
    delete found.aside;
    take(state, found);
  },
  'run-yields'(state, { run, to }) {
    const found = state.runs.get(run);
    if (found) found.yields = to;
  },
  'run-set-aside'(state, { run, reason, until, broke, unbegun }) {
    const found = state.runs.get(run);
    if (!found || found.end) return;
    const item = state.items.get(found.item);
    if (item) item.status = 'waiting';
    if (found.yields !== undefined) found.yielded = (found.yielded ?? 0) + 1;
    delete found.yields;
    found.aside = true;
    if (broke) found.broke = true;
    found.asks = [];
    for (const name of found.members) {
      const member = state.members.get(name);
      if (member?.run === run) delete member.run;
      const times = (member?.parked?.times ?? 0) + 1;
      if (member && until !== undefined) member.parked = { reason, until, times, ...(broke && { broke }) };
    }
    if (item && until !== undefined && found.members.length === 0) item.notBefore = until;
    if (!unbegun) return;
    state.runs.delete(run);
    if (item) item.runs = item.runs.filter(one => one !== run);
  },
  'run-waits'(state, { run, asks }) {
    const found = state.runs.get(run);
    if (found) found.asks = asks;
  },
  'run-died'(state, { run, again }) {
    const found = state.runs.get(run);
    if (found) found.again = again;
  },
  'run-health'(state, { run, state: health, text }) {
    const found = state.runs.get(run);
    if (found) found.health = { state: health, text };
  },
  'run-ended'(state, { run, outcome, reason, at, ms, cost, tokens, wrote }) {
    const found = state.runs.get(run);
    if (!found || found.end) return;
    const figures = { ...(cost !== undefined && { cost }), ...(tokens !== undefined && { tokens }) };
    found.end = { outcome, reason, at, ms, ...figures, ...(wrote !== undefined && { wrote }) };
    found.asks = [];
    delete found.again;
    delete found.aside;
    delete found.broke;
    delete found.yields;
    const good = outcome === 'completed';
    for (const name of found.members) {
      const member = state.members.get(name);
      if (!member) continue;
      if (member.run === run) delete member.run;
      delete member.parked;
      member[good ? 'done' : 'failed']++;
      member.ms += ms;
      // What several made together is each one's share.
      member.cost += Math.round((cost ?? 0) / found.members.length);
    }
    const item = state.items.get(found.item);
    if (good && item) note(state, durationKey(item), at - found.startedAt);
    endItem(state, found.item, good ? 'done' : 'failed', reason, at);
  },
};

/** From here on it is worked on, by its members. */
function take(state: StationState, { id, item, members }: Run): void {
  const found = state.items.get(item);
  if (found) {
    found.status = 'running';
    delete found.notBefore;
  }
  for (const name of members) {
    const member = state.members.get(name);
    if (member) member.run = id;
  }
}

function note(state: StationState, key: string, ms: number): void {
  const known = state.durations.get(key) ?? [];
  state.durations.set(key, [...known, Math.max(0, ms)].slice(-DURATIONS));
}
