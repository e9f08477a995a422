import { Document, isMap, type Pair, type YAMLMap } from 'yaml';
import { AgentTask, Plan, type Task } from '../../protocol/plan.ts';
import type { Estimate } from './estimate.ts';

/** What a task has that says nothing more. */
const DEFAULTS: Record<string, unknown> = AgentTask.parse({ id: 'x', title: 'x', role: 'x', instructions: 'x' });
const DEFAULTED = ['kind', 'needs', 'priority', 'optional', 'complexity', 'writes', 'publishes', 'consumes', 'checks'];
/** The order in which people read a task. */
const KEYS = [
  'id kind title phase role pool needs priority optional complexity instructions run timeoutSeconds question changes environment',
  'writes publishes consumes checks review budgetUsd timeoutMinutes',
].flatMap(keys => keys.split(' '));

/** Only what differs from the default, in a fixed order. */
function slim(task: Task): Record<string, unknown> {
  const written: Record<string, unknown> = task;
  const out: Record<string, unknown> = {};
  for (const key of KEYS) {
    const value = written[key];
    if (value === undefined) continue;
    if (DEFAULTED.includes(key) && JSON.stringify(value) === JSON.stringify(DEFAULTS[key])) continue;
    out[key] = value;
  }
  return out;
}

const dollars = (nano: number) => `$${(nano / 1e9).toFixed(nano < 1e8 ? 3 : 2)}`;

function header(estimate: Estimate | undefined): string {
  const lines = ['Edit this plan as you like; it is checked again before it runs.'];
  if (estimate) {
    const { low, high } = estimate;
    const cost = low === undefined || high === undefined ? 'unknown' : `${dollars(low)} to ${dollars(high)}`;
    lines.push(`Expected cost: ${cost}`);
    if (estimate.basis !== undefined) lines.push(...estimate.basis.split('; ').map(line => `  ${line}`));
  }
  return lines.map(line => ` ${line}`).join('\n');
}

/** A plan as YAML for people to read and edit: the same plan gives the same text, which parses back to the same plan. */
export function renderPlan(plan: Plan, estimate?: Estimate): string {
  const { goal, rationale, phases, pools, tasks } = Plan.parse(plan);
  const document = new Document({
    goal,
    ...(rationale !== undefined && { rationale }),
    ...(phases.length > 0 && { phases }),
    ...(Object.keys(pools).length > 0 && { pools }),
    tasks: tasks.map(slim),
  });
  document.commentBefore = header(estimate);
  const root = document.contents as unknown as YAMLMap;
  for (const pair of root.items as Pair<{ value: string; commentBefore?: string; spaceBefore?: boolean }>[]) {
    if (pair.key.value === 'pools') pair.key.commentBefore = ' How many tasks of a pool run at once.';
    if (pair.key.value === 'tasks') {
      pair.key.spaceBefore = true;
      pair.key.commentBefore =
        ' A task starts as soon as all its needs are met; writes are the files it alone may write.';
    }
  }
  const list = root.get('tasks', true) as unknown as { items: unknown[] };
  for (const [i, item] of list.items.entries()) {
    if (!isMap(item)) continue;
    if (i > 0) item.spaceBefore = true;
    for (const key of ['needs', 'writes', 'publishes', 'consumes']) {
      const node = item.get(key, true) as unknown as { flow?: boolean } | undefined;
      if (node) node.flow = true;
    }
  }
  return document.toString({ lineWidth: 110, flowCollectionPadding: false, blockQuote: 'literal' });
}
