import type { Who } from '../../protocol/events.ts';
import type { ModelRef, RelPath } from '../../protocol/ids.ts';
import type { AgentState, AgentStatus, SessionState } from './state.ts';

type Rung = AgentState['rungs'][number];

/** What came of a step of the supervisor. */
export interface StepEnd {
  /** Who went on with the work: after a nudge the agent itself, else its successor. */
  agent: string;
  role: string;
  models: ModelRef[];
  status: AgentStatus;
  at?: number;
  summary?: string;
  /** What that one wrote, where somebody else had to. */
  files: RelPath[];
}

export interface SupervisionStep extends Rung {
  agent: string;
  task?: string;
  /** What a person said, where one was asked. */
  answer?: { text: string; by: Who; at: number };
  /** Absent while nobody has gone on. */
  end?: StepEnd;
}

/** Every step of the supervisor in order of time, with what came of it. */
export function supervision(state: SessionState): SupervisionStep[] {
  const written = new Map<string, RelPath[]>();
  for (const { path, agents } of state.files.values())
    for (const agent of agents) written.set(agent, [...(written.get(agent) ?? []), path]);
  const steps = [...state.agents.values()].flatMap(agent =>
    agent.rungs.map((rung): SupervisionStep => {
      const next = rung.rung === 'nudge' ? agent : successor(state, agent);
      const answer = rung.rung === 'ask-user' ? answerOf(state, agent.agent, rung.at) : undefined;
      return {
        ...rung,
        agent: agent.agent,
        ...(agent.task !== undefined && { task: agent.task }),
        ...(answer && { answer }),
        ...(next && { end: endOf(next, next === agent ? [] : (written.get(next.agent) ?? []).sort()) }),
      };
    }),
  );
  return steps.sort((a, b) => a.at - b.at);
}

/** Whoever did the same part of the task next: its work, or its review. */
function successor({ tasks, agents }: SessionState, { agent, task: id }: AgentState): AgentState | undefined {
  const task = id === undefined ? undefined : tasks.get(id);
  if (!task) return undefined;
  const last = task.rounds.findLastIndex(round => round.agent === agent);
  // Without rounds there was work only, and nobody reviewed it.
  if (last < 0) return agents.get(task.agents[task.agents.indexOf(agent) + 1] ?? '');
  const review = task.rounds[last]?.kind === 'review';
  const next = task.rounds.slice(last).find(round => (round.kind === 'review') === review && round.agent !== agent);
  return next && agents.get(next.agent);
}

function endOf({ agent, role, called, status, endedAt, summary }: AgentState, files: RelPath[]): StepEnd {
  return {
    agent,
    role,
    models: called,
    status,
    ...(endedAt !== undefined && { at: endedAt }),
    ...(summary !== undefined && { summary }),
    files,
  };
}

function answerOf({ answers }: SessionState, asker: string, since: number): SupervisionStep['answer'] {
  const given = answers.find(({ agent, at }) => agent === asker && at >= since);
  return given && { text: given.answer, by: given.by, at: given.at };
}
