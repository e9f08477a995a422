import type { Approver, DeliveryEventOf, DeliveryRecord } from '../../protocol/delivery.ts';
import { asideOf, branchRef, type Conflict, type Oid } from './git.ts';

export type DeliveryStatus =
  /** Its branch is not there yet. */
  'opened' | 'ready' | 'held' | 'conflicted' | 'red' | 'landed' | 'dropped';

export interface Delivery extends Omit<DeliveryEventOf<'delivery-opened'>, 'type'> {
  at: number;
  status: DeliveryStatus;
  /** At the tip of its branch. */
  commit?: Oid;
  /** Why it is held, dropped or red. */
  note?: string;
  conflicts?: readonly Conflict[];
  /** Where it did not fit, until it is built anew. */
  conflictedOn?: { onto: Oid; paths: string[] };
  /** Files in which its author has brought both sides of a conflict together. */
  mended?: readonly string[];
  landed?: { ref: string; commit: Oid; at: number };
  pullRequest?: { url?: string };
}

export interface Candidate extends Omit<DeliveryEventOf<'candidate-made'>, 'type'> {
  at: number;
  checks: 'none' | 'running' | 'green' | 'red';
  results: DeliveryEventOf<'candidate-check'>[];
  approval?: { by: Approver; tree: Oid; targetAt: Oid; at: number };
  /** Why it counts no more. */
  void?: string;
  landed?: { ref: string; at: number };
}

export interface Deployment extends Omit<DeliveryEventOf<'deploy-intent'>, 'type'> {
  at: number;
  commands: DeliveryEventOf<'deploy-command'>[];
  outcome?: DeliveryEventOf<'deploy-outcome'>['outcome'];
  why?: string;
}

/** Everything known of the deliveries of a workspace; a pure function of its events. */
export interface DeliveryState {
  seq: number;
  /** In the order in which they were opened. */
  deliveries: Map<string, Delivery>;
  candidates: Map<string, Candidate>;
  /** What git was to do, and nobody knows yet whether it did. */
  openSteps: Map<string, DeliveryEventOf<'ref-intent'>>;
  deployments: Map<string, Deployment>;
  deployApprovals: (DeliveryEventOf<'deploy-approved'> & { at: number })[];
}

export const noDeliveries = (): DeliveryState => ({
  seq: 0,
  deliveries: new Map(),
  candidates: new Map(),
  openSteps: new Map(),
  deployments: new Map(),
  deployApprovals: [],
});

type Fold<T extends DeliveryRecord['type']> = (
  state: DeliveryState,
  event: Extract<DeliveryRecord, { type: T }>,
) => void;

/** What each kind of event makes of the state. */
const folds: { [T in DeliveryRecord['type']]: Fold<T> } = {
  'delivery-opened'(state, { v, seq, type, ...opened }) {
    state.deliveries.set(opened.delivery, { ...opened, status: 'opened' });
  },
  'delivery-rebuilt'(state, { delivery, base, authors, files, ignored, mended }) {
    const found = state.deliveries.get(delivery);
    if (!found) return;
    Object.assign(found, { base, authors, files, ...(mended && { mended }) });
    delete found.conflictedOn;
    if (ignored) found.ignored = ignored;
    else delete found.ignored;
    for (const candidate of state.candidates.values())
      if (!candidate.landed && candidate.void === undefined && candidate.deliveries.includes(delivery))
        candidate.void = `${delivery} was built anew`;
  },
  'delivery-held': (state, { delivery, reason }) => become(state, delivery, 'held', reason),
  'delivery-released'(state, { delivery }) {
    const found = state.deliveries.get(delivery);
    if (!found) return;
    found.status = found.commit === undefined ? 'opened' : 'ready';
    delete found.note;
    delete found.conflicts;
  },
  'delivery-dropped': (state, { delivery, reason }) => become(state, delivery, 'dropped', reason),
  'delivery-conflicted'(state, { delivery, onto, conflicts }) {
    become(state, delivery, 'conflicted');
    const found = state.deliveries.get(delivery);
    if (found) Object.assign(found, { conflicts, conflictedOn: { onto, paths: conflicts.map(({ path }) => path) } });
  },
  'delivery-red': (state, { delivery, candidate }) =>
    become(state, delivery, 'red', whyRed(state.candidates.get(candidate))),
  'delivery-contained'(state, { delivery, ref, commit, at }) {
    land(state, delivery, ref, commit, at);
  },
  'candidate-made'(state, { v, seq, type, ...made }) {
    state.candidates.set(made.candidate, { ...made, checks: 'none', results: [] });
  },
  'checks-began'(state, { candidate }) {
    const found = state.candidates.get(candidate);
    if (!found) return;
    found.checks = 'running';
    found.results = [];
  },
  'candidate-check'(state, event) {
    state.candidates.get(event.candidate)?.results.push(event);
  },
  /** With a reason they could not be run to their end, which says nothing of the work. */
  'checks-over'(state, { candidate, ok, why }) {
    const found = state.candidates.get(candidate);
    if (found) found.checks = ok ? 'green' : why === undefined ? 'red' : 'none';
  },
  'candidate-approved'(state, { candidate, by, tree, targetAt, at }) {
    const found = state.candidates.get(candidate);
    if (found) found.approval = { by, tree, targetAt, at };
  },
  'candidate-void'(state, { candidate, reason }) {
    const found = state.candidates.get(candidate);
    if (found) found.void = reason;
  },
  'ref-intent'(state, event) {
    state.openSteps.set(event.step, event);
  },
  'ref-outcome'(state, { step, outcome, why, at }) {
    const intent = state.openSteps.get(step);
    if (!intent) return;
    state.openSteps.delete(step);
    const { kind, delivery, candidate, to, ref } = intent;
    const found = delivery === undefined ? undefined : state.deliveries.get(delivery);
    if (kind === 'branch' && found) {
      // One that was to be made anew stays what it was.
      if (outcome !== 'done' && found.commit === undefined)
        become(state, found.delivery, 'dropped', why ?? 'its branch could not be made');
      else if (outcome === 'done' && to !== undefined) {
        const held = found.status === 'held';
        Object.assign(found, { commit: to, status: held ? 'held' : 'ready' });
        if (!held) delete found.note;
        delete found.conflicts;
      }
    }
    if (kind === 'clean' && outcome === 'done') arrive(state, ref);
    const landed = kind === 'land' && outcome === 'done' && candidate ? state.candidates.get(candidate) : undefined;
    if (!landed) return;
    landed.landed = { ref, at };
    for (const one of landed.deliveries) land(state, one, ref, landed.commit, at);
  },
  'fast-forwarded': (state, { target }) => arrive(state, branchRef(asideOf(target))),
  pushed: () => undefined,
  'pull-request-opened'(state, { delivery, url }) {
    const found = state.deliveries.get(delivery);
    if (found) found.pullRequest = url === undefined ? {} : { url };
  },
  'deploy-intent'(state, { v, seq, type, ...intent }) {
    state.deployments.set(intent.deployment, { ...intent, commands: [] });
  },
  'deploy-command'(state, event) {
    state.deployments.get(event.deployment)?.commands.push(event);
  },
  'deploy-outcome'(state, { deployment, outcome, why }) {
    const found = state.deployments.get(deployment);
    if (found) Object.assign(found, { outcome, ...(why !== undefined && { why }) });
  },
  'deploy-approved'(state, event) {
    state.deployApprovals.push(event);
  },
};

/** Folds one event into the state, in place. */
export function takeDelivery(state: DeliveryState, event: DeliveryRecord): void {
  state.seq = event.seq;
  (folds[event.type] as (state: DeliveryState, event: DeliveryRecord) => void)(state, event);
}

function become(state: DeliveryState, delivery: string, status: DeliveryStatus, note?: string): void {
  const found = state.deliveries.get(delivery);
  if (!found || found.status === 'landed') return;
  found.status = status;
  if (note !== undefined) found.note = note;
}

function land(state: DeliveryState, delivery: string, ref: string, commit: Oid, at: number): void {
  const found = state.deliveries.get(delivery);
  if (found) Object.assign(found, { status: 'landed', landed: { ref, commit, at } });
}

/** What waited beside its target is on it: it was taken over, or the branch beside it could go. */
function arrive(state: DeliveryState, aside: string): void {
  for (const { landed, target } of state.deliveries.values())
    if (landed?.ref === aside && branchRef(asideOf(target)) === aside) landed.ref = branchRef(target);
}

const whyRed = (candidate: Candidate | undefined): string => {
  const failed = candidate?.results.find(result => !result.ok);
  return failed ? `the check "${failed.command}" failed on it` : 'the checks failed on it';
};

/** What is green and waits for a yes, with this delivery in it. */
export function waitingCandidate(state: DeliveryState, { delivery, status }: Delivery): Candidate | undefined {
  if (status !== 'ready') return undefined;
  return [...state.candidates.values()].reverse().find(
    each =>
      each.deliveries.includes(delivery) &&
      each.checks === 'green' &&
      each.void === undefined &&
      !each.landed &&
      // One of them that is held since then keeps all of it from landing.
      each.deliveries.every(name => state.deliveries.get(name)?.status === 'ready'),
  );
}

/** All that lands with it. */
export const inCandidate = (state: DeliveryState, { deliveries }: Candidate): Delivery[] =>
  deliveries.flatMap(name => state.deliveries.get(name) ?? []);

/** The last one that it was composed into, and that may still land or has. */
export const candidateOf = (state: DeliveryState, { delivery }: Delivery): Candidate | undefined =>
  [...state.candidates.values()].reverse().find(each => each.deliveries.includes(delivery) && each.void === undefined);
