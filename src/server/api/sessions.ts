import * as z from 'zod';
import { parsePlan } from '../../core/plan/parse.ts';
import { problemText } from '../../core/plan/problem.ts';
import { fromElsewhere } from '../../core/session/seal.ts';
import { checklist } from '../../core/team/completion.ts';
import { whatIsLeft } from '../../dashboard/rows/next-steps.ts';
import { overviewView, sessionView } from '../../dashboard/rows/session.ts';
import { rowsOf } from '../../dashboard/rows/tables.ts';
import {
  pageOf,
  ResumeSession,
  SessionItem,
  SessionRef,
  SessionSnapshot,
  StartSession,
  WorkspaceItem,
} from '../../protocol/api.ts';
import type { Refused } from '../../runtime/contract.ts';
import { ProblemError } from '../problem.ts';
import type { Workspace } from '../workspace.ts';
import { PageQuery, page } from './page.ts';
import { type Answer, type Asking, route } from './route.ts';
import { type Found, findSession, workspaceNamed, workspacesFor, writable } from './served.ts';

export const SessionParams = z.object({ session: z.string().max(64) });
/** Only where the same id stands in several workspaces. */
export const InWorkspace = z.object({ workspace: z.string().max(200).optional() });

export const sessionRoutes = [
  route({
    id: 'listWorkspaces',
    path: '/workspaces',
    summary: 'The workspaces that are served',
    answer: pageOf(WorkspaceItem),
    async handle({ served }) {
      const items = served.workspaces.map(({ name, host }) => ({
        name,
        folder: host.folder,
        readOnly: !host.trusted(),
      }));
      return { json: { items } };
    },
  }),
  route({
    id: 'listSessions',
    path: '/sessions',
    summary: 'The sessions of all workspaces, or of one: newest first',
    query: PageQuery.extend(InWorkspace.shape),
    answer: pageOf(SessionItem),
    async handle({ served, query }) {
      const chosen = workspacesFor(served, query.workspace);
      const all = (await Promise.all(chosen.map(itemsOf))).flat().sort((a, b) => (a.id < b.id ? 1 : -1));
      return { json: page(all, ({ workspace, id }) => `${workspace}/${id}`, query) };
    },
  }),
  route({
    id: 'startSession',
    path: '/sessions',
    summary: 'Starts a session with a goal, a workflow, or a rehearsal',
    body: StartSession,
    answer: SessionRef,
    status: 201,
    async handle(asking) {
      const { served, body, holder, request } = asking;
      const workspace = writable(workspaceNamed(served, body.workspace));
      const earlier = request && (await workspace.host.runtime.list()).find(each => each.request === request);
      if (earlier) return created(workspace, earlier.id);
      const { goal, budgetUsd, roles, rehearse } = body;
      const plan = body.workflow === undefined ? undefined : await workflowOf(workspace, body.workflow);
      const said = goal ?? plan?.goal;
      if (said === undefined && rehearse === undefined)
        throw new ProblemError('invalid-body', 'Name a goal, a workflow, or a rehearsal.');
      const started = await workspace.host.startSession({
        kind: 'new',
        ...(said !== undefined && { goal: said }),
        ...(plan && { plan }),
        ...(budgetUsd !== undefined && { budgetUsd }),
        ...(roles && { roles }),
        ...(rehearse !== undefined && { rehearse }),
        asked: { by: holder.name, ...(request !== undefined && { request }) },
      });
      if (!started.ok) throw notStarted(started);
      return created(workspace, started.session.id);
    },
  }),
  route({
    id: 'getSession',
    path: '/sessions/{session}',
    summary: 'A session as it stands; read its events from `seq` on to stay up to date',
    params: SessionParams,
    query: InWorkspace,
    answer: SessionSnapshot,
    async handle(asking) {
      const { workspace, feed } = await foundIn(asking);
      const runs = await workspace.runs(feed);
      const { state } = feed;
      const snapshot = {
        id: feed.id,
        workspace: workspace.name,
        seq: state.seq,
        runs,
        session: sessionView({ state, runs, ...whatIsLeft(state, runs) }),
        overview: overviewView(state, checklist),
        ...rowsOf(state, ['asks', 'agents', 'tasks', 'budget', 'providers', 'models', 'queue'], runs),
      };
      return { json: snapshot, etag: `"${state.seq}-${runs ? 'runs' : 'rests'}"` };
    },
  }),
  route({
    id: 'resumeSession',
    path: '/sessions/{session}/resume',
    summary: 'Goes on with a session that nobody runs: where it stopped, with more work, or with what failed',
    params: SessionParams,
    query: InWorkspace,
    body: ResumeSession,
    answer: SessionRef,
    async handle(asking) {
      const { body, holder, request } = asking;
      const { workspace, feed } = await foundIn(asking);
      const { budgetUsd, more, retry, rehearse } = body;
      const started = await writable(workspace).host.startSession({
        kind: 'resume',
        session: feed.id,
        ...(budgetUsd !== undefined && { budgetUsd }),
        ...(more && { more: more.map(({ text, target }) => ({ text, ...(target !== undefined && { target }) })) }),
        ...(retry && { retry }),
        ...(rehearse !== undefined && { rehearse }),
        asked: { by: holder.name, ...(request !== undefined && { request }) },
      });
      if (!started.ok) throw notStarted(started);
      return { json: { id: started.session.id, workspace: workspace.name } };
    },
  }),
];

/** The session that the address names. */
export function foundIn({
  served,
  params,
  query,
}: Pick<
  Asking<z.infer<typeof SessionParams>, z.infer<typeof InWorkspace>, unknown>,
  'served' | 'params' | 'query'
>): Promise<Found> {
  return findSession(served, params.session, query.workspace);
}

/** The same, for doing something with it: one of the user's own, where that is allowed. */
export async function ownIn(asking: Parameters<typeof foundIn>[0]): Promise<Found> {
  const found = await foundIn(asking);
  const { host } = writable(found.workspace);
  const origin = (await host.runtime.list()).find(({ id }) => id === found.feed.id)?.origin;
  if (origin !== undefined && origin !== 'own')
    throw new ProblemError('from-elsewhere', fromElsewhere(found.feed.id, origin));
  return found;
}

async function itemsOf({ name, host }: Workspace): Promise<z.infer<typeof SessionItem>[]> {
  return (await host.runtime.list()).map(({ id, goal, startedAt, lastAt, outcome, owner, origin }) => ({
    id,
    workspace: name,
    lastAt,
    runs: owner !== undefined && !owner.reviews && outcome === undefined,
    origin,
    ...(goal !== undefined && { goal }),
    ...(startedAt !== undefined && { startedAt }),
    ...(outcome !== undefined && { outcome }),
    ...(owner && { host: owner.host }),
  }));
}

const created = ({ name: workspace }: Workspace, id: string): Answer<z.infer<typeof SessionRef>> => ({
  status: 201,
  json: { id, workspace },
  location: `/api/v1/sessions/${id}`,
});

async function workflowOf({ host }: Workspace, text: string) {
  const roles = await host.runtime.roles();
  const parsed = parsePlan(text, { roles: roles.map(({ name }) => name) });
  if (parsed.ok) return parsed.plan;
  const errors = parsed.problems.map(problem => ({ at: '/workflow', message: problemText(problem) }));
  throw new ProblemError('invalid-body', 'The workflow is no plan that can run.', errors);
}

/** Why a session does not begin. */
function notStarted(refused: Refused): ProblemError {
  switch (refused.reason) {
    case 'missing':
      return new ProblemError('not-found', 'There is no such session.');
    case 'elsewhere':
      return new ProblemError('from-elsewhere', fromElsewhere(refused.session, refused.origin));
    case 'owned':
      return new ProblemError('refused', `Process ${refused.owner.pid} (${refused.owner.host}) runs it already.`);
    case 'limit':
    case 'delivery':
      return new ProblemError('refused', refused.message);
    case 'no-script':
      return new ProblemError('invalid-body', `There is no rehearsal "${refused.name}".`);
    case 'other-models':
      return new ProblemError(
        'refused',
        refused.rehearsed ? 'It was rehearsed: name its script by "rehearse".' : 'It was not rehearsed.',
      );
    case 'unattended':
      return new ProblemError('not-startable', 'The plan has to be approved, and nobody is there.');
    case 'config': {
      const errors = refused.problems.map(({ source, message }) => ({ at: source, message }));
      return new ProblemError('not-startable', 'The configuration cannot be used.', errors);
    }
    case 'no-provider':
      return new ProblemError('not-startable', 'No provider answers. See POST /api/v1/doctor.');
    case 'no-route':
      return new ProblemError('not-startable', `No route leads to ${refused.providers.join(', ')}.`);
    case 'no-price':
      return new ProblemError('not-startable', `Nobody knows what ${refused.model} costs.`);
  }
}
