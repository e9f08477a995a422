import type { Member } from '../../../protocol/member.ts';
import type { QueuedWorkflow } from '../../../protocol/station.ts';
import type { Workflow } from '../../../protocol/workflow.ts';

/** Those that a workflow names, for where no team of these names stands. */
export const membersOf = ({ members }: Workflow): Member[] =>
  Object.entries(members).map(([name, { role = 'implementer', goodAt }]) => ({
    name,
    role,
    ...(goodAt !== undefined && { goodAt }),
  }));

/** A workflow as it goes into the queue. */
export function queuedWorkflow(workflow: Workflow, name: string): QueuedWorkflow {
  const { goal, rationale, phases, pools, tasks, deliver, concurrency } = workflow;
  return {
    name: workflow.name ?? name,
    plan: { goal, ...(rationale !== undefined && { rationale }), phases, pools, tasks },
    members: membersOf(workflow),
    concurrency,
    ...(deliver && { deliver }),
  };
}
