import type { JournalEvent } from '../../protocol/events.ts';
import type { SessionState } from './state.ts';

/**
 * The one place where events of older journals become what they are today, before the state takes them. Outcomes and
 * answers did not say whose they are: what was open when they came tells, and it alone is believed.
 */
export function fillIn(state: SessionState, event: JournalEvent): void {
  switch (event.type) {
    case 'call-outcome': {
      const intent = state.openCalls.get(event.call)?.intent;
      if (!intent) return;
      const { agent, task, model } = intent;
      Object.assign(event, { agent, ...(task !== undefined && { task }), model });
      return;
    }
    case 'permission-answered':
    case 'question-answered': {
      const ask = state.asks.get(event.ask);
      if (ask) Object.assign(event, askedBy(state, ask.agent));
      return;
    }
    default:
      return;
  }
}

/** Who asks, for the event that answers. */
export function askedBy(state: SessionState, agent: string): { agent: string; task?: string } {
  const task = state.agents.get(agent)?.task;
  return { agent, ...(task !== undefined && { task }) };
}
