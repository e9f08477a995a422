import { type DeliveryState, waitingCandidate } from '../../core/delivery/state.ts';
import { PLAN_RULE } from '../../core/session/plan-ask.ts';
import type { Event } from '../../protocol/events.ts';
import { showMoney } from '../../protocol/show.ts';
import type { TOLD_OF } from '../hook-file.ts';

/** What an address is told: names and figures, never what agents wrote, ran or asked. */
export interface Told {
  of: (typeof TOLD_OF)[number];
  /** What happened, for programs. */
  event: string;
  /** One sentence, for chats. */
  text: string;
}

export function toldOf(event: Event): Told | undefined {
  switch (event.type) {
    case 'permission-asked':
      return event.rule === PLAN_RULE
        ? { of: 'ask', event: 'plan-waits', text: 'A plan waits for approval.' }
        : { of: 'ask', event: 'permission-asked', text: `${event.agent} asks for permission (${event.kind}).` };
    case 'question-asked':
      return { of: 'ask', event: 'question-asked', text: `${event.agent} asks a question.` };
    case 'session-ended':
      return { of: 'end', event: 'session-ended', text: `A session ended: ${event.outcome}.` };
    case 'budget-alert':
      return {
        of: 'budget',
        event: 'budget-alert',
        text: `${showMoney(event.spent)} of ${showMoney(event.limit)} are spent (${event.scope}).`,
      };
    case 'budget-spent':
      return { of: 'budget', event: 'budget-spent', text: `The budget is spent (${event.scope}).` };
    default:
      return undefined;
  }
}

/** How each delivery stands, as far as anybody is told of it. */
export function deliveriesToTell(state: DeliveryState): Map<string, Told> {
  const told = new Map<string, Told>();
  for (const each of state.deliveries.values()) {
    const waits = waitingCandidate(state, each);
    const { delivery, target, status } = each;
    const say = (event: string, text: string) => told.set(delivery, { of: 'delivery', event, text });
    if (waits) say(`waits ${waits.candidate}`, `${delivery} is green on ${target} and waits for approval.`);
    else if (status === 'landed')
      say('landed', `${delivery} landed on ${each.landed?.ref.split('/').slice(2).join('/') ?? target}.`);
    else if (status === 'red') say('red', `${delivery} did not pass its checks.`);
    else if (status === 'conflicted') say('conflicted', `${delivery} does not fit ${target} any more.`);
  }
  return told;
}
