import { checkText } from '../../plan/check-text.ts';
import { sumTests } from '../../testing/figures.ts';
import { deliverables } from '../deliverables.ts';
import { type CheckResult, checkedContracts, checkResults, compatibility, evidence } from '../evidence.ts';
import { responseMs, successRate, tokensOf } from '../figures.ts';
import { notStarted, orchestratorOf } from '../roster.ts';
import type { AgentState, SessionState, Tally, TaskState } from '../state.ts';
import { supervision } from '../supervision.ts';
import { openRisks, recommendations } from './advice.ts';
import { decidedBy } from './decided-by.ts';
import { leftOvers } from './left.ts';
import { parallelReport } from './parallel.ts';
import type { AgentReport, CheckReport, Report, TaskReport, UseReport } from './report.ts';

/** What every browser shows, and nothing that could hold a program. */
const PICTURES = /^image\/(png|jpeg|gif|webp)$/;

/** The whole session in figures and facts: a function of its state alone. */
export function buildReport(state: SessionState): Report {
  const results = checkResults(state);
  const contracts = checkedContracts(state);
  return {
    v: 1,
    session: {
      id: state.session,
      goal: state.goal,
      workspace: state.workspace,
      version: state.version,
      rehearsal: state.rehearsal,
      ...known({ orchestrator: orchestratorOf(state)?.model, startedAt: state.startedAt, lastAt: state.lastAt }),
      workingMs: state.activeMs,
      resumes: state.resumes,
      status: state.status,
      ...known({ outcome: state.outcome }),
    },
    total: {
      ...use(state.tally),
      modelSwitches: state.switches,
      discardedAnswers: state.discarded,
      escalations: state.escalations,
    },
    budget: state.budget.limits.map(({ scope, key, limit }) => ({ scope, key, limitNanoUsd: limit })),
    ...known({ planRationale: state.plan?.rationale }),
    tasks: [...state.tasks.values()].map(task => taskReport(task, results)),
    parallel: parallelReport(state),
    providers: [...state.providers.values()]
      .filter(({ tally }) => tally.calls > 0)
      .map(({ provider, switchesAway, tally }) => ({ provider, switchesAway, ...use(tally) })),
    models: [...state.models].map(([model, tally]) => ({ model, ...use(tally) })),
    agents: [...state.agents.values()].map(agentReport),
    notStarted: notStarted(state).map(({ agent, role, task, part, route, why }) => ({
      agent,
      role,
      task,
      part,
      model: route[0] ?? '',
      why,
    })),
    decisions: state.decisions,
    modelSwitches: state.failovers,
    supervision: supervision(state),
    issues: [...state.issues.values()].map(({ severity, by, task, text, resolved }) => ({
      severity,
      by,
      ...known({ task }),
      text,
      ...known({ resolved: resolved?.how }),
    })),
    findings: [...state.findings.values()].map(({ severity, agent, task, path, line, text, resolved }) => ({
      severity,
      by: agent,
      task,
      ...known({ path, line }),
      text,
      ...known({ resolved: resolved?.how }),
    })),
    risks: openRisks(state),
    recommendations: recommendations(state),
    denied: state.denials.map(({ agent, kind, what, rule, by }) => ({ agent, kind, what, rule, by })),
    checks: results.map(result => checkReport(state, result)),
    integration: { operations: compatibility(contracts), contracts },
    quality: { ...evidence(state), commands: { ...state.commands } },
    files: [...state.files.values()]
      .map(({ path, status, deleted, agents, tasks, models }) => ({ path, status, deleted, agents, tasks, models }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    artifacts: [...state.artifacts.values()].flatMap(versions => {
      const latest = versions.at(-1);
      if (!latest) return [];
      const { artifact, version, mediaType, bytes, agent, model, blob } = latest;
      const picture = PICTURES.test(mediaType) ? `blobs/${blob}` : undefined;
      return [{ artifact, version, mediaType, bytes, agent, ...known({ model, picture }) }];
    }),
    deliverables: deliverables(state),
    left: leftOvers(state),
  };
}

/** Without the fields that are not known. */
function known<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function use(tally: Tally): UseReport {
  const { calls, succeeded, failed, stopped, unknownUsage, unknownCost, cost, boundCost } = tally;
  const average = responseMs(tally);
  return {
    calls,
    succeeded,
    failed,
    stopped,
    ...known({ tokens: unknownUsage > 0 && tokensOf(tally) === 0 ? undefined : { ...tally.usage } }),
    callsOfUnknownUsage: unknownUsage,
    ...known({ costNanoUsd: unknownCost > 0 && cost === 0 ? undefined : cost }),
    ...known({ boundNanoUsd: boundCost > 0 ? boundCost : undefined }),
    callsOfUnknownCost: unknownCost,
    ...known({ averageResponseMs: average === undefined ? undefined : Math.round(average) }),
    ...known({ successRate: successRate(tally) }),
  };
}

const span = ({ startedAt, endedAt }: { startedAt?: number; endedAt?: number }) =>
  startedAt === undefined || endedAt === undefined ? undefined : Math.max(0, endedAt - startedAt);

function testsOf(results: readonly CheckResult[]): TaskReport['tests'] {
  const told = results.flatMap(({ last }) => last.tests ?? []);
  return told.length === 0 ? undefined : sumTests(told);
}

function taskReport(state: TaskState, results: readonly CheckResult[]): TaskReport {
  const { task, status, attempt, agents, rounds, tally, note } = state;
  return {
    id: task.id,
    title: task.title,
    kind: task.kind,
    ...known({ phase: task.phase }),
    status,
    optional: task.optional,
    attempts: attempt,
    fixRounds: rounds.filter(round => round.kind === 'fix').length,
    agents,
    ...known({ startedAt: state.startedAt, endedAt: state.endedAt, ms: span(state) }),
    use: use(tally),
    ...known({ tests: testsOf(results.filter(({ task }) => task === state)), note }),
  };
}

function agentReport(state: AgentState): AgentReport {
  const { agent, role, task, called, route, why, status, turns, tools, failovers, tally } = state;
  return {
    agent,
    role,
    ...known({ task, why }),
    models: called,
    route,
    status,
    turns,
    tools,
    failovers,
    ...known({ ms: span(state) }),
    use: use(tally),
  };
}

function checkReport(state: SessionState, result: CheckResult): CheckReport {
  const { last, runs, failures, task } = result;
  const authors = decidedBy(state, last.check);
  return {
    task: task.task.id,
    check: checkText(last.check),
    result: last.interrupted ? 'interrupted' : last.ok ? 'passed' : 'failed',
    ...known({ exit: last.exit }),
    ms: Math.round(last.ms),
    runs,
    failures,
    ...known({ tests: last.tests, coverage: last.coverage }),
    ...known({ contract: last.contract }),
    ...(authors.length > 0 && { decidedBy: authors }),
  };
}
