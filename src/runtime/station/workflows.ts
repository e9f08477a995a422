import { problemText } from '../../core/plan/problem.ts';
import { type StandingWorkflow, standingWorkflows } from '../../core/station/standing-workflows.ts';
import { readWorkflow } from '../../core/station/workflow/read.ts';
import { NodeProjectTexts } from '../../node/project-texts.ts';
import type { FoundWorkflow } from '../contract.ts';

const FOLDER = '.orchestrate/workflows';
const MOST_BYTES = 500_000;

/** The workflows of a workspace. */
export async function readWorkflows(
  workspace: string,
  roles: readonly string[],
): Promise<{ workflows: FoundWorkflow[]; problems: string[] }> {
  const texts = new NodeProjectTexts(workspace);
  const problems: string[] = [];
  const workflows: FoundWorkflow[] = [];
  for (const file of (await texts.list(FOLDER)).filter(path => /\.(ya?ml|md)$/i.test(path)).sort()) {
    const text = await texts.read(file, MOST_BYTES);
    if (text === undefined) continue;
    const read = readWorkflow([{ file, text }], { roles: [...roles] });
    if (read.ok) workflows.push({ file, workflow: read.workflow });
    else problems.push(...read.problems.map(problem => problemText(problem, problem.file)));
  }
  return { workflows, problems };
}

/** Those that something starts, beside people. */
export async function workspaceWorkflows(
  workspace: string,
  roles: readonly string[],
): Promise<{ standing: StandingWorkflow[]; problems: string[] }> {
  const { workflows, problems } = await readWorkflows(workspace, roles);
  const { standing, problems: wrong } = standingWorkflows(workflows.map(({ workflow }) => workflow));
  return { standing, problems: [...problems, ...wrong] };
}
