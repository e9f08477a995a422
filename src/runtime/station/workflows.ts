import { problemText } from '../../core/plan/problem.ts';
import { type StandingWorkflow, standingWorkflows } from '../../core/station/standing-workflows.ts';
import { readWorkflow } from '../../core/station/workflow/read.ts';
import { NodeProjectTexts } from '../../node/project-texts.ts';
import type { Workflow } from '../../protocol/workflow.ts';

const FOLDER = '.orchestrate/workflows';
const MOST_BYTES = 500_000;

/** The workflows of a workspace that something starts, beside people. */
export async function workspaceWorkflows(
  workspace: string,
  roles: readonly string[],
): Promise<{ standing: StandingWorkflow[]; problems: string[] }> {
  const texts = new NodeProjectTexts(workspace);
  const problems: string[] = [];
  const workflows: Workflow[] = [];
  for (const file of (await texts.list(FOLDER)).filter(path => /\.(ya?ml|md)$/i.test(path)).sort()) {
    const text = await texts.read(file, MOST_BYTES);
    if (text === undefined) continue;
    const read = readWorkflow([{ file, text }], { roles: [...roles] });
    if (read.ok) workflows.push(read.workflow);
    else problems.push(...read.problems.map(problem => problemText(problem, problem.file)));
  }
  const { standing, problems: wrong } = standingWorkflows(workflows);
  return { standing, problems: [...problems, ...wrong] };
}
