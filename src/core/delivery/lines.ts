import { oneLine } from '../plain.ts';
import { asideOf } from './git.ts';
import {
  type Candidate,
  candidateOf,
  type Delivery,
  type DeliveryState,
  type Deployment,
  waitingCandidate,
} from './state.ts';

/** How a delivery stands, in one word. */
export type Standing = Delivery['status'] | 'checking' | 'waiting';

export interface DeliveryLine {
  delivery: string;
  title: string;
  branch: string;
  target: string;
  session: string;
  standing: Standing;
  /** From 1 on, among those that are ready for the same target. */
  place?: number;
  base: string;
  files: readonly string[];
  checks: readonly { command: string; ok: boolean; output: string }[];
  approvedBy?: string;
  conflicts: readonly { path: string; about: string }[];
  landedOn?: string;
  /** It waits beside its target for a fast-forward. */
  beside: boolean;
  note?: string;
  pullRequest?: string;
  /** What is compared to see what it changes. */
  from: string;
  to?: string;
}

export const standingOf = (state: DeliveryState, delivery: Delivery): Standing => {
  if (waitingCandidate(state, delivery)) return 'waiting';
  const running = candidateOf(state, delivery)?.checks === 'running';
  return delivery.status === 'ready' && running ? 'checking' : delivery.status;
};

/** All deliveries, those that are not over first, in the order in which they land; then what came of the others, newest first. */
export function deliveryLines(state: DeliveryState): DeliveryLine[] {
  const all = [...state.deliveries.values()];
  const over = ({ status }: Delivery) => status === 'landed' || status === 'dropped';
  const ready = all.filter(({ status }) => status === 'ready');
  return [...all.filter(each => !over(each)), ...all.filter(over).reverse()].map(delivery => {
    const { target, branch, title, session, base, files, commit, conflicts = [], landed, note, pullRequest } = delivery;
    const candidate = candidateOf(state, delivery);
    const place = ready.filter(each => each.target === target).indexOf(delivery) + 1;
    const landedOn = landed?.ref.replace(/^refs\/heads\//, '');
    return {
      delivery: delivery.delivery,
      title: oneLine(title),
      branch,
      target,
      session,
      standing: standingOf(state, delivery),
      ...(place > 0 && { place }),
      base,
      files,
      checks: (candidate?.results ?? []).map(({ command, ok, output }) => ({ command, ok, output: output.text })),
      ...(candidate?.approval && { approvedBy: approverOf(candidate.approval) }),
      conflicts: conflicts.map(({ path, about }) => ({ path, about })),
      ...(landedOn !== undefined && { landedOn }),
      beside: landedOn === asideOf(target),
      ...(note !== undefined && { note }),
      ...(pullRequest?.url !== undefined && { pullRequest: pullRequest.url }),
      from: candidate?.onto ?? base,
      ...((candidate?.commit ?? commit) !== undefined && { to: candidate?.commit ?? commit }),
    } as DeliveryLine;
  });
}

const approverOf = ({ by }: NonNullable<Candidate['approval']>): string =>
  by.kind === 'person' ? by.name : `${by.agent} (${by.model})`;

/** The newest deployment to each environment, and what is live there. */
export function deploymentLines({
  deployments,
}: DeliveryState): { environment: string; last: Deployment; live?: string }[] {
  const found = new Map<string, { environment: string; last: Deployment; live?: string }>();
  for (const last of deployments.values()) {
    const live = last.outcome === 'live' ? last.commit : found.get(last.environment)?.live;
    found.set(last.environment, { environment: last.environment, last, ...(live !== undefined && { live }) });
  }
  return [...found.values()];
}
