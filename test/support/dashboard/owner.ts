import type { Event } from '../../../src/protocol/events.ts';
import type { InboxRequest } from '../../../src/protocol/inbox.ts';
import type { MemoryJournal } from '../memory-journal.ts';

/** Does what is asked of a session in memory, as far as the journal shows it. */
export function obey({ state, append }: MemoryJournal, body: InboxRequest): { ok: boolean; message?: string } {
  const event = eventFor(state.asks.get(body.kind === 'answer' ? body.ask : '')?.request.type, body);
  if (!event) return { ok: false, message: 'that cannot be done here' };
  append(event);
  return { ok: true };
}

function eventFor(asked: string | undefined, body: InboxRequest): Event | undefined {
  switch (body.kind) {
    case 'pause':
      return body.agent === undefined
        ? { type: 'session-paused', by: 'user', reason: '' }
        : { type: 'agent-paused', agent: body.agent, by: 'user' };
    case 'unpause':
      return body.agent === undefined
        ? { type: 'session-unpaused', by: 'user' }
        : { type: 'agent-unpaused', agent: body.agent, by: 'user' };
    case 'abort':
      return body.agent === undefined
        ? { type: 'session-ended', outcome: 'aborted', reason: 'aborted by the user' }
        : { type: 'agent-ended', agent: body.agent, outcome: 'aborted', summary: 'aborted by the user' };
    case 'nudge':
      return { type: 'supervision', agent: body.agent, rung: 'nudge', trigger: 'user', reason: body.text };
    case 'reassign':
      return { type: 'agent-reassigned', agent: body.agent, route: body.route, by: 'user', reason: 'asked for' };
    case 'queue-add':
      return { type: 'queue-added', item: `item-${body.text}`, text: body.text, priority: body.priority, by: 'user' };
    case 'queue-remove':
      return { type: 'queue-removed', item: body.item, by: 'user' };
    case 'answer':
      if (asked === 'question-asked')
        return { type: 'question-answered', ask: body.ask, text: body.text ?? '', by: 'user' };
      if (asked !== 'permission-asked') return undefined;
      return {
        type: 'permission-answered',
        ask: body.ask,
        decision: body.decision ?? 'deny',
        scope: body.scope ?? 'once',
        by: 'user',
        ...(body.text !== undefined && { reason: body.text }),
      };
    default:
      return undefined;
  }
}
