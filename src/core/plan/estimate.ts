import type { EventOf } from '../../protocol/events.ts';
import type { ModelRef, NanoUsd } from '../../protocol/ids.ts';
import type { Usage } from '../../protocol/message.ts';
import type { AgentTask, Plan, Task } from '../../protocol/plan.ts';
import { isAgentTask } from '../../protocol/plan.ts';
import { counted } from '../../protocol/show.ts';
import { mendingOf, TURNS } from './agent-tasks.ts';
import { planOrder } from './order.ts';
import type { Course } from './task-kind.ts';
import { kindOf } from './task-kinds.ts';

export type Estimate = NonNullable<EventOf<'plan-proposed'>['estimate']>;

export interface EstimateOptions {
  /** The model that would do a task of this role. */
  modelOf(role: string, task: AgentTask): ModelRef | undefined;
  /** What this usage costs on this model: 0 where it is free, undefined where the price is unknown. */
  price(model: ModelRef, usage: Usage): Promise<NanoUsd | undefined>;
  maxAgents: number;
  /** Who mends what checks of their own find, and how often at most; absent: nobody. */
  repairs?: { role: string; most: number };
  /** Turns of the lead in a light and a heavy course, who takes them, and the most they may cost; absent: none. */
  lead?: { turns: readonly [number, number]; model: ModelRef | undefined; most: NanoUsd | undefined } | undefined;
}

/** A turn of the lead: what it is told with its tools, twice, and what it says. */
const LEAD_TURN = { input: 14_000, output: 1_000 } as const;

/** Tokens of system prompt, tools, brief and task; what a turn adds to the conversation; what the model writes. */
const TOKENS = { start: 6000, perTurn: 1200, output: 500 } as const;

/** A conversation of so many turns: each sends all before it, which the light course reads from the cache. */
function usageOf(turns: number, cached: boolean): Usage {
  const again = turns * TOKENS.start + (TOKENS.perTurn * turns * (turns - 1)) / 2;
  const fresh = TOKENS.start + TOKENS.perTurn * (turns - 1);
  return cached
    ? { input: fresh, cacheRead: again - fresh, output: turns * TOKENS.output }
    : { input: again, output: turns * TOKENS.output };
}

const total = (usage: Usage) => (usage.input ?? 0) + (usage.cacheRead ?? 0) + (usage.output ?? 0);

/** How often each task is mended by others, at most: not at all where no agent has built anything. */
const mendings = ({ tasks }: Plan, { repairs }: EstimateOptions) =>
  repairs && tasks.some(isAgentTask)
    ? { ...repairs, tasks: tasks.filter(task => kindOf(task).mended).length }
    : undefined;

function courseOf(task: Task, course: Course, plan: Plan, options: EstimateOptions) {
  const own = kindOf(task).estimate(task, course);
  const by = kindOf(task).mended ? mendings(plan, options) : undefined;
  if (!by) return own;
  const { work, seconds } = mendingOf(task, by.role, by.most, course);
  return { work: [...own.work, ...work], seconds: own.seconds + seconds };
}

/** The longest chain of needs, or all work shared out among the agents, whichever takes longer. */
function secondsOfPlan(plan: Plan, course: Course, options: EstimateOptions): number {
  const order = planOrder(plan.tasks, plan.pools);
  const tasks = new Map(plan.tasks.map(task => [task.id, task]));
  const until = new Map<string, number>();
  let longest = 0;
  let sum = 0;
  for (const name of order.sorted) {
    const task = tasks.get(name);
    const own = task ? courseOf(task, course, plan, options).seconds : 0;
    const before = Math.max(0, ...(order.before.get(name) ?? []).map(earlier => until.get(earlier) ?? 0));
    until.set(name, before + own);
    longest = Math.max(longest, before + own);
    sum += own;
  }
  return Math.max(longest, sum / Math.max(1, options.maxAgents));
}

/** What a plan will probably cost, before anything has been spent. A price that is unknown leaves the money unknown. */
export async function estimatePlan(plan: Plan, options: EstimateOptions): Promise<Estimate> {
  const money: [NanoUsd | undefined, NanoUsd | undefined] = [0, 0];
  const tokens: [number, number] = [0, 0];
  const unknown = new Set<string>();
  for (const task of plan.tasks) {
    for (const course of [0, 1] as const) {
      for (const { task: asked, role, turns } of courseOf(task, course, plan, options).work) {
        const usage = usageOf(turns, course === 0);
        tokens[course] += total(usage);
        const model = options.modelOf(role, asked);
        const cost = model === undefined ? undefined : await options.price(model, usage);
        if (cost === undefined) unknown.add(model ?? `the model for ${role}`);
        const sum = money[course];
        money[course] = sum === undefined || cost === undefined ? undefined : sum + cost;
      }
    }
  }
  const { lead } = options;
  for (const course of [0, 1] as const) {
    const turns = lead?.turns[course] ?? 0;
    if (!lead || turns === 0) continue;
    const usage = { input: LEAD_TURN.input * turns, output: LEAD_TURN.output * turns };
    tokens[course] += total(usage);
    const cost = lead.model === undefined ? undefined : await options.price(lead.model, usage);
    if (cost === undefined) unknown.add(lead.model ?? 'the model that leads');
    const sum = money[course];
    const bounded = cost === undefined ? undefined : Math.min(cost, lead.most ?? cost);
    money[course] = sum === undefined || bounded === undefined ? undefined : sum + bounded;
  }
  const minutes = ([0, 1] as const).map(course => secondsOfPlan(plan, course, options) / 60) as [number, number];
  const [low, high] = money;
  const mended = mendings(plan, options);
  const round = (value: number) => (value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
  return {
    ...(low !== undefined && { low }),
    ...(high !== undefined && { high }),
    tokens: Math.round((tokens[0] + tokens[1]) / 2),
    minutes: round((minutes[0] + minutes[1]) / 2),
    basis: [
      `rule of thumb: ${TURNS.normal.join(' to ')} turns for a normal task, and another attempt of each in the dear course`,
      `${thousands(tokens[0])} (prompts cached) to ${thousands(tokens[1])} tokens (not cached)`,
      `${round(minutes[0])} to ${round(minutes[1])} minutes with ${counted(options.maxAgents, 'agent')} side by side`,
      ...(mended && mended.tasks > 0
        ? [`up to ${counted(mended.tasks * mended.most, 'repair')} of what checks find`]
        : []),
      ...(lead && lead.turns[1] > 0 ? [`${lead.turns.join(' to ')} turns of the lead`] : []),
      ...(unknown.size > 0 ? [`price unknown: ${[...unknown].join(', ')}`] : []),
    ].join('; '),
  };
}

const thousands = (tokens: number) => (tokens < 1e6 ? `${Math.round(tokens / 1e3)}k` : `${(tokens / 1e6).toFixed(1)}M`);
