import type { QueuedWorkflow } from '../../protocol/station.ts';
import type { Workflow } from '../../protocol/workflow.ts';
import { hint } from '../plan/suggest.ts';
import { scheduleMistake } from './schedule.ts';
import { withInputs } from './workflow/inputs.ts';
import { queuedWorkflow } from './workflow/queued.ts';

/** A workflow that something starts, beside people. */
export interface StandingWorkflow {
  name: string;
  on: Workflow['on'];
  queued: QueuedWorkflow;
}

/** Those that can be started by something, and what is wrong with the others. */
export function standingWorkflows(workflows: readonly Workflow[]): {
  standing: StandingWorkflow[];
  problems: string[];
} {
  const problems: string[] = [];
  const named = workflows.map(workflow => ({ ...workflow, name: workflow.name ?? 'workflow' }));
  const names = named.map(({ name }) => name);
  const standing = named.flatMap((workflow): StandingWorkflow[] => {
    const { name, on } = workflow;
    if (on.length === 0) return [];
    const wrong = on.flatMap(trigger => mistakes(trigger, name, names, named));
    const filled = withInputs(workflow, {});
    if (!filled.ok) wrong.push(`${filled.message}, and nobody is asked when it begins by itself: give it a default`);
    problems.push(...wrong.map(text => `The workflow "${name}" does not begin by itself: ${text}.`));
    return wrong.length > 0 || !filled.ok ? [] : [{ name, on, queued: queuedWorkflow(filled.workflow, name) }];
  });
  return { standing, problems };
}

function mistakes(
  { schedule, ended }: Workflow['on'][number],
  name: string,
  names: readonly string[],
  all: readonly { name: string; on: Workflow['on'] }[],
): string[] {
  const wrong: string[] = [];
  const mistake = schedule && scheduleMistake(schedule);
  if (mistake !== undefined) wrong.push(`its schedule "${schedule?.cron}" cannot be read: ${mistake}`);
  if (ended && !names.includes(ended.workflow))
    wrong.push(`there is no workflow "${ended.workflow}" to end before it${hint(ended.workflow, names)}`);
  else if (ended && comesBack(name, ended.workflow, all)) wrong.push('it would start itself again and again');
  return wrong;
}

/** Whether a workflow starts itself, directly or by way of others. */
function comesBack(name: string, from: string, all: readonly { name: string; on: Workflow['on'] }[]): boolean {
  const seen = new Set<string>();
  for (const open = [from]; ; ) {
    const one = open.pop();
    if (one === undefined) return false;
    if (one === name) return true;
    if (seen.has(one)) continue;
    seen.add(one);
    for (const { ended } of all.find(workflow => workflow.name === one)?.on ?? []) if (ended) open.push(ended.workflow);
  }
}
