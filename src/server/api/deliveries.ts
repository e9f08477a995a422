import * as z from 'zod';
import type { Deliveries, Done } from '../../core/delivery/contract.ts';
import { GitError } from '../../core/delivery/git.ts';
import { type Candidate, type Delivery, type DeliveryState, waitingCandidate } from '../../core/delivery/state.ts';
import { pageOf, RequestDone } from '../../protocol/api.ts';
import { ApproveDelivery, Deliver, DeliveryItem, Land, Landing, Reason, Target } from '../../protocol/api-team.ts';
import { ProblemError } from '../problem.ts';
import type { Workspace } from '../workspace.ts';
import { PageQuery, page } from './page.ts';
import { type Asking, route } from './route.ts';
import { workspaceNamed, writable } from './served.ts';
import { InWorkspace } from './sessions.ts';

const DeliveryParams = z.object({ delivery: z.string().max(64) });
const one = { params: DeliveryParams, query: InWorkspace } as const;

export const deliveryRoutes = [
  route({
    id: 'listDeliveries',
    path: '/deliveries',
    summary: 'What becomes of accepted work: its branches, what they are tried against, what landed; newest first',
    query: PageQuery.extend(InWorkspace.shape),
    answer: pageOf(DeliveryItem),
    async handle({ served, query }) {
      const state = await stateOf(workspaceNamed(served, query.workspace));
      const items = [...state.deliveries.values()].reverse().map(each => shown(state, each));
      return { json: page(items, ({ delivery }) => delivery, query) };
    },
  }),
  route({
    ...one,
    id: 'getDelivery',
    path: '/deliveries/{delivery}',
    summary: 'One of them',
    answer: DeliveryItem,
    async handle({ served, query, params }) {
      const state = await stateOf(workspaceNamed(served, query.workspace));
      return { json: shown(state, deliveryNamed(state, params.delivery)) };
    },
  }),
  route({
    id: 'deliver',
    path: '/deliveries',
    summary: 'Builds a branch of what was accepted in a session, or of what one of its tasks wrote',
    query: InWorkspace,
    body: Deliver,
    answer: DeliveryItem,
    status: 201,
    handle: asking =>
      deciding(asking, async deliveries => {
        const { session, task, target, title } = asking.body;
        const named = { ...(task && { task }), ...(target && { target }), ...(title && { title }) };
        const made = await deliveries.deliver({ session, ...named });
        if (!made.ok) throw new ProblemError('refused', made.message);
        const state = await deliveries.state();
        return { status: 201, json: shown(state, deliveryNamed(state, made.delivery)) };
      }),
  }),
  route({
    ...one,
    id: 'approveDelivery',
    path: '/deliveries/{delivery}/approve',
    summary: 'Says yes to what the target would become with it: to the candidate that was seen, and no other',
    body: ApproveDelivery,
    answer: RequestDone,
    handle: asking =>
      deciding(asking, async deliveries => {
        const { params, body } = asking;
        return { json: done(await deliveries.approve(params.delivery, person(asking), body.candidate)) };
      }),
  }),
  ...(['hold', 'release', 'drop'] as const).map(action =>
    route({
      ...one,
      id: `${action}Delivery`,
      path: `/deliveries/{delivery}/${action}`,
      summary: {
        hold: 'Keeps it from being tried and landed',
        release: 'Has it tried again, after it was held, did not fit or did not pass',
        drop: 'Takes it out: it goes nowhere any more',
      }[action],
      body: Reason,
      answer: RequestDone,
      handle: asking =>
        deciding(asking, async deliveries => {
          const { delivery } = asking.params;
          const reason = asking.body.reason ?? `${asking.holder.name} said so`;
          return {
            json: done(
              action === 'release' ? await deliveries.release(delivery) : await deliveries[action](delivery, reason),
            ),
          };
        }),
    }),
  ),
  route({
    id: 'landDeliveries',
    path: '/deliveries/land',
    summary:
      'Tries and lands what is ready for a target: merges it aside, runs the checks on that, lands what was approved',
    query: InWorkspace,
    body: Land,
    answer: Landing,
    handle: asking =>
      deciding(asking, async deliveries => {
        const { target, landed, waiting, stopped, checks } = await deliveries.land(
          asking.body.target,
          { unheld: asking.body.unheld === true },
          asking.signal,
        );
        return {
          json: {
            target,
            landed: landed.map(({ deliveries: names, ref, commit }) => ({ deliveries: [...names], ref, commit })),
            ...(waiting !== undefined && { waiting }),
            ...(stopped !== undefined && { stopped }),
            checks: [...checks],
          },
        };
      }),
  }),
  route({
    id: 'fastForward',
    path: '/deliveries/fast-forward',
    summary: 'Brings the checkout of the target to what waits beside it, where no file is in the way',
    query: InWorkspace,
    body: Target,
    answer: RequestDone,
    handle: asking =>
      deciding(asking, async deliveries => ({ json: done(await deliveries.fastForward(asking.body.target)) })),
  }),
];

type AskingOf = Pick<Asking<unknown, { workspace?: string | undefined }, unknown>, 'served' | 'query' | 'holder'>;

const person = ({ holder }: Pick<AskingOf, 'holder'>) => ({ kind: 'person', name: holder.name }) as const;

function done(answered: Done): { ok: true; message: string } {
  if (answered.ok) return answered;
  throw new ProblemError(answered.reason === 'unknown' ? 'not-found' : 'refused', answered.message);
}

/** Where there is no repository nothing has been delivered. */
export async function stateOf({ host }: Workspace): Promise<DeliveryState> {
  return inGit(async () => (await host.runtime.deliveries()).state());
}

async function deciding<T>({ served, query }: AskingOf, use: (deliveries: Deliveries) => Promise<T>): Promise<T> {
  const { host } = writable(workspaceNamed(served, query.workspace));
  return inGit(async () => {
    const deliveries = await host.runtime.deliveries();
    // What a crash cut off comes first.
    await deliveries.settle();
    return use(deliveries);
  });
}

export async function inGit<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof GitError) throw new ProblemError('refused', error.message);
    throw error;
  }
}

function deliveryNamed({ deliveries }: DeliveryState, name: string): Delivery {
  const found = deliveries.get(name);
  if (found) return found;
  throw new ProblemError('not-found', `There is no delivery "${name}".`);
}

function shown(state: DeliveryState, each: Delivery): z.infer<typeof DeliveryItem> {
  const { delivery, title, session, task, branch, target, status, at, files, note, conflicts, landed } = each;
  const candidate = [...state.candidates.values()].reverse().find(({ deliveries }) => deliveries.includes(delivery));
  return {
    ...{ delivery, title, session, branch, target, status, at, files },
    ...(task !== undefined && { task }),
    ...(note !== undefined && { note }),
    ...(conflicts && { conflicts: conflicts.map(({ path, about, hunks }) => ({ path, about, hunks: [...hunks] })) }),
    ...(landed && { landed }),
    ...(candidate && { candidate: candidateOf(candidate) }),
    waits: waitingCandidate(state, each) !== undefined,
  };
}

const candidateOf = ({ candidate, deliveries, onto, commit, checks, results }: Candidate) => ({
  ...{ candidate, deliveries, onto, commit, checks },
  results: results.map(({ command, ok, output }) => ({ command, ok, output: output.text })),
});
