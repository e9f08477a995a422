import { closest } from '../../core/plan/suggest.ts';
import type { AgentState } from '../../core/session/state.ts';
import type { MemberState, Run } from '../../core/station/contract.ts';
import type { SessionController } from '../session-controller.ts';
import type { StandingTeam } from '../station/standing-team.ts';
import type { WindowSession } from '../window-session.ts';

/** A session may be named by the end of its id, from so many characters on. */
const LAST_PART = 4;

/** Whom or what a word of the person means: a session, and of it all or some agents. */
export interface Meant {
  session?: WindowSession;
  /** Absent: all that are in the session, also those to come. */
  mine?: ((agent: AgentState) => boolean) | undefined;
  member?: MemberState;
  /** The work that a member is at. */
  run?: Run;
}

export interface Knowing {
  controller: SessionController;
  team: StandingTeam;
}

/** The agents that are meant, as far as they have begun. */
export const agentsOf = ({
  session,
  mine = () => true,
}: Pick<Meant, 'mine'> & { session?: Pick<WindowSession, 'state'> }): AgentState[] =>
  [...(session?.state.agents.values() ?? [])].filter(mine);

/** A member of the standing team, a piece of its work, an agent, or a session by its id. */
export function meantBy(word: string, { controller, team }: Knowing): Meant | undefined {
  const { state } = team;
  const member = state?.members.get(word);
  const run = [...(state?.runs.values() ?? [])].findLast(({ id, item, members }) =>
    member ? members.includes(word) : item === word || id === word,
  );
  if (member || run) {
    const session = run && controller.find(run.session);
    return {
      ...(session && { session }),
      ...(member && { member, mine: ({ role }) => role === member.name }),
      ...(run && !run.end && { run }),
    };
  }
  const { sessions } = controller;
  const of = sessions.find(({ state: { agents } }) => agents.has(word));
  if (of) return { session: of, mine: ({ agent }) => agent === word };
  const session = sessions.find(({ id }) => id === word || (word.length >= LAST_PART && id.endsWith(word)));
  return session && { session };
}

/** The name that was probably meant. */
export function nearest(word: string, { controller, team }: Knowing): string | undefined {
  const agents = controller.sessions.flatMap(({ state }) => [...state.agents.keys()]);
  const ids = controller.sessions.map(({ id }) => id);
  return closest(word, [...(team.state?.members.keys() ?? []), ...agents, ...ids]);
}
