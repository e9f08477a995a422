import type { Event, EventOf } from '../../protocol/events.ts';
import type { Journal } from './contract.ts';
import type { SessionState } from './state.ts';

const CUT_OFF = 'The process ended before this did.';

/**
 * What a run that was cut off left open and nobody can learn more of, as the events that settle it. Calls cost their
 * whole reservation, for the vendor may have charged it. Checks are over without a result. Agents are interrupted: they
 * go on under their own names when they are started again.
 *
 * Left to those who can still find out: writes and reviews (`Changes.open` compares hashes), tool calls (the agent that
 * goes on settles its own), asks (asked again under their ids), requests in the inbox (`serveInbox`).
 */
export function settlement(state: SessionState): Event[] {
  /** At least so long: up to the last thing that is known to have happened. */
  const since = (at: number) => Math.max(0, (state.workedAt ?? at) - at);
  const events: Event[] = [];
  for (const { intent, at } of state.openCalls.values()) {
    const { call, agent, task, model, reserved } = intent;
    events.push({
      type: 'call-outcome',
      call,
      agent,
      ...(task !== undefined && { task }),
      model,
      result: { ok: false, error: 'aborted', message: CUT_OFF },
      ms: since(at),
      ...(reserved !== undefined && { cost: reserved, costIsReservation: true }),
    });
  }
  for (const { id, task, check, round, at } of state.openChecks.values()) {
    const of = { id, task, check, ...(round !== undefined && { round }) };
    events.push({ type: 'check-ended', ...of, ok: false, interrupted: true, ms: since(at) });
  }
  for (const { agent, status } of state.agents.values())
    if (status === 'running' || status === 'paused' || status === 'waiting')
      events.push({ type: 'agent-ended', agent, outcome: 'interrupted', summary: CUT_OFF });
  return events;
}

/** What a session that goes on says first. Before it, state is as the last run left it. */
export async function resume(journal: Journal, by: Omit<EventOf<'session-resumed'>, 'type'>) {
  const events = settlement(journal.state);
  journal.append({ type: 'session-resumed', ...by });
  for (const event of events) journal.append(event);
  await journal.flush();
}
