import type { StationEvent } from '../../protocol/station.ts';
import type { StationState } from './contract.ts';
import { ended } from './fold/queue.ts';
import type { StandingWorkflow } from './standing-workflows.ts';

interface Admission {
  /** The run whose end or whose writes are the cause. */
  after?: string;
  /** Why it does not begin. */
  note?: string;
}

/** How many of its runs are not over. */
const countOpen = ({ items }: StationState, { name }: StandingWorkflow): number =>
  [...items.values()].filter(item => item.workflow?.name === name && !ended(item)).length;

/** Whether as many of its runs as may be are not over. */
export const isFull = (state: StationState, workflow: StandingWorkflow): boolean =>
  countOpen(state, workflow) >= (workflow.queued.concurrency ?? 1);

/** What a cause brings to the queue. Each cause brings a workflow once, and never more of it than may be at once. */
export function admitCause(
  state: StationState,
  cause: string,
  workflow: StandingWorkflow,
  { after, note }: Admission,
): StationEvent | undefined {
  if (state.causes.has(cause)) return undefined;
  const { name, queued } = workflow;
  const open = countOpen(state, workflow);
  const why =
    note ??
    (isFull(state, workflow) ? `left out, since ${open} of its runs ${open === 1 ? 'is' : 'are'} not over` : undefined);
  if (why !== undefined) return { type: 'cause-admitted', cause, workflow: name, note: why };
  return {
    type: 'item-added',
    item: `q${state.counts.items + 1}`,
    text: queued.plan.goal,
    priority: 5,
    needs: [],
    workflow: queued,
    by: 'trigger',
    cause,
    ...(after !== undefined && { after }),
  };
}
