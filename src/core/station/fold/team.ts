import type { StationState } from '../contract.ts';
import { readSnapshot } from '../snapshot.ts';
import { admit, keepNewest, type StationFolds } from './fold.ts';

const NOTICES = 50;
const REQUESTS = 300;

export const teamFolds: StationFolds<
  | 'station-started'
  | 'station-stopped'
  | 'station-paused'
  | 'member-paused'
  | 'member-parked'
  | 'cause-admitted'
  | 'schedule-missed'
  | 'schedule-seen'
  | 'outside-seen'
  | 'notice'
  | 'request-received'
  | 'request-handled'
  | 'station-snapshot'
> = {
  'station-started'(state, { pid, host, version, members, fallback, rehearsal, at }) {
    state.started = { at, pid, host, version, ...(rehearsal !== undefined && { rehearsal }) };
    delete state.stopped;
    if (fallback === undefined) delete state.fallback;
    else state.fallback = fallback;
    const before = state.members;
    state.members = new Map();
    for (const member of members) {
      const { done = 0, failed = 0, ms = 0, cost = 0, paused = false, run } = before.get(member.name) ?? {};
      state.members.set(member.name, { ...member, done, failed, ms, cost, paused, ...(run !== undefined && { run }) });
    }
  },
  'station-stopped'(state, { reason, at }) {
    state.stopped = { at, reason };
  },
  'station-paused'(state, { paused }) {
    state.paused = paused;
  },
  'member-paused'(state, { member, paused }) {
    const found = state.members.get(member);
    if (found) found.paused = paused;
  },
  'member-parked'(state, { member, reason, until }) {
    const found = state.members.get(member);
    if (found) found.parked = { reason, until };
  },
  'cause-admitted'(state, { cause, workflow, item, note, at }) {
    admit(state, cause, item, at);
    if (note !== undefined) tell(state, { level: 'info', text: `${workflow}: ${note}`, at });
  },
  'schedule-missed'() {},
  'schedule-seen'(state, { workflow, until }) {
    state.schedules.set(workflow, until);
  },
  'outside-seen'(state, { trigger, mark }) {
    const times = (state.outside.get(trigger)?.times ?? 0) + 1;
    state.outside.set(trigger, { times, ...(mark !== undefined && { mark }) });
  },
  notice(state, { level, text, at }) {
    tell(state, { level, text, at });
  },
  'request-received'(state, { request, body, at }) {
    if (!state.requests.has(request)) state.requests.set(request, { body, at });
    keepNewest(state.requests, REQUESTS, key => state.requests.get(key)?.handled !== undefined);
  },
  'request-handled'(state, { request, ok, message }) {
    const found = state.requests.get(request);
    if (found) found.handled = { ok, ...(message !== undefined && { message }) };
  },
  'station-snapshot'(state, { state: kept }) {
    Object.assign(state, readSnapshot(kept));
  },
};

export function tell(state: StationState, notice: StationState['notices'][number]): void {
  state.notices = [...state.notices, notice].slice(-NOTICES);
}
