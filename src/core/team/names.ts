import type { SessionState } from '../session/state.ts';

/** Names for agents: the role and a number, never used before in this session. */
export class AgentNames {
  readonly #state: SessionState;
  readonly #given = new Map<string, number>();

  constructor(state: SessionState) {
    this.#state = state;
  }

  next(role: string): string {
    const number = (this.#given.get(role) ?? this.#highest(role)) + 1;
    this.#given.set(role, number);
    return `${role}-${number}`;
  }

  /** Rounds, and the roster of the plan, name agents before these start. */
  #highest(role: string): number {
    const prefix = `${role}-`;
    const rounds = [...this.#state.tasks.values()].flatMap(task => task.rounds.map(round => round.agent));
    let highest = 0;
    for (const name of [...this.#state.agents.keys(), ...this.#state.roster.keys(), ...rounds]) {
      const number = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN;
      if (Number.isInteger(number)) highest = Math.max(highest, number);
    }
    return highest;
  }
}
