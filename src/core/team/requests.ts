import type { InboxRequest } from '../../protocol/inbox.ts';
import type { RequestOutcome } from '../session/inbox.ts';
import type { Session } from './session.ts';

/** Does what another process asked of the team; undefined for what is not the team's: the review, the plan, and money. */
export function handleRequest(session: Session, request: InboxRequest, id: string): RequestOutcome | undefined {
  switch (request.kind) {
    case 'abort': {
      const reason = request.reason ?? 'asked to';
      if (request.agent !== undefined) return session.abortAgent(request.agent, reason);
      session.abort(reason);
      return { ok: true };
    }
    case 'pause':
      if (request.agent !== undefined) return session.pauseAgent(request.agent, 'user');
      return session.pause('user', request.reason ?? 'asked to');
    case 'unpause':
      return request.agent === undefined ? session.unpause('user') : session.unpauseAgent(request.agent, 'user');
    case 'answer': {
      const { kind: _, ask, ...answer } = request;
      return session.answer(ask, answer, 'user');
    }
    case 'queue-add': {
      const { kind: _, ...item } = request;
      return session.addToQueue(item, 'user', id);
    }
    case 'queue-remove':
      return session.removeFromQueue(request.item, 'user');
    case 'reassign':
      return session.reassign(request.agent, request.route, 'user', request.reason ?? 'asked to');
    case 'mend':
      return session.mend(request.path, request.reason, 'user');
    case 'retry': {
      const { task } = request;
      const retried = session.retry(task === undefined ? 'all' : { task }, 'user');
      if (!retried.ok) return retried;
      const { tasks } = retried;
      if (tasks.length === 0) return { ok: false, message: 'nothing failed and nothing was cancelled' };
      return { ok: true, message: `tried again: ${tasks.join(', ')}` };
    }
    case 'let-go':
      return { ok: false, message: 'it runs' };
    case 'go-local':
      return session.goLocal('user');
    case 'nudge':
      return session.nudge(request.agent, request.text);
    case 'approve-plan':
    case 'accept':
    case 'reject':
    case 'resolve-finding':
    case 'raise-budget':
      return undefined;
  }
}
