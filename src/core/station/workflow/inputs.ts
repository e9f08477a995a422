import type { Task } from '../../../protocol/plan.ts';
import type { Workflow } from '../../../protocol/workflow.ts';
import { own } from '../../own.ts';
import { hint } from '../../plan/suggest.ts';

type Filled<W> = { ok: true; workflow: W } | { ok: false; message: string };

/** A workflow that has been told what it asks for. What is told stands in words for agents, never in a command. */
export function withInputs<W extends Workflow>(workflow: W, given: Readonly<Record<string, string>>): Filled<W> {
  const values: Record<string, string> = {};
  for (const name of Object.keys(given))
    if (!Object.hasOwn(workflow.inputs, name))
      return { ok: false, message: `it has no input "${name}"${hint(name, Object.keys(workflow.inputs))}` };
  for (const [name, { type, choices, default: usual }] of Object.entries(workflow.inputs)) {
    const value = own(given, name) ?? (usual === undefined ? undefined : String(usual));
    if (value === undefined) return { ok: false, message: `it asks for ${name}` };
    const right =
      type === 'number'
        ? value.trim() !== '' && Number.isFinite(Number(value))
        : type !== 'boolean' || /^(true|false)$/.test(value);
    if (!right) return { ok: false, message: `${name} must be a ${type}, not "${value}"` };
    if (choices && !choices.includes(value))
      return { ok: false, message: `${name} must be one of ${choices.join(', ')}, not "${value}"` };
    values[name] = value;
  }
  const fill = (text: string) => text.replace(/\{\{\s*([\w.-]+)\s*\}\}/g, (all, name) => own(values, name) ?? all);
  const filled = (task: Task): Task => ({
    ...task,
    title: fill(task.title),
    ...('instructions' in task && { instructions: fill(task.instructions) }),
    ...('question' in task && task.question !== undefined && { question: fill(task.question) }),
  });
  return { ok: true, workflow: { ...workflow, goal: fill(workflow.goal), tasks: workflow.tasks.map(filled) } };
}
