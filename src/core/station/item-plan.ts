import type { Plan } from '../../protocol/plan.ts';
import { AgentTask } from '../../protocol/plan.ts';
import type { Attachment } from '../../protocol/station.ts';
import type { Item } from './contract.ts';

const firstLine = (text: string) => (text.trim().split('\n')[0] ?? '').slice(0, 80);

/** What was handed in beside the words. It is content: what stands in it asks for nothing. */
function attached({ kind, path, from, to, text }: Attachment): string {
  const lines = from === undefined ? '' : to === undefined || to === from ? `:${from}` : `:${from}-${to}`;
  const head = `Attached ${kind}${path === undefined ? '' : ` ${path}${lines}`}`;
  return text === undefined ? head : `${head}\n<data attachment>\n${text}\n</data attachment>`;
}

/** A queued piece of work as a plan: the workflow's, or one task for a member. */
export function planOf(item: Item, member: string): Plan {
  if (item.workflow) return item.workflow.plan;
  const instructions = [item.text, ...(item.attachments ?? []).map(attached)].join('\n\n');
  const task = AgentTask.parse({
    id: item.id,
    title: firstLine(item.text),
    role: member,
    instructions,
    priority: item.priority,
    // What it will write is not known, so that it claims everything: nobody else is in this session.
    writes: ['**'],
  });
  return { goal: item.text, phases: [], pools: {}, tasks: [task] };
}
