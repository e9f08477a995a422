import type { Changes } from '../core/changes/changes.ts';
import type { DecideOptions, Selector } from '../core/changes/decisions.ts';
import type { RequestHandler, RequestOutcome } from '../core/session/inbox.ts';
import { handleRequest } from '../core/team/requests.ts';
import type { Session } from '../core/team/session.ts';
import type { NanoUsd } from '../protocol/ids.ts';
import type { InboxRequest } from '../protocol/inbox.ts';

type Review = Extract<InboxRequest, { kind: 'accept' | 'reject' }>;

/** Does what people ask of a running session, from wherever they ask it. */
export function requestHandler(
  session: Session,
  changes: Changes,
  /** Sets what the session may cost. */
  setBudget: (limit: NanoUsd) => void,
): RequestHandler {
  return (body, id) => {
    if (body.kind === 'accept' || body.kind === 'reject') return review(changes, body);
    if (body.kind === 'raise-budget') {
      setBudget(Math.round(body.sessionUsd * 1e9));
      session.unpause('user');
      return { ok: true };
    }
    return handleRequest(session, body, id) ?? { ok: false, message: `"${body.kind}" is not known here` };
  };
}

async function review(changes: Changes, body: Review): Promise<RequestOutcome> {
  const { kind, path, hunks, task, agent, reason, seen, edits, force } = body;
  const selector: Selector = {
    ...(path !== undefined && { path }),
    ...(hunks && { hunks }),
    ...(task !== undefined && { task }),
    ...(agent !== undefined && { agent }),
  };
  const options: DecideOptions = {
    by: 'user',
    ...(reason !== undefined && { reason }),
    ...(edits !== undefined && { edits }),
    ...(force !== undefined && { force }),
  };
  const views = seen ? new Map(Object.entries(seen)) : changes.views(selector);
  const { done, refused } = await changes[kind](selector, views, options);
  const verb = kind === 'accept' ? 'accepted' : 'rejected';
  const hunkCount = done.reduce((sum, file) => sum + file.hunks.length, 0);
  const not = refused.map(file => `${file.path} (${file.reason})`).join(', ');
  const message = `${hunkCount} hunks in ${done.length} files ${verb}${not === '' ? '' : `; not ${verb}: ${not}`}`;
  return { ok: refused.length === 0, message };
}
