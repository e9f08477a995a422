import { waitingCandidate } from '../../core/delivery/state.ts';
import { planAsk } from '../../core/session/plan-ask.ts';
import { pageOf } from '../../protocol/api.ts';
import { ApprovalItem } from '../../protocol/api-team.ts';
import type { Workspace } from '../workspace.ts';
import { stateOf } from './deliveries.ts';
import { PageQuery, page } from './page.ts';
import { route } from './route.ts';
import { workspacesFor } from './served.ts';
import { InWorkspace } from './sessions.ts';

export const approvalRoutes = [
  route({
    id: 'listApprovals',
    path: '/approvals',
    summary: 'All that waits for a person: plans, permissions, questions, deliveries, and where each is answered',
    query: PageQuery.extend(InWorkspace.shape),
    answer: pageOf(ApprovalItem),
    async handle({ served, query }) {
      const chosen = workspacesFor(served, query.workspace);
      const items = (await Promise.all(chosen.map(waitingIn))).flat();
      return { json: page(items, ({ id }) => id, query) };
    },
  }),
];

async function waitingIn(workspace: Workspace): Promise<ApprovalItem[]> {
  return [...askedIn(workspace), ...(await toLandIn(workspace))];
}

/** Of the sessions that somebody runs. */
function askedIn({ host }: Workspace): ApprovalItem[] {
  return host.sessions.sessions.flatMap(({ state, runs }) => {
    if (!runs) return [];
    const plan = planAsk(state);
    return [...state.asks.values()].map(({ ask, agent, request }): ApprovalItem => {
      const at = `/api/v1/sessions/${state.session}`;
      const shared = { id: `${state.session}/${ask}`, session: state.session, agent };
      if (ask === plan) return { ...shared, kind: 'plan', what: state.goal, answer: `${at}/plan/approve` };
      return request.type === 'permission-asked'
        ? { ...shared, kind: 'permission', what: request.what, answer: `${at}/requests` }
        : { ...shared, kind: 'question', what: request.text, answer: `${at}/requests` };
    });
  });
}

async function toLandIn(workspace: Workspace): Promise<ApprovalItem[]> {
  // A folder without git has none.
  const state = await stateOf(workspace).catch(() => undefined);
  return [...(state?.deliveries.values() ?? [])].flatMap((each): ApprovalItem[] => {
    const waits = state && waitingCandidate(state, each);
    if (!waits) return [];
    const { delivery, session, title } = each;
    return [
      {
        id: `${delivery}/${waits.candidate}`,
        kind: 'delivery',
        session,
        what: title,
        answer: `/api/v1/deliveries/${delivery}/approve`,
      },
    ];
  });
}
