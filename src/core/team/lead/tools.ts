import * as z from 'zod';
import { ModelRef, Name } from '../../../protocol/ids.ts';
import { AgentTask, isAgentTask, Plan, type Task } from '../../../protocol/plan.ts';
import type { Attention } from '../../agent/contract.ts';
import { UncheckedPlan } from '../../agent/tools/revise-plan.ts';
import { parametersOf } from '../../agent/tools/spec.ts';
import type { Tool } from '../../agent/tools/tool.ts';
import { checkPlan } from '../../plan/parse.ts';
import type { PlanContext } from '../../plan/parts.ts';
import { problemText } from '../../plan/problem.ts';
import type { Journal } from '../../session/contract.ts';
import { LEAD } from '../../session/lead.ts';
import { hasEnded, isRetriable } from '../../session/standing.ts';
import type { TaskState } from '../../session/state.ts';
import type { Done } from '../done.ts';
import type { Retried } from '../retry.ts';

/** What the lead acts through. */
export interface LeadActs {
  journal: Journal;
  attention: Attention;
  context: PlanContext;
  models(): ModelRef[];
  add(task: Task): void;
  /** Takes the tasks as they are now: what they write has changed. */
  reload(): void;
  drop(agents: readonly string[]): void;
  retry(task: string): Retried;
  tell(agent: string, text: string): Done;
  reassign(agent: string, route: ModelRef[], reason: string): Done;
  /** Puts a whole new plan in force, if whoever must agree does. */
  revise(plan: unknown, signal: AbortSignal): Promise<{ ok: boolean; text: string }>;
  /** Asks whoever wanted to see the plan; undefined: nobody must agree. */
  agree(what: string, signal: AbortSignal): Promise<string | undefined>;
}

/** `did`: for people, what was done; nothing where nothing changed. */
export type Act = { ok: true; output: string; did?: string } | { ok: false; output: string };

export interface LeadTool<A = unknown>
  extends Pick<Tool<A>, 'name' | 'description' | 'parameters' | 'args' | 'aliases'> {
  run(args: A, acts: LeadActs, signal: AbortSignal): Act | Promise<Act>;
  /** Ends the turn. */
  ends?: true;
}

const tool = <S extends z.ZodType>(of: Omit<LeadTool<z.infer<S>>, 'args'> & { args: S }): LeadTool =>
  of as unknown as LeadTool;

const no = (output: string): Act => ({ ok: false, output });
const told = (done: Done, did: string): Act =>
  done.ok ? { ok: true, output: 'Done.', did } : no(done.message ?? 'It could not be done.');
const short = (text: string) => (text.length > 160 ? `${text.slice(0, 160)}…` : text);

/** Times that the lead lets one task be tried again. */
const RETRIES = 2;

/** What is wrong with a task among those there are; ended ones come before all others. */
function mistakes(task: Task, { journal, context }: LeadActs): string | undefined {
  const { state } = journal;
  const others = [...state.tasks.values()].filter(({ task: { id }, dropped }) => id !== task.id && !dropped);
  const finished = new Set(others.flatMap(({ task: { id }, status }) => (hasEnded(status) ? [id] : [])));
  const { goal = state.goal, phases = [], pools = {} } = state.plan ?? {};
  const tasks = [...others.map(other => other.task), task];
  const checked = checkPlan({ goal, phases, pools, tasks }, { ...context, finished });
  if (checked.ok) return undefined;
  const of = checked.problems.filter(({ severity, path }) => severity === 'error' && path[1] === tasks.length - 1);
  return of.length === 0 ? undefined : of.map(problem => problemText(problem)).join('\n- ');
}

const openTask = tool({
  name: 'open_task',
  description:
    'Opens a task for an agent: to mend what failed, to do what was forgotten, to prove what nobody proved. It starts as soon as what it needs has ended.',
  args: AgentTask.pick({
    id: true,
    title: true,
    role: true,
    instructions: true,
    writes: true,
    needs: true,
    publishes: true,
    consumes: true,
    checks: true,
    complexity: true,
    review: true,
  }),
  run(args, acts) {
    const { state } = acts.journal;
    if (state.tasks.has(args.id))
      return no(`There is a task "${args.id}" already. Choose another id, or retry_task it.`);
    const task = AgentTask.parse(args);
    const wrong = mistakes(task, acts);
    if (wrong !== undefined) return no(`The task was not opened:\n- ${wrong}`);
    acts.journal.append({ type: 'task-added', task, by: 'orchestrator', reason: 'opened by the lead' });
    acts.add(task);
    return { ok: true, output: 'Opened.', did: `opened task ${task.id} (${task.title})` };
  },
});

/** What open_task says in full need not be said again. */
const asInOpenTask = z.array(z.looseObject({}));

const Change = z.object({
  task: Name,
  reason: z.string().min(1).max(2000),
  role: Name.optional(),
  instructions: z.string().min(1).optional(),
  writes: AgentTask.shape.writes.unwrap().optional(),
  checks: AgentTask.shape.checks.unwrap().optional(),
});

const changeTask = tool({
  name: 'change_task',
  description:
    'Changes a task that is not done: its checks, even while it is at work; its role, instructions and writes before it begins or after it failed (then retry_task it). Checks are as in open_task. What is left out stays.',
  args: Change,
  parameters: parametersOf(Change.extend({ checks: asInOpenTask.optional() })),
  aliases: { id: 'task' },
  run({ task: id, reason, ...changes }, acts) {
    const known = acts.journal.state.tasks.get(id);
    if (!known || known.dropped) return no(`There is no task "${id}".`);
    if (known.status === 'completed') return no(`Task ${id} is done. Open another one for what is missing.`);
    const atWork = known.status === 'running' || known.status === 'checking';
    const others = Object.keys(changes).filter(key => key !== 'checks');
    if (atWork && others.length > 0)
      return no(`Task ${id} is at work: only its checks can change now. Tell its agent the rest with tell_agent.`);
    if (known.task.kind !== 'check' && !isAgentTask(known.task))
      return no(`Task ${id} has nothing that can be changed.`);
    if (known.task.kind === 'check' && (others.length > 0 || changes.checks?.length === 0))
      return no(`Task ${id} is a check: give it other checks, at least one, or drop_task it.`);
    const task = { ...known.task, ...changes } as Task;
    const wrong = mistakes(task, acts);
    if (wrong !== undefined) return no(`The task stays as it is:\n- ${wrong}`);
    acts.journal.append({ type: 'task-changed', task, by: 'orchestrator', reason });
    if (changes.writes) acts.reload();
    return {
      ok: true,
      output: 'Changed.',
      did: `changed ${Object.keys(changes).join(', ')} of task ${id}: ${short(reason)}`,
    };
  },
});

const dropTask = tool({
  name: 'drop_task',
  description: 'Takes a task out of the plan: it is not needed for the goal, or is replaced. Its agents are ended.',
  args: z.object({ task: Name, reason: z.string().min(1).max(2000) }),
  aliases: { id: 'task', why: 'reason' },
  async run({ task: id, reason }, acts, signal) {
    const known = acts.journal.state.tasks.get(id);
    if (!known || known.dropped) return no(`There is no task "${id}".`);
    if (known.status === 'completed') return no(`Task ${id} is done.`);
    const denied = await acts.agree(`drop task ${id} (${known.task.title}): ${reason}`, signal);
    if (denied !== undefined) return no(`The task stays: ${denied}`);
    acts.journal.append({ type: 'task-dropped', task: id, by: 'orchestrator', reason });
    if (!hasEnded(known.status)) {
      acts.journal.append({ type: 'task-cancelled', task: id, by: 'orchestrator', reason });
      acts.drop(known.agents);
    }
    return { ok: true, output: 'Dropped.', did: `dropped task ${id}: ${short(reason)}` };
  },
});

const retryTask = tool({
  name: 'retry_task',
  description:
    'Lets a task that failed, was cancelled or never started begin anew, with the tasks that waited for it. Its next agent reads your advice: say what to do otherwise.',
  args: z.object({ task: Name, advice: z.string().min(1).max(4000) }),
  aliases: { id: 'task', text: 'advice', instructions: 'advice' },
  run({ task: id, advice }, acts) {
    const { journal } = acts;
    const known = journal.state.tasks.get(id);
    if (!known || !isRetriable(known)) return no(`Task ${id} is not one that has failed or was skipped.`);
    const before = journal.state.decisions.filter(({ by, task }) => by === LEAD && task === id).length;
    if (before >= RETRIES)
      return no(`You have let ${id} be tried again ${before} times. Change the plan, or ask the user.`);
    journal.append({
      type: 'decision-noted',
      by: LEAD,
      text: advice,
      rationale: 'advice for the next attempt',
      task: id,
    });
    const retried = acts.retry(id);
    if (!retried.ok) return no(retried.message);
    return {
      ok: true,
      output: `Begins anew: ${retried.tasks.join(', ')}.`,
      did: `let ${id} be tried again: ${short(advice)}`,
    };
  },
});

const tellAgent = tool({
  name: 'tell_agent',
  description: 'Says something to an agent at work; it reads it before its next turn.',
  args: z.object({ agent: z.string().min(1), text: z.string().min(1).max(4000) }),
  aliases: { message: 'text', to: 'agent' },
  run: ({ agent, text }, acts) => told(acts.tell(agent, `The lead says: ${text}`), `told ${agent}: ${short(text)}`),
});

const reassign = tool({
  name: 'reassign',
  description: 'Gives an agent at work other models, in order of preference.',
  args: z.object({ agent: z.string().min(1), models: z.array(ModelRef).min(1), reason: z.string().min(1).max(2000) }),
  run({ agent, models, reason }, acts) {
    const all = acts.models();
    const unknown = models.filter(model => !all.includes(model));
    if (unknown.length > 0) return no(`No model ${unknown.join(', ')} is configured. There are: ${all.join(', ')}.`);
    return told(acts.reassign(agent, models, reason), `gave ${agent} ${models[0]}: ${short(reason)}`);
  },
});

const askUser = tool({
  name: 'ask_user',
  description: 'Asks the user and waits for the answer. Only for what you cannot decide.',
  args: z.object({
    question: z.string().min(1).max(2000),
    options: z.array(z.string().min(1).max(200)).max(10).optional(),
  }),
  aliases: { text: 'question', choices: 'options' },
  async run({ question, options }, { attention }, signal) {
    const answer = await attention.question(
      { agent: LEAD, text: question, ...(options?.length && { options }) },
      signal,
    );
    if (!answer.answered) return no('Nobody is there to answer. Take the most careful choice that can be undone.');
    return { ok: true, output: `The user answers: ${answer.text}`, did: `asked: ${short(question)}` };
  },
});

const noteDecision = tool({
  name: 'note_decision',
  description: 'Writes down a choice that binds others, and why.',
  args: z.object({
    decision: z.string().min(1).max(2000),
    rationale: z.string().min(1).max(4000),
    task: Name.optional(),
  }),
  aliases: { text: 'decision', reason: 'rationale' },
  run({ decision: text, rationale, task }, { journal }) {
    journal.append({ type: 'decision-noted', by: LEAD, text, rationale, ...(task !== undefined && { task }) });
    return { ok: true, output: 'Noted.', did: `decided: ${short(text)}` };
  },
});

const resolve = tool({
  name: 'resolve',
  description: 'Closes an open issue or finding by its id, where the work shows that it no longer holds. Look first.',
  args: z.object({ id: z.string().min(1), how: z.string().min(1).max(2000) }),
  aliases: { issue: 'id', finding: 'id', reason: 'how' },
  run({ id, how }, { journal }) {
    const { issues, findings } = journal.state;
    if (issues.get(id) && !issues.get(id)?.resolved) journal.append({ type: 'issue-resolved', issue: id, how });
    else if (findings.get(id) && !findings.get(id)?.resolved)
      journal.append({ type: 'finding-resolved', finding: id, by: LEAD, how });
    else return no(`There is no open issue or finding "${id}".`);
    return { ok: true, output: 'Closed.', did: `closed ${id}: ${short(how)}` };
  },
});

const revisePlan = tool({
  name: 'revise_plan',
  description:
    'Puts a whole new plan in force, where single changes are not enough. Give every task that shall still run, new ones too; a failed task that is named begins anew. Finished ones stay, those at work go on, whatever else is left out is dropped. Tasks are as in open_task, or have a kind: command with run, check with checks, approval with question.',
  args: UncheckedPlan,
  parameters: parametersOf(Plan.omit({ goal: true, pools: true }).extend({ tasks: asInOpenTask })),
  async run(args, acts, signal) {
    const revised = await acts.revise(args, signal);
    return revised.ok ? { ok: true, output: revised.text, did: `revised the plan: ${revised.text}` } : no(revised.text);
  },
});

const unended = (tasks: Iterable<TaskState>) => [...tasks].filter(({ status }) => !hasEnded(status));

const conclude = tool({
  name: 'conclude',
  description:
    'Ends the session as it is, because nothing sensible is left to do: what is at work is ended. Say what is missing.',
  args: z.object({ reason: z.string().min(1).max(4000) }),
  aliases: { text: 'reason', summary: 'reason' },
  ends: true,
  async run({ reason }, acts, signal) {
    const left = unended(acts.journal.state.tasks.values());
    const denied = left.length === 0 ? undefined : await acts.agree(`end the session: ${reason}`, signal);
    if (denied !== undefined) return no(`It goes on: ${denied}`);
    for (const { task, agents } of left) {
      acts.journal.append({ type: 'task-cancelled', task: task.id, by: 'orchestrator', reason });
      acts.drop(agents);
    }
    return { ok: true, output: 'Concluded.', did: `concluded: ${short(reason)}` };
  },
});

const goOn = tool({
  name: 'go_on',
  description: 'Ends your turn: nothing, or nothing more, has to change now.',
  args: z.object({ text: z.string().min(1).max(2000).describe('Why, in a sentence for people') }),
  aliases: { reason: 'text', summary: 'text' },
  ends: true,
  run: ({ text }) => ({ ok: true, output: text }),
});

export const LEAD_TOOLS: readonly LeadTool[] = [
  openTask,
  changeTask,
  retryTask,
  dropTask,
  tellAgent,
  reassign,
  resolve,
  askUser,
  noteDecision,
  revisePlan,
  conclude,
  goOn,
];
