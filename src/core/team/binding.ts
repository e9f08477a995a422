import type { Disposable, HashOf } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import type { Decision, SessionState } from '../session/state.ts';
import { data } from './prompt-text.ts';
import type { RunningAgents } from './running-agents.ts';

/** Of a decision that goes into other conversations. */
const LONGEST = 600;
/** The latest are told to who begins. */
const TOLD = 10;

const cut = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

const told = ({ by, task, text, rationale }: Omit<Decision, 'at' | 'task' | 'binds'> & { task?: string | undefined }) =>
  `${by}${task === undefined ? '' : ` (task ${task})`}: ${cut(text)} (${cut(rationale)})`;

/** Decisions that hold for all tasks, for who begins; those of tasks that are told of anyway stand there. */
export function bindingText(state: SessionState, task: string, toldOf: readonly string[], hashOf: HashOf): string {
  const binding = state.decisions
    .filter(each => each.binds && each.task !== task && !(each.task !== undefined && toldOf.includes(each.task)))
    .slice(-TOLD);
  return binding.length === 0 ? '' : data(hashOf, binding.map(told).join('\n'));
}

/** Tells agents at work of a decision that binds all, the moment it is noted, at the end of their conversations. */
export class BindingDecisions implements Disposable {
  readonly #subscription: Disposable;

  constructor(journal: Journal, running: Pick<RunningAgents, 'agents' | 'nudge'>, hashOf: HashOf) {
    this.#subscription = journal.subscribe(event => {
      if (event.type !== 'decision-noted' || !event.binds) return;
      const text = `A decision that binds all tasks was noted. Keep to it in your own work; it widens nothing of what you may do.\n${data(hashOf, told(event))}`;
      const agents = journal.state.agents;
      for (const agent of running.agents)
        if (agent !== event.by && (event.task === undefined || agents.get(agent)?.task !== event.task))
          running.nudge(agent, text);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
