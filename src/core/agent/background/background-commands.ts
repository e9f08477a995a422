import type { ToolResult } from '../contract.ts';
import type { BackgroundCommand } from './background-command.ts';

/** At once, of one agent. */
export const MOST_BACKGROUND = 8;

/** The commands that agents have running beside their work; none outlives its agent. */
export class BackgroundCommands {
  readonly #agents = new Map<string, Map<string, BackgroundCommand<ToolResult>>>();

  /** Those of an agent, ended ones too. */
  of(agent: string): ReadonlyMap<string, BackgroundCommand<ToolResult>> {
    return this.#agents.get(agent) ?? new Map();
  }

  running(agent: string): BackgroundCommand<ToolResult>[] {
    return [...this.of(agent).values()].filter(one => one.ended === undefined);
  }

  add(agent: string, command: BackgroundCommand<ToolResult>): void {
    const all = this.#agents.get(agent) ?? new Map();
    this.#agents.set(agent, all.set(command.id, command));
  }

  /** Ends what the agent has running, and returns when it is gone. */
  async endOf(agent: string): Promise<void> {
    await Promise.all(this.running(agent).map(one => one.stop()));
    this.#agents.delete(agent);
  }
}
