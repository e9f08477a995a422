import { renderPlan } from '../../core/plan/render.ts';
import { planAsk } from '../../core/session/plan-ask.ts';
import { ApprovePlan, DecideChanges, PlanText, RefusePlan, RequestDone, SessionRequest } from '../../protocol/api.ts';
import type { InboxRequest } from '../../protocol/inbox.ts';
import type { Answered } from '../../runtime/contract.ts';
import { ProblemError } from '../problem.ts';
import { type Asking, type JsonAnswer, route } from './route.ts';
import { foundIn, InWorkspace, ownIn, SessionParams } from './sessions.ts';

/** What only says something between our own programs. */
const INNER: ReadonlySet<InboxRequest['kind']> = new Set(['let-go']);

const shared = { params: SessionParams, query: InWorkspace, answer: RequestDone } as const;

export const requestRoutes = [
  route({
    ...shared,
    id: 'requestOfSession',
    path: '/sessions/{session}/requests',
    summary:
      'Asks something of a session: pause, unpause, abort, nudge, reassign, answer, raise-budget, queue-add, queue-remove, retry, mend, resolve-finding, go-local, approve-plan, accept, reject',
    body: SessionRequest,
    handle: asking => {
      if (INNER.has(asking.body.kind)) throw new ProblemError('invalid-body', 'That is not for people to ask.');
      return done(asking, asking.body);
    },
  }),
  route({
    id: 'getPlan',
    path: '/sessions/{session}/plan',
    summary: 'The plan in force, or the one that waits for approval, as YAML to read and edit',
    params: SessionParams,
    query: InWorkspace,
    answer: PlanText,
    async handle(asking) {
      const { workspace, feed } = await foundIn(asking);
      const { plan, estimate, planRevision, planApproved, asks } = feed.state;
      if (!plan) throw new ProblemError('not-found', 'There is no plan yet.');
      const waits = !planApproved && (await workspace.runs(feed)) && planAsk({ asks }) !== undefined;
      return { json: { revision: planRevision, approved: planApproved, waits, yaml: renderPlan(plan, estimate) } };
    },
  }),
  route({
    id: 'getPlanText',
    path: '/sessions/{session}/plan.yaml',
    summary: 'The same, nothing but the YAML',
    params: SessionParams,
    query: InWorkspace,
    mediaType: 'application/yaml',
    async handle(asking) {
      const { feed } = await foundIn(asking);
      const { plan, estimate } = feed.state;
      if (!plan) throw new ProblemError('not-found', 'There is no plan yet.');
      return { text: renderPlan(plan, estimate), mediaType: 'application/yaml' };
    },
  }),
  route({
    ...shared,
    id: 'approvePlan',
    path: '/sessions/{session}/plan/approve',
    summary: 'Approves the plan that was seen, as it is or edited',
    body: ApprovePlan,
    handle: asking => {
      const { revision, plan } = asking.body;
      return done(asking, { kind: 'approve-plan', revision, ...(plan !== undefined && { plan }) });
    },
  }),
  route({
    ...shared,
    id: 'refusePlan',
    path: '/sessions/{session}/plan/refuse',
    summary: 'Refuses the plan: with a reason another one is made, without one the session ends',
    body: RefusePlan,
    async handle(asking) {
      const { feed } = await foundIn(asking);
      const ask = planAsk(feed.state);
      if (ask === undefined) throw new ProblemError('refused', 'No plan waits for approval.');
      const { reason } = asking.body;
      return done(asking, { kind: 'answer', ask, decision: 'deny', scope: 'once', ...(reason && { text: reason }) });
    },
  }),
  ...(['accept', 'reject'] as const).map(kind =>
    route({
      ...shared,
      id: `${kind}Changes`,
      path: `/sessions/{session}/changes/${kind}`,
      summary:
        kind === 'accept'
          ? 'Keeps what agents wrote: a hunk, a file, what came of a task or an agent, or all'
          : 'Takes it out again: your own edits stay; with a reason it goes back to the agent',
      body: DecideChanges,
      handle: asking => done(asking, { kind, ...withoutUndefined(asking.body) }),
    }),
  ),
];

/** Passes it to the owner of the session, in the name of the token. */
async function done(
  asking: Pick<
    Asking<{ session: string }, { workspace?: string | undefined }, unknown>,
    'served' | 'params' | 'query' | 'holder' | 'request' | 'signal'
  >,
  body: InboxRequest,
): Promise<JsonAnswer<Pick<Answered, 'ok' | 'message' | 'request'>>> {
  const { workspace, feed } = await ownIn(asking);
  const { holder, request, signal } = asking;
  const asked = { by: holder.name, ...(request !== undefined && { request }) };
  const { why, ...answered } = await workspace.host.runtime.ask(feed.id, body, signal, asked);
  switch (why) {
    case 'nobody':
      throw new ProblemError('not-running', `Resume it first: POST /api/v1/sessions/${feed.id}/resume`);
    case 'other-body':
      throw new ProblemError('key-reused', answered.message);
    case 'silent':
      return { status: 202, json: answered };
    default:
      if (!answered.ok) throw new ProblemError('refused', answered.message);
      return { json: answered };
  }
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };
const withoutUndefined = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
