import type { Changes } from '../core/changes/changes.ts';
import type { DecideOptions, Selector } from '../core/changes/decisions.ts';
import { problemText } from '../core/plan/problem.ts';
import type { Journal } from '../core/session/contract.ts';
import { openCost } from '../core/session/figures.ts';
import type { RequestHandler, RequestOutcome } from '../core/session/inbox.ts';
import type { SessionState } from '../core/session/state.ts';
import { handleRequest } from '../core/team/requests.ts';
import type { Session } from '../core/team/session.ts';
import type { NanoUsd } from '../protocol/ids.ts';
import type { InboxRequest } from '../protocol/inbox.ts';
import { counted, showMoney } from '../protocol/show.ts';

type Approval = Extract<InboxRequest, { kind: 'approve-plan' }>;
type Decision = Extract<InboxRequest, { kind: 'accept' | 'reject' }>;
interface Reviewed {
  journal: Journal;
  changes: Changes;
}

/** Does what people ask of a running session, from wherever they ask it. */
export function requestHandler(session: Session, reviewed: Reviewed): RequestHandler {
  return (body, id) => {
    if (body.kind === 'approve-plan') return approvePlan(session, body);
    const done = handleReview(reviewed, body) ?? handleRequest(session, body, id);
    // What waited for money goes on; what a person has paused does not.
    if (body.kind === 'raise-budget' && reviewed.journal.state.pausedBy === 'router') session.unpause('user');
    return done ?? { ok: false, message: `"${body.kind}" is not known here` };
  };
}

/** Agrees to the plan that was seen, and to no other one. */
async function approvePlan(session: Session, { revision, plan }: Approval): Promise<RequestOutcome> {
  const waiting = session.plans.waiting;
  if (waiting === undefined) return { ok: false, message: 'no plan waits for approval' };
  if (waiting !== revision)
    return { ok: false, message: `the plan is revision ${waiting} by now, not ${revision}: look at it again` };
  const approved = await session.plans.approve('user', plan);
  if (approved.ok) return approved;
  const problems = approved.problems.filter(({ severity }) => severity === 'error').map(each => problemText(each));
  return { ok: false, message: `the plan was not accepted: ${problems.join('; ')}` };
}

/** What a session may cost, checked against what it has cost. */
export function sessionLimit(
  state: SessionState,
  usd: number,
): { ok: true; limit: NanoUsd } | { ok: false; message: string } {
  const limit = Math.min(Math.round(usd * 1e9), Number.MAX_SAFE_INTEGER);
  const spent = state.tally.cost + (state.outcome ? openCost(state) : 0);
  if (limit > spent) return { ok: true, limit };
  return {
    ok: false,
    message: `${showMoney(limit)} is not more than the ${showMoney(spent)} that the session has spent`,
  };
}

function setLimit(journal: Journal, usd: number): RequestOutcome {
  const checked = sessionLimit(journal.state, usd);
  if (!checked.ok) return checked;
  const { limit } = checked;
  journal.append({ type: 'budget-changed', scope: 'session', key: journal.state.session, limit, by: 'user' });
  return { ok: true, message: `it may cost ${showMoney(limit)} in all` };
}

/** Does what is asked about money, changes and findings, which needs no team; undefined for anything else. */
export function handleReview(
  { journal, changes }: Reviewed,
  body: InboxRequest,
): RequestOutcome | Promise<RequestOutcome> | undefined {
  switch (body.kind) {
    case 'accept':
    case 'reject':
      return decide(changes, body);
    case 'raise-budget':
      return setLimit(journal, body.sessionUsd);
    case 'resolve-finding': {
      const found = journal.state.findings.get(body.finding);
      if (!found || found.resolved) return { ok: false, message: `there is no open finding "${body.finding}"` };
      journal.append({ type: 'finding-resolved', finding: body.finding, by: 'user', how: body.how });
      return { ok: true };
    }
    default:
      return undefined;
  }
}

/** On what was seen, where the request says what that was. */
async function decide(changes: Changes, body: Decision): Promise<RequestOutcome> {
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
  const message = `${counted(hunkCount, 'hunk')} in ${counted(done.length, 'file')} ${verb}${not === '' ? '' : `; not ${verb}: ${not}`}`;
  return { ok: refused.length === 0, message };
}
