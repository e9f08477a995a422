import { resolveNeed } from '../../core/plan/needs.ts';
import { LEAD } from '../../core/session/lead.ts';
import { standing, taskStanding } from '../../core/session/standing.ts';
import type { SessionState, Tally, TaskState } from '../../core/session/state.ts';
import type { Row, TallyView } from '../../protocol/dashboard-rows.ts';
import type { EventOf } from '../../protocol/events.ts';
import type { Check } from '../../protocol/plan.ts';
import { isAgentTask } from '../../protocol/plan.ts';
import { given } from './given.ts';

const CHECKS_SHOWN = 6;
const RUNGS_SHOWN = 10;
const WRITES_SHOWN = 20;
/** Of an output; the whole of it is fetched when somebody wants to read it. */
const HEAD_CHARACTERS = 400;

export const tallyView = ({ usage, ...counts }: Tally): TallyView => ({
  calls: counts.calls,
  succeeded: counts.succeeded,
  failed: counts.failed,
  input: usage.input,
  cacheRead: usage.cacheRead,
  cacheWrite: usage.cacheWrite,
  output: usage.output,
  reasoning: usage.reasoning,
  cost: counts.cost,
  boundCost: counts.boundCost,
  unknownUsage: counts.unknownUsage,
  unknownCost: counts.unknownCost,
  ms: counts.ms,
});

export function agentRow(state: SessionState, id: string, runs?: boolean): Row<'agents'> | undefined {
  const agent = state.agents.get(id);
  if (!agent) return undefined;
  return {
    id,
    role: id === LEAD ? LEAD : agent.role,
    attempt: agent.attempt,
    status: standing(state, agent, runs),
    paused: agent.status === 'paused',
    route: agent.route,
    startedAt: agent.startedAt,
    turns: agent.turns,
    tools: agent.tools,
    failovers: agent.failovers,
    rungs: agent.rungs.slice(-RUNGS_SHOWN).map(({ rung, reason, at }) => ({ rung, reason, at })),
    tally: tallyView(agent.tally),
    ...given({
      task: agent.task,
      parent: agent.parent,
      model: agent.model,
      doing: agent.doing,
      steps: agent.steps,
      summary: agent.summary,
      endedAt: agent.endedAt,
    }),
  };
}

function checkLabel(check: Check): string {
  if (check.name !== undefined) return check.name;
  if ('run' in check) return check.run;
  if ('exists' in check) return check.exists.join(', ');
  return check.artifact;
}

function checkView(check: EventOf<'check-ended'>): Row<'tasks'>['checks'][number] {
  const { output, tests } = check;
  return {
    id: check.id,
    label: checkLabel(check.check),
    ok: check.ok,
    ms: check.ms,
    ...given({ exit: check.exit, interrupted: check.interrupted }),
    ...(tests && { tests: { passed: tests.passed, failed: tests.failed, ...given({ skipped: tests.skipped }) } }),
    ...(output && {
      output: {
        text: output.text.slice(0, HEAD_CHARACTERS),
        ...given({ blob: output.blob, bytes: output.bytes }),
      },
    }),
  };
}

function needsOf({ task }: TaskState): Row<'tasks'>['needs'] {
  return task.needs.map(resolveNeed).map(need => {
    if (need.kind === 'task') return { kind: need.kind, name: need.task, when: need.when };
    return { kind: need.kind, name: need.kind === 'phase' ? need.phase : need.pool };
  });
}

export function taskRow(state: SessionState, id: string, runs?: boolean): Row<'tasks'> | undefined {
  const known = state.tasks.get(id);
  if (!known) return undefined;
  const { task } = known;
  const ofAgent = isAgentTask(task) ? task : undefined;
  return {
    id,
    title: task.title,
    kind: task.kind,
    optional: task.optional,
    needs: needsOf(known),
    writes: ofAgent ? [...ofAgent.writes, ...(known.granted ?? [])].slice(0, WRITES_SHOWN) : [],
    status: taskStanding(state, known, runs),
    attempt: known.attempt,
    agents: known.agents,
    rounds: known.rounds.map(({ round, kind, agent, openBlockers }) => ({
      round,
      kind,
      agent,
      ...given({ openBlockers }),
    })),
    checks: known.checks.slice(-CHECKS_SHOWN).map(checkView),
    checksRun: known.checks.length,
    tally: tallyView(known.tally),
    ...given({
      phase: task.phase,
      pool: ofAgent?.pool,
      role: ofAgent?.role,
      startedAt: known.startedAt,
      endedAt: known.endedAt,
      note: known.note,
    }),
  };
}
