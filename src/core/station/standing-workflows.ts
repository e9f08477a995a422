import type { QueuedWorkflow } from '../../protocol/station.ts';
import type { Workflow } from '../../protocol/workflow.ts';
import { globMistake } from '../plan/globs.ts';
import { hint } from '../plan/suggest.ts';
import { type Named, wayBack } from './loops.ts';
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
  const named: Named[] = workflows.map(workflow => ({ ...workflow, name: workflow.name ?? 'workflow' }));
  const standing = named.flatMap((workflow): StandingWorkflow[] => {
    const { name, on } = workflow;
    if (on.length === 0) return [];
    const wrong = on.flatMap(trigger => mistakes(trigger, workflow, named));
    const filled = withInputs(workflow, {});
    if (!filled.ok) wrong.push(`${filled.message}, and nobody is asked when it begins by itself: give it a default`);
    problems.push(...wrong.map(text => `The workflow "${name}" does not begin by itself: ${text}.`));
    return wrong.length > 0 || !filled.ok ? [] : [{ name, on, queued: queuedWorkflow(filled.workflow, name) }];
  });
  return { standing, problems };
}

function mistakes(trigger: Workflow['on'][number], workflow: Named, all: readonly Named[]): string[] {
  const { schedule, ended, commit, changed } = trigger;
  const names = all.map(one => one.name);
  const wrong: string[] = [];
  if (!schedule && !ended && !commit && !changed)
    wrong.push('one of the things that start it is empty: name a schedule, ended, commit or changed');
  const mistake = schedule && scheduleMistake(schedule);
  if (mistake !== undefined) wrong.push(`its schedule "${schedule?.cron}" cannot be read: ${mistake}`);
  if (commit && !BRANCH.test(commit.branch)) wrong.push(`"${commit.branch}" is no name of a branch`);
  for (const glob of changed?.files ?? []) {
    const found = globMistake(glob.replace(/^!/, ''));
    if (found !== undefined) wrong.push(`"${glob}" ${found}`);
  }
  if (ended && !names.includes(ended.workflow))
    wrong.push(`there is no workflow "${ended.workflow}" to end before it${hint(ended.workflow, names)}`);
  const way = wrong.length === 0 ? wayBack(workflow, trigger, all) : undefined;
  if (way !== undefined) wrong.push(`it would start itself again and again: ${way}`);
  return wrong;
}

/** What git takes for the name of a branch, but for what nobody writes. */
const BRANCH = /^(?![-/.])(?!.*(\.\.|\/\/|@\{|\.lock$|[/.]$))[^\s~^:?*[\\\p{Cc}]+$/u;
