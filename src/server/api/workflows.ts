import * as z from 'zod';
import { withInputs } from '../../core/station/workflow/inputs.ts';
import { queuedWorkflow } from '../../core/station/workflow/queued.ts';
import { pageOf, RequestDone } from '../../protocol/api.ts';
import { StartWorkflow, WorkflowItem } from '../../protocol/api-team.ts';
import type { FoundWorkflow, Runtime } from '../../runtime/contract.ts';
import { ProblemError } from '../problem.ts';
import { PageQuery, page } from './page.ts';
import { route } from './route.ts';
import { workspaceNamed, writable } from './served.ts';
import { InWorkspace } from './sessions.ts';
import { askTeam, priorityOf } from './team.ts';

export const workflowRoutes = [
  route({
    id: 'listWorkflows',
    path: '/workflows',
    summary: 'The workflows that stand in .orchestrate/workflows, with what they ask for',
    query: PageQuery.extend(InWorkspace.shape),
    answer: pageOf(WorkflowItem),
    async handle({ served, query }) {
      const { workflows } = await workspaceNamed(served, query.workspace).host.runtime.station.workflows();
      return { json: page(workflows.map(shown), ({ name }) => name, query) };
    },
  }),
  route({
    id: 'startWorkflow',
    path: '/workflows/{name}/start',
    summary: 'Puts a workflow into the queue, with what it asks for',
    params: z.object({ name: z.string().max(200) }),
    query: InWorkspace,
    body: StartWorkflow,
    answer: RequestDone,
    async handle(asking) {
      const { served, params, query, body } = asking;
      const { host } = writable(workspaceNamed(served, query.workspace));
      const found = await workflowNamed(host.runtime, params.name);
      const filled = withInputs(found.workflow, body.inputs);
      if (!filled.ok) throw new ProblemError('invalid-body', `The workflow cannot begin: ${filled.message}.`);
      return askTeam(asking, {
        kind: 'queue-add',
        text: filled.workflow.goal,
        priority: priorityOf(body.priority),
        workflow: queuedWorkflow(filled.workflow, params.name),
      });
    },
  }),
];

export const nameOf = ({ file, workflow }: FoundWorkflow): string =>
  workflow.name ?? (file.split('/').at(-1) ?? file).replace(/\.[^.]+$/, '');

/** A workflow of the workspace by its name; one that cannot be read is said to be wrong, not missing. */
export async function workflowNamed({ station }: Pick<Runtime, 'station'>, name: string): Promise<FoundWorkflow> {
  const { workflows, problems } = await station.workflows();
  const found = workflows.find(each => nameOf(each) === name);
  if (found) return found;
  const errors = problems.map(message => ({ at: '.orchestrate/workflows', message }));
  const known = workflows.map(nameOf).join(', ');
  throw new ProblemError(
    'not-found',
    `There is no workflow "${name}" in .orchestrate/workflows${known === '' ? '' : `, but ${known}`}.`,
    errors.length > 0 ? errors : undefined,
  );
}

function shown(found: FoundWorkflow): z.infer<typeof WorkflowItem> {
  const { file, workflow } = found;
  return {
    name: nameOf(found),
    file,
    goal: workflow.goal,
    inputs: Object.entries(workflow.inputs).map(([name, { type, description, choices, default: usual }]) => ({
      name,
      type,
      ...(description !== undefined && { description }),
      ...(choices && { choices }),
      ...(usual !== undefined && { default: String(usual) }),
    })),
    tasks: workflow.tasks.length,
    deliver: workflow.deliver,
  };
}
