import type { SessionOutcome } from '../../protocol/events.ts';
import type { Journal } from '../session/contract.ts';
import { hasEnded } from '../session/standing.ts';
import { whyUnkept } from '../session/unkept.ts';
import type { AttentionQueue } from './attention.ts';
import type { RunningAgents } from './running-agents.ts';

export type End = { outcome: SessionOutcome; reason: string };

/** How the session ends when what has happened cannot be written: the next run begins where the journal ends. */
export function unkept(journal: Journal): Promise<End | undefined> {
  return journal.flush().then(
    () => undefined,
    error => ({ outcome: 'interrupted', reason: whyUnkept(error) }),
  );
}

/** What a session that is not to go on leaves open is closed. */
export function tidyUp(
  { outcome, reason }: End,
  journal: Journal,
  agents: RunningAgents,
  attention: AttentionQueue,
): void {
  if (outcome === 'interrupted' || outcome === 'budget-spent') return;
  for (const { agent, status } of [...journal.state.agents.values()]) {
    if (status === 'interrupted' && outcome === 'aborted') agents.ended(agent, 'aborted', reason);
  }
  for (const { ask, agent } of [...journal.state.asks.values()]) {
    if (journal.state.asks.has(ask)) attention.withdraw(agent, 'the session has ended');
  }
  if (outcome !== 'aborted') return;
  for (const [id, { status }] of [...journal.state.tasks]) {
    if (!hasEnded(status)) journal.append({ type: 'task-cancelled', task: id, by: 'user', reason });
  }
}
