import type { NanoUsd } from '../../protocol/ids.ts';
import type { Task } from '../../protocol/plan.ts';
import type { RoleSpec } from '../agent/contract.ts';
import { guidanceText, nestedGuidance } from '../agent/guidance.ts';
import { lookAround } from '../agent/look-around.ts';
import { roomIn } from '../agent/room.ts';
import type { PlanContext } from '../plan/parts.ts';
import type { Journal } from '../session/contract.ts';
import { LEAD } from '../session/lead.ts';
import { until } from '../session/until.ts';
import type { AgentTaskHost } from './agent-task.ts';
import type { AttentionQueue } from './attention.ts';
import { spentForAll } from './budget-watch.ts';
import type { CheckHost } from './checks.ts';
import { planCommandGate, userAgreedTo } from './command-gate.ts';
import { gather } from './handed-over.ts';
import type { LeadHost } from './lead/lead.ts';
import type { LeadActs } from './lead/tools.ts';
import type { AgentNames } from './names.ts';
import { DEFAULTS, type SessionPorts, type SessionSettings } from './options.ts';
import type { PlainTaskHost } from './plain-task.ts';
import type { PlanningHost } from './planning.ts';
import type { ProveHost } from './prove-work.ts';
import type { Quiet } from './quiet.ts';
import type { RosterHost } from './roster.ts';
import type { RunningAgents } from './running-agents.ts';

/** What the parts of a session share; each is handed what it needs of it. */
export interface Team {
  ports: SessionPorts;
  settings: SessionSettings;
  attention: AttentionQueue;
  runningAgents: RunningAgents;
  names: AgentNames;
  quiet: Quiet;
  brief(): string;
  workspace(): string;
  abort(reason: string): void;
  /** Leaves a task for a run in which a person is there. */
  leave(task: string): void;
  /** Puts a task among those that run. */
  add(task: Task): void;
  /** Lets the lead mend the plan where a check of this task could say nothing of the work; at once where it may not. */
  mendPlan(task: string, signal: AbortSignal): Promise<void>;
}

const roleOf = ({ roles }: SessionSettings, name: string): RoleSpec | undefined =>
  roles.find(role => role.name === name);

export function planContext({ ports, settings }: Pick<Team, 'ports' | 'settings'>): PlanContext {
  const { roles, budgetUsd, present } = settings;
  const { judge, journal, hashOf, holding } = ports;
  return {
    roles: roles.map(role => role.name),
    given: journal.state.attached,
    ...(budgetUsd !== undefined && { budgetUsd }),
    refused: command => {
      const { verdict, rule, advice, ownRule } = judge(command, undefined, holding ? 'sandbox' : 'none');
      if (verdict === 'deny') return `refused by the rule "${rule}". ${advice}`;
      const asked = verdict === 'ask' && (ownRule || !userAgreedTo(journal.state, command, hashOf));
      return asked && !present()
        ? `the rule "${rule}" asks about it, and nobody is there to answer. ${advice}`
        : undefined;
    },
  };
}

export function planningHost({ ports, settings, attention, names, workspace }: Team): PlanningHost {
  const { journal, files, readPdf, router, routes, price, hashOf } = ports;
  const { roles, scheduler, approvePlan, present, orchestrator, defaultRole } = settings;
  return {
    journal,
    files,
    readPdf,
    router,
    routes,
    price,
    hashOf,
    roles,
    present,
    attention,
    orchestrator: roleOf(settings, orchestrator),
    workspace: workspace(),
    maxAgents: scheduler.maxAgents,
    lead: settings.lead,
    defaultRole,
    context: planContext({ ports, settings }),
    newAgent: role => names.next(role),
    hasWorker: name => ports.hasWorker?.(name) === true,
    ask: approvePlan,
  };
}

function checkHost({ ports, settings, attention, quiet }: Team): CheckHost {
  const { journal, files, processes, http, holding, loose, clock, newId, judge, hashOf, stoodOn } = ports;
  const agreedTo = (command: string) => userAgreedTo(journal.state, command, hashOf);
  const gate = planCommandGate(journal, judge, attention, agreedTo, holding ? 'sandbox' : 'none');
  const held = holding && { ...holding, journal, files, attention };
  const { commandSeconds } = settings;
  // A limit that somebody set is the limit.
  const times = commandSeconds === DEFAULTS.commandSeconds ? ports.commandTimes?.() : undefined;
  const lastMs = (command: string) => times?.find(each => each.command === command)?.ms;
  const ran = { journal, files, processes, http, held, loose, clock, newId, stoodOn };
  return { ...ran, gate, quiet, commandSeconds, lastMs };
}

export function proveHost(team: Team): ProveHost {
  const { ports, settings } = team;
  return { journal: ports.journal, hashOf: ports.hashOf, limits: settings.limits, checks: checkHost(team) };
}

const SOMEBODY = { kind: 'person', name: 'you' } as const;

export function plainTaskHost(team: Team): PlainTaskHost {
  const { ports, settings, attention, leave, add, mendPlan } = team;
  const { approveAll, present } = settings;
  const { journal, hashOf, branch } = ports;
  const { defaultRole: role, person = SOMEBODY } = settings;
  const checks = checkHost(team);
  return { journal, hashOf, branch, person, approveAll, present, leave, add, mendPlan, attention, checks, role };
}

export function rosterHost({ ports, settings, names }: Team): RosterHost {
  return {
    journal: ports.journal,
    routes: ports.routes,
    role: name => roleOf(settings, name),
    newAgent: role => names.next(role),
    hasWorker: name => ports.hasWorker?.(name) === true,
  };
}

export function agentTaskHost(team: Team): AgentTaskHost {
  const { ports, settings, attention, runningAgents, names, quiet, brief, abort, mendPlan } = team;
  const { journal, files, router, clock, hashOf, routes } = ports;
  const { limits, orchestrator, present } = settings;
  return {
    journal,
    clock,
    hashOf,
    routes,
    limits,
    orchestrator,
    present,
    runningAgents,
    attention,
    quiet,
    brief,
    guidance: async claims =>
      ports.texts ? (await nestedGuidance(ports.texts, claims)).map(guidanceText).join('\n\n') : '',
    handOver: (task, review) => {
      const getBlob = (hash: string) => journal.getBlob(hash);
      const sources = { state: journal.state, getBlob, read: (path: string) => files.read(path) };
      const role = roleOf(settings, review ? (task.review?.role ?? 'reviewer') : task.role);
      const [first] = role ? routes.of(role, task) : [];
      return gather(
        task,
        review,
        sources,
        roomIn(first === undefined ? undefined : router.contextTokens([first])).prompt,
      );
    },
    checks: checkHost(team),
    role: name => roleOf(settings, name),
    newAgent: role => names.next(role),
    limitAgent: limitAgent(ports),
    spent: () => spentForAll(journal.state),
    ready: signal => untilAffordable(journal, signal),
    hasWorker: name => ports.hasWorker?.(name) === true,
    stop: abort,
    mendPlan,
  };
}

const limitAgent =
  ({ journal, limitAgent: set }: SessionPorts) =>
  (agent: string, limit: NanoUsd): void => {
    const known = journal.state.budget.limits.some(
      of => of.scope === 'agent' && of.key === agent && of.limit === limit,
    );
    if (!known) journal.append({ type: 'budget-changed', scope: 'agent', key: agent, limit, by: 'scheduler' });
    set?.(agent, limit);
  };

/** What the lead sees and does; what changes the plan as a whole is the session's. */
export function leadHost(team: Team, acts: Pick<LeadActs, 'reload' | 'retry' | 'revise' | 'agree'>): LeadHost {
  const { ports, settings, attention, runningAgents, add } = team;
  const { journal, files, router, routes, clock, hashOf, log } = ports;
  return {
    ...settings.lead,
    role: roleOf(settings, settings.orchestrator),
    route: role => routes.of(role),
    why: role => routes.why(role),
    looking: route => lookAround({ journal, files, hashOf, readPdf: ports.readPdf }, LEAD, router.contextTokens(route)),
    asking: { router, clock, log },
    hashOf,
    limit: limitAgent(ports),
    ready: signal => untilAffordable(journal, signal),
    acts: {
      ...acts,
      journal,
      attention,
      add,
      get context() {
        return planContext(team);
      },
      models: () => routes.all(),
      drop: agents => {
        for (const agent of agents) runningAgents.abort(agent, 'its task is not wanted any more');
      },
      tell: (agent, text) => runningAgents.nudge(agent, text),
      reassign: (agent, route, reason) => runningAgents.reassign(agent, route, 'orchestrator', reason),
    },
  };
}

/** Resolves when there is neither a pause nor an empty purse. */
function untilAffordable(journal: Journal, signal: AbortSignal): Promise<void> {
  const free = () => journal.state.status !== 'paused' && spentForAll(journal.state) !== 'pause';
  return until(journal, ['session-unpaused', 'budget-changed'], free, signal);
}
