import { closest } from '../../core/plan/suggest.ts';
import type { AgentState } from '../../core/session/state.ts';
import type { MemberState, Run } from '../../core/station/contract.ts';
import type { SessionController } from '../session-controller.ts';
import type { StandingTeam } from '../station/standing-team.ts';
import type { WindowSession } from '../window-session.ts';

/** Whom or what a word of the person means: a session, and in it all its agents or some of them. */
export interface Meant {
  session?: WindowSession;
  agents: AgentState[];
  /** The session is meant, with all that are in it. */
  whole: boolean;
  member?: MemberState;
  /** The work that a member is at. */
  run?: Run;
}

export interface Knowing {
  controller: SessionController;
  team: StandingTeam;
}

/** A member of the standing team, a piece of its work, an agent, or a session by its id. */
export function meantBy(word: string, { controller, team }: Knowing): Meant | undefined {
  const { sessions } = controller;
  const { state } = team;
  const runs = [...(state?.runs.values() ?? [])];
  const member = state?.members.get(word);
  const run = runs.findLast(one => one.item === word || one.id === word || one.members.includes(word));
  if (member || run) {
    const session = run && controller.find(run.session);
    const agents = [...(session?.state.agents.values() ?? [])];
    return {
      ...(session && { session }),
      whole: !member,
      agents: member ? agents.filter(({ role }) => role === member.name) : agents,
      ...(member && { member }),
      ...(run && !run.end && { run }),
    };
  }
  const session = sessions.find(({ id }) => id === word);
  if (session) return { session, whole: true, agents: [...session.state.agents.values()] };
  for (const of of sessions) {
    const agent = of.state.agents.get(word);
    if (agent) return { session: of, whole: false, agents: [agent] };
  }
  return undefined;
}

/** The name that was probably meant. */
export function nearest(word: string, { controller, team }: Knowing): string | undefined {
  const agents = controller.sessions.flatMap(({ state }) => [...state.agents.keys()]);
  const ids = controller.sessions.map(({ id }) => id);
  return closest(word, [...(team.state?.members.keys() ?? []), ...agents, ...ids]);
}
