import { stringify } from 'yaml';
import type { Workflow } from '../../../protocol/workflow.ts';
import { renderPlan } from '../../plan/render.ts';

/** A workflow in its native form: the same again when it is read. */
export function renderWorkflow({ name, inputs, on, concurrency, deliver, members, ...plan }: Workflow): string {
  const own = {
    ...(name !== undefined && { name }),
    ...(Object.keys(inputs).length > 0 && { inputs }),
    ...(on.length > 0 && { on }),
    ...(concurrency !== 1 && { concurrency }),
    ...(deliver && { deliver }),
    ...(Object.keys(members).length > 0 && { members }),
  };
  return `${Object.keys(own).length > 0 ? stringify(own) : ''}${renderPlan(plan)}`;
}
