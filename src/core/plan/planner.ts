import type { ModelRef } from '../../protocol/ids.ts';
import type { AssistantMessage, Message, Outage, ToolCallPart } from '../../protocol/message.ts';
import { Plan } from '../../protocol/plan.ts';
import type { RoleSpec } from '../agent/contract.ts';
import { toolSpec } from '../agent/tools/spec.ts';
import type { RouteFailure, Router } from '../routing/contract.ts';
import { DEEPEST } from '../routing/depth.ts';
import { outageText } from '../routing/outage.ts';
import type { Journal } from '../session/contract.ts';
import { checkPlan } from './parse.ts';
import type { PlanContext } from './parts.ts';
import { problemText } from './problem.ts';

export interface PlanRequest {
  goal: string;
  /** The agent's id in the journal. */
  agent: string;
  role: RoleSpec;
  route: ModelRef[];
  /** Files of the workspace and what AGENTS.md says. */
  workspace: string;
  /** Roles that tasks may have. */
  roles: readonly RoleSpec[];
  maxAgents: number;
  context: PlanContext;
  /** What the user said of an earlier plan. */
  feedback?: string;
}

export type Planned =
  | { ok: true; plan: Plan }
  | { ok: false; reason: 'refused' | RouteFailure['reason']; message: string; outage?: Outage };

/** How often a plan with mistakes goes back. */
const CORRECTIONS = 3;
const TOOL = 'propose_plan';

const PROPOSE = {
  name: TOOL,
  description: 'Proposes the plan. It is checked at once; mistakes come back to be mended.',
  args: Plan,
};

const SYSTEM = `You plan the work of a team of agents that write in one workspace, side by side. You do not do the work; you answer with one call of ${TOOL}.

A good plan
- is as small as the goal allows. One task with one agent is right where the work does not split; say so in the rationale. Split only what can really be done side by side, or what needs another skill.
- gives every task instructions that stand alone: an agent sees its task and the workspace, not this conversation and not the other agents.
- gives every file one owner: \`writes\` of tasks that may run side by side must not overlap.
- settles what lies between the parts before they are built: one task publishes the contract (\`publishes\`, an OpenAPI document for an API, a JSON Schema for data), the others consume it (\`consumes\`) and need that task.
- proves that the work is done: \`checks\` with commands that fail when it is not, and at the end a task that runs the parts together: for an API a check with its \`artifact\` and \`serves\`, which starts the server and tries every operation.
- asks for a \`review\` where a mistake would cost much.
- uses \`needs\` only where a task really cannot start before another has ended.

Phases only group tasks; their order comes from \`needs\`. Ids are short words, like "server" or "page-tests".`;

function question(request: PlanRequest): string {
  const roles = request.roles.map(role => `- ${role.name}: ${role.description}`).join('\n');
  const parts = [
    `The goal:\n${request.goal}`,
    request.workspace,
    `Roles there are:\n${roles}`,
    `At most ${request.maxAgents} agents work at once.`,
  ];
  if (request.feedback !== undefined) parts.push(`The user has refused an earlier plan and says:\n${request.feedback}`);
  return parts.filter(part => part !== '').join('\n\n');
}

const unreadable = ({ tooDeep }: ToolCallPart): string =>
  tooDeep ? `the arguments are nested more than ${DEEPEST} deep` : 'the arguments were not valid JSON';

/** Asks a model for a plan until it passes the checks; gives up after a few corrections. Never throws. */
export async function makePlan(
  request: PlanRequest,
  host: { router: Router; journal: Journal },
  signal: AbortSignal,
): Promise<Planned> {
  const { router, journal } = host;
  const messages: Message[] = [{ role: 'user', parts: [{ type: 'text', text: question(request) }] }];
  let errors: string[] = [];
  for (let turn = 1; turn <= 1 + CORRECTIONS; turn++) {
    const answer = await ask(request, router, messages, turn, signal);
    if ('failure' in answer) return answer.failure;
    messages.push(answer.message);
    const calls = answer.message.parts.filter(part => part.type === 'tool-call');
    const call = calls.find(part => part.name === TOOL);
    const checked = call && !call.malformed ? checkPlan(call.args, request.context) : undefined;
    if (checked?.ok) return { ok: true, plan: checked.plan };
    errors = checked
      ? checked.problems.filter(problem => problem.severity === 'error').map(problem => problemText(problem))
      : [call ? unreadable(call) : `the answer held no plan: it has to be given by a call of the tool ${TOOL}`];
    journal.append({ type: 'plan-refused', errors, attempt: turn, source: 'planner' });
    const text = `The plan was not accepted:\n${errors.map(error => `- ${error}`).join('\n')}\nMend all of it and call ${TOOL} again with the whole plan.`;
    if (calls.length === 0) messages.push({ role: 'user', parts: [{ type: 'text', text }] });
    else {
      const parts = calls.map(({ id, name }) => {
        const output = name === TOOL ? text : `There is no tool "${name}" here. Call ${TOOL}.`;
        return { type: 'tool-result' as const, id, name, output, isError: true };
      });
      messages.push({ role: 'tool', parts });
    }
  }
  return {
    ok: false,
    reason: 'refused',
    message: `no valid plan after ${CORRECTIONS} corrections: ${errors.join('; ')}`,
  };
}

async function ask(
  { agent, role, route }: PlanRequest,
  router: Router,
  messages: Message[],
  turn: number,
  signal: AbortSignal,
): Promise<{ message: AssistantMessage } | { failure: Extract<Planned, { ok: false }> }> {
  const system = `${SYSTEM}\n\n${role.instructions.trim()}`.trim();
  const request = { agent, turn, route, system, tools: [toolSpec(PROPOSE)], messages: [...messages] };
  const effort = role.effort === undefined ? {} : { effort: role.effort };
  for await (const event of router.complete({ ...request, toolChoice: 'auto', ...effort }, signal)) {
    if (event.type === 'answer') return { message: event.message };
    if (event.type !== 'failed') continue;
    const { failure } = event;
    const { reason } = failure;
    if (reason === 'aborted') break;
    if (reason === 'no-model') return { failure: { ok: false, ...failure } };
    if (reason !== 'exhausted') return { failure: { ok: false, reason, message: failure.message } };
    const { last, outage = [{ model: last.model, error: last.class, message: last.message }] } = failure;
    return { failure: { ok: false, reason, message: outageText(outage), outage } };
  }
  return { failure: { ok: false, reason: 'aborted', message: '' } };
}
