import type { MemberStanding } from '../../protocol/member.ts';
import type { Item, MemberState, Run, StationState } from './contract.ts';
import { isOpen } from './hours.ts';

/** How a member stands now. */
export function standingOf(state: StationState, member: MemberState, now: number): MemberStanding {
  const run = member.run === undefined ? undefined : state.runs.get(member.run);
  if (run && !run.end) {
    if (run.health?.state === 'out-of-money') return 'out-of-money';
    return run.health?.state === 'silent' || run.again !== undefined ? 'stuck' : 'at-work';
  }
  if (member.paused) return 'paused';
  if (member.parked && member.parked.until > now) return member.parked.broke ? 'out-of-money' : 'parked';
  return member.hours && !isOpen(member.hours, now) ? 'off-hours' : 'idle';
}

/** Whether it is this member that asks the person something. */
export const asksPerson = ({ members, asks }: Run, name: string): boolean =>
  asks.some(({ agent }) => members.length === 1 || agent === name || agent.startsWith(`${name}-`));

type For = Pick<Item, 'target' | 'workflow'> & Partial<Pick<Item, 'runs'>>;

/** The run of an item that rests until it is its turn again. */
export function asideRun(state: StationState, { runs = [] }: For): Run | undefined {
  const last = runs.at(-1);
  const run = last === undefined ? undefined : state.runs.get(last);
  return run?.aside && !run.end ? run : undefined;
}

/** Those who may do it; for a workflow, those who do it together. */
export function candidates(state: StationState, item: For): MemberState[] {
  const { target, workflow } = item;
  const members = [...state.members.values()];
  // Who has begun it goes on with it.
  const aside = asideRun(state, item);
  if (aside) return members.filter(({ name }) => aside.members.includes(name));
  if (workflow) {
    const roles = new Set(workflow.plan.tasks.flatMap(task => ('role' in task ? [task.role] : [])));
    return members.filter(({ name }) => roles.has(name));
  }
  if (target === undefined) return members;
  const one = state.members.get(target);
  if (one) return [one];
  const pool = members.filter(member => member.pool === target);
  return pool.length > 0 ? pool : members.filter(({ role }) => role === target);
}

/** All that work can be for. */
export function targets(state: Pick<StationState, 'members'>): string[] {
  const members = [...state.members.values()];
  const pools = members.flatMap(({ pool }) => pool ?? []);
  return [...new Set([...members.map(({ name }) => name), ...pools, ...members.map(({ role }) => role)])];
}
