import { oneLine } from '../../core/plain.ts';
import type { Item, StationState } from '../../core/station/contract.ts';
import { forecast } from '../../core/station/forecast.ts';
import { asksPerson, standingOf } from '../../core/station/members.ts';
import type { TeamView } from '../../protocol/dashboard-team.ts';

const TEXT = 200;
const short = ({ text }: Item) => oneLine(text).slice(0, TEXT);

/** The standing team as a page shows it beside the sessions. */
export function teamView(state: StationState, now: number): TeamView {
  const items = [...state.items.values()];
  const told = forecast(state, { now, alone: item => item.deliver !== true });
  const [next] = [...told].sort(([, a], [, b]) => a.begin - b.begin);
  const item = next && state.items.get(next[0]);
  const ends = [...told.values()].map(({ end }) => end);
  return {
    paused: state.paused,
    members: [...state.members.keys()].flatMap(name => memberView(state, name, now)),
    waiting: items.filter(({ status }) => status === 'waiting').length,
    held: items.filter(({ status }) => status === 'held').length,
    ...(item && next && !state.paused && { next: { item: item.id, text: short(item), begins: next[1].begin } }),
    ...(ends.length > 0 && !state.paused && { until: ends.reduce((a, b) => Math.max(a, b)) }),
  };
}

function memberView(state: StationState, name: string, now: number): TeamView['members'] {
  const member = state.members.get(name);
  if (!member) return [];
  const { pool, role, paused, parked, done, failed, cost } = member;
  const run = member.run === undefined ? undefined : state.runs.get(member.run);
  const item = run && !run.end ? state.items.get(run.item) : undefined;
  const health = run && !run.end && run.health?.state !== 'well' ? run.health?.text : undefined;
  const note = health ?? (parked && parked.until > now ? parked.reason : undefined);
  return [
    {
      name,
      place: pool ?? role,
      standing: standingOf(state, member, now),
      asks: run !== undefined && !run.end && asksPerson(run, name),
      pauses: paused && item !== undefined,
      ...(item && run && { doing: { item: item.id, text: short(item), since: run.startedAt, session: run.session } }),
      ...(note !== undefined && { note }),
      ...{ done, failed, cost },
    },
  ];
}
