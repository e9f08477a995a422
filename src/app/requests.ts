import type { Changes } from '../core/changes/changes.ts';
import type { DecideOptions, Selector } from '../core/changes/decisions.ts';
import type { RequestHandler, RequestOutcome } from '../core/session/inbox.ts';
import type { Session } from '../core/team/session.ts';
import type { InboxRequest } from '../protocol/inbox.ts';

type Review = Extract<InboxRequest, { kind: 'accept' | 'reject' }>;

/** Does what people ask of a running session, from wherever they ask it. */
export function requestHandler(session: Session, changes: Changes): RequestHandler {
  return (body, id): RequestOutcome | Promise<RequestOutcome> => {
    switch (body.kind) {
      case 'abort':
        if (body.agent !== undefined) return session.abortAgent(body.agent, body.reason ?? 'ended by the user');
        session.abort(body.reason ?? 'ended by the user');
        return { ok: true };
      case 'pause':
        return body.agent === undefined
          ? session.pause('user', body.reason ?? 'paused by the user')
          : session.pauseAgent(body.agent, 'user');
      case 'unpause':
        return body.agent === undefined ? session.unpause('user') : session.unpauseAgent(body.agent, 'user');
      case 'answer':
        return session.answer(body.ask, body, 'user');
      case 'accept':
      case 'reject':
        return review(session, changes, body);
      case 'queue-add':
        return session.addToQueue(body, 'user', id);
      case 'queue-remove':
        return session.removeFromQueue(body.item, 'user');
      case 'reassign':
        return session.reassign(body.agent, body.route, 'user', body.reason ?? 'asked by the user');
      case 'nudge':
        return session.nudge(body.agent, body.text);
    }
  };
}

async function review(session: Session, changes: Changes, body: Review): Promise<RequestOutcome> {
  const { kind, path, hunks, task, agent, reason } = body;
  const selector: Selector = {
    ...(path !== undefined && { path }),
    ...(hunks && { hunks }),
    ...(task !== undefined && { task }),
    ...(agent !== undefined && { agent }),
  };
  const options: DecideOptions = { by: 'user', ...(reason !== undefined && { reason }) };
  const { done, refused } = await changes[kind](selector, changes.views(selector), options);
  if (kind === 'reject' && reason !== undefined) {
    for (const file of done) session.mend(file.path, reason, 'user');
  }
  const verb = kind === 'accept' ? 'accepted' : 'rejected';
  const hunkCount = done.reduce((sum, file) => sum + file.hunks.length, 0);
  const not = refused.map(file => `${file.path} (${file.reason})`).join(', ');
  const message = `${hunkCount} hunks in ${done.length} files ${verb}${not === '' ? '' : `; not ${verb}: ${not}`}`;
  return { ok: refused.length === 0, message };
}
