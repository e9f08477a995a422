import type { ModelRef, NanoUsd } from '../../protocol/ids.ts';
import type { Usage } from '../../protocol/message.ts';
import type { Plan } from '../../protocol/plan.ts';
import { counted, showMoney } from '../../protocol/show.ts';
import { allTokens } from '../../protocol/tokens.ts';
import type { RoleSpec } from '../agent/contract.ts';
import { lookAround } from '../agent/look-around.ts';
import { planHash } from '../plan/approval.ts';
import { type Estimate, estimatePlan } from '../plan/estimate.ts';
import type { PlanContext } from '../plan/parts.ts';
import { kindOf } from '../plan/task-kinds.ts';
import type { HashOf, ReadPdf, WorkspaceFiles } from '../ports.ts';
import type { Router } from '../routing/contract.ts';
import type { Journal } from '../session/contract.ts';
import { PLAN_RULE } from '../session/plan-ask.ts';
import type { SessionState } from '../session/state.ts';
import { workerFor } from '../worker/fit.ts';
import { workerModel } from '../worker/names.ts';
import { handedIn } from './attached.ts';
import type { AttentionQueue } from './attention.ts';
import type { LeadSettings } from './lead/lead.ts';
import { makePlan } from './planner.ts';
import { REPAIRS } from './repair.ts';
import type { Routes } from './routes.ts';

export interface PlanningHost {
  journal: Journal;
  files: WorkspaceFiles;
  readPdf?: ReadPdf | undefined;
  router: Router;
  attention: AttentionQueue;
  routes: Routes;
  roles: readonly RoleSpec[];
  orchestrator: RoleSpec | undefined;
  workspace: string;
  maxAgents: number;
  lead: LeadSettings;
  /** Who mends what checks find. */
  defaultRole: string;
  context: PlanContext;
  hashOf: HashOf;
  price(model: ModelRef, usage: Usage): Promise<NanoUsd | undefined>;
  newAgent(role: string): string;
  /** Whether a CLI agent can be started by this name. */
  hasWorker(name: string): boolean;
  /** The plan is shown and waits for a yes before anything runs. */
  ask: boolean;
  present(): boolean;
}

export type PlanningResult = { ok: true } | { ok: false; reason: 'refused' | 'failed' | 'aborted'; message: string };

/** How often the lead will probably be asked: when something fails; where it is active, at the seams of the plan too. */
function leadTurns(
  plan: Plan,
  { lead, orchestrator, routes, journal }: Pick<PlanningHost, 'lead' | 'orchestrator' | 'routes' | 'journal'>,
) {
  if (lead.mode === 'off' || !orchestrator) return undefined;
  const contracts = new Set(plan.tasks.flatMap(task => kindOf(task).consumes(task)));
  const seams = lead.mode === 'active' ? Math.max(0, plan.phases.length - 1) + contracts.size : 0;
  const limit = journal.state.budget.limits.find(({ scope }) => scope === 'session')?.limit;
  const most = limit === undefined ? undefined : Math.floor(limit * lead.share);
  return { turns: [seams, seams + Math.ceil(plan.tasks.length / 4)] as const, model: routes.of(orchestrator)[0], most };
}

export function estimate(
  plan: Plan,
  host: Pick<
    PlanningHost,
    'routes' | 'roles' | 'price' | 'maxAgents' | 'hasWorker' | 'lead' | 'defaultRole' | 'orchestrator' | 'journal'
  >,
): Promise<Estimate> {
  const roles = new Map(host.roles.map(role => [role.name, role]));
  return estimatePlan(plan, {
    maxAgents: host.maxAgents,
    price: host.price,
    lead: leadTurns(plan, host),
    repairs: { role: host.defaultRole, most: REPAIRS },
    modelOf: (name, task) => {
      const role = roles.get(name);
      const worker = role && name === task.role ? workerFor(role, task, host.hasWorker) : undefined;
      // Nobody knows beforehand what it costs.
      if (worker !== undefined) return workerModel(worker);
      return role && host.routes.of(role, task)[0];
    },
  });
}

/** From the goal to an approved plan: from a file or a model, again when the user says what should be different. */
export async function agreeOnPlan(host: PlanningHost, signal: AbortSignal): Promise<PlanningResult> {
  const { journal } = host;
  let feedback: string | undefined;
  while (!journal.state.planApproved) {
    if (!journal.state.plan || feedback !== undefined) {
      const proposed = await propose(host, feedback, signal);
      if (!proposed.ok) return proposed;
    }
    if (!host.ask) {
      journal.append({ type: 'plan-approved', revision: journal.state.planRevision, by: 'system' });
      break;
    }
    const answer = await askForApproval(host, signal);
    if (signal.aborted) return { ok: false, reason: 'aborted', message: 'interrupted' };
    if (answer.decision === 'allow') {
      if (!journal.state.planApproved) {
        const { plan, planRevision: revision } = journal.state;
        const agreed = plan && { hash: planHash(plan, host.hashOf) };
        journal.append({ type: 'plan-approved', revision, by: 'user', ...agreed });
      }
      break;
    }
    if (!host.present())
      return { ok: false, reason: 'failed', message: 'the plan needs approval, and nobody is there' };
    if (answer.reason === undefined) return { ok: false, reason: 'refused', message: 'the plan was refused' };
    feedback = answer.reason;
    const refused = { errors: [feedback], attempt: journal.state.planRevision };
    journal.append({ type: 'plan-refused', ...refused, source: 'user' });
  }
  return { ok: true };
}

function askForApproval({ journal, attention }: PlanningHost, signal: AbortSignal) {
  const what = `the plan for: ${journal.state.plan?.goal ?? journal.state.goal}`;
  return attention.permission({ agent: 'planner', kind: 'plan', what, rule: PLAN_RULE }, signal);
}

/** What looking around and planning has cost is part of what the work costs. */
function withPlanning(planned: Estimate, { tally }: SessionState): Estimate {
  const { calls, cost, usage } = tally;
  if (calls === 0) return planned;
  const { low, high, tokens = 0, basis } = planned;
  return {
    ...planned,
    ...(low !== undefined && { low: low + cost }),
    ...(high !== undefined && { high: high + cost }),
    tokens: tokens + allTokens(usage),
    basis: [basis, `planning so far is part of it: ${counted(calls, 'call')}, ${showMoney(cost)}`].join('; '),
  };
}

async function propose(host: PlanningHost, feedback: string | undefined, signal: AbortSignal): Promise<PlanningResult> {
  const { journal } = host;
  const given = feedback === undefined ? journal.state.workflow : undefined;
  const plan = given ?? (await ask(host, feedback, signal));
  if ('message' in plan) return { ok: false, ...plan };
  journal.append({
    type: 'plan-proposed',
    plan,
    revision: journal.state.planRevision + 1,
    source: given ? 'file' : 'planner',
    estimate: withPlanning(await estimate(plan, host), journal.state),
  });
  return { ok: true };
}

async function ask(
  host: PlanningHost,
  feedback: string | undefined,
  signal: AbortSignal,
): Promise<Plan | { reason: 'failed' | 'aborted'; message: string }> {
  const { journal, router, orchestrator, roles, maxAgents, context } = host;
  if (!orchestrator) return { reason: 'failed', message: 'there is no role that plans' };
  const route = host.routes.of(orchestrator);
  const agent = host.newAgent(orchestrator.name);
  journal.append({
    type: 'agent-started',
    agent,
    role: orchestrator.name,
    attempt: 1,
    route,
    why: host.routes.why(orchestrator),
  });
  journal.append({ type: 'agent-doing', agent, what: 'plans' });
  await router.learnWindows?.(route);
  const planned = await makePlan(
    {
      looking: lookAround(host, agent, router.contextTokens(route)),
      goal: journal.state.goal,
      handedIn: await handedIn(journal.state.attached, {
        state: journal.state,
        getBlob: hash => journal.getBlob(hash),
      }),
      agent,
      role: orchestrator,
      route,
      workspace: host.workspace,
      roles,
      maxAgents,
      context,
      ...(feedback !== undefined && { feedback }),
    },
    { router, journal },
    signal,
  );
  if (planned.ok) {
    const { plan } = planned;
    const summary = `planned ${counted(plan.tasks.length, 'task')}`;
    journal.append({ type: 'agent-ended', agent, outcome: 'completed', summary });
    journal.append({
      type: 'decision-noted',
      by: agent,
      text: summary,
      rationale: plan.rationale ?? 'no reason given',
    });
    return plan;
  }
  const aborted = signal.aborted || planned.reason === 'aborted';
  const { message: summary, outage } = planned;
  const outcome = aborted ? 'interrupted' : 'failed';
  journal.append({ type: 'agent-ended', agent, outcome, summary, ...(outage && { outage }) });
  return { reason: aborted ? 'aborted' : 'failed', message: `planning failed: ${summary}` };
}
