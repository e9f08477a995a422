import type { AgentState, SessionState } from '../state.ts';
import { emptyTally } from '../tally.ts';
import type { Folds } from './fold.ts';

type Types =
  | 'agent-started'
  | 'agent-tools'
  | 'worker-result'
  | 'agent-doing'
  | 'steps-set'
  | 'agent-paused'
  | 'agent-unpaused'
  | 'agent-reassigned'
  | 'agent-message'
  | 'agent-compacted'
  | 'agent-trimmed'
  | 'agent-ended'
  | 'supervision'
  | 'lead-called'
  | 'lead-acted'
  | 'tool-intent'
  | 'tool-outcome'
  | 'command-ended';

/** Key of `openTools`. */
export const toolKey = (of: { agent: string; call: string }): string => `${of.agent}\n${of.call}`;

export const freshAgent = (agent: string, role: string, at: number): AgentState => ({
  agent,
  role,
  attempt: 1,
  status: 'running',
  route: [],
  called: [],
  startedAt: at,
  lastEventAt: at,
  turns: 0,
  tools: 0,
  openTools: 0,
  openAsks: 0,
  segment: 0,
  tally: emptyTally(),
  failovers: 0,
  rungs: [],
});

const atWork = (agent: AgentState) =>
  agent.status === 'running' || agent.status === 'paused' || agent.status === 'waiting';

/** What an agent asks is shown with its role and task. */
export function touchAsks(state: SessionState, agent: string): void {
  for (const ask of state.asks.values()) if (ask.agent === agent) state.touched.one('asks', ask.ask);
}

/** Running, unless it waits for an answer. */
export function wake(agent: AgentState): void {
  agent.status = agent.openAsks > 0 ? 'waiting' : 'running';
}

/** Nobody answers an agent that is gone, nor waits for its tools. */
function forget(state: SessionState, agent: AgentState): void {
  if (agent.openAsks > 0)
    for (const ask of state.asks.values())
      if (ask.agent === agent.agent) {
        state.asks.delete(ask.ask);
        state.touched.one('asks', ask.ask);
      }
  if (agent.openTools > 0)
    for (const [key, tool] of state.openTools) if (tool.agent === agent.agent) state.openTools.delete(key);
  agent.openAsks = 0;
  agent.openTools = 0;
}

export const agentFolds: Folds<Types> = {
  /** An agent that was interrupted goes on under its own name: what it used and said stays. */
  'agent-started'(state, event) {
    touchAsks(state, event.agent);
    let agent = state.agents.get(event.agent);
    if (agent) {
      wake(agent);
      agent.role = event.role;
      delete agent.endedAt;
    } else {
      agent = freshAgent(event.agent, event.role, event.at);
      state.agents.set(event.agent, agent);
    }
    agent.attempt = event.attempt;
    agent.route = event.route;
    if (event.worker === undefined) delete agent.worker;
    else agent.worker = event.worker;
    if (event.parent !== undefined) agent.parent = event.parent;
    if (event.call !== undefined) {
      agent.call = event.call;
      const asked = state.agents.get(event.parent ?? '');
      if (asked && !asked.helpers?.includes(event.agent)) asked.helpers = [...(asked.helpers ?? []), event.agent];
    }
    if (event.why !== undefined) agent.why = event.why;
    if (event.task === undefined) return;
    agent.task = event.task;
    const task = state.tasks.get(event.task);
    if (!task || event.call !== undefined) return;
    if (!task.agents.includes(event.agent)) task.agents.push(event.agent);
    const last = task.rounds.at(-1);
    if (last?.agent === event.agent) delete last.waits;
  },
  'agent-tools'(state, event) {
    const agent = state.agents.get(event.agent);
    if (agent) agent.foreignTools = event.names;
  },
  'worker-result'(state, event) {
    const agent = state.agents.get(event.agent);
    const { summary, model, blob } = event;
    if (agent) agent.workerResult = { summary, model, blob };
  },
  'agent-doing'(state, event) {
    const agent = state.agents.get(event.agent);
    if (agent) agent.doing = event.what;
  },
  'steps-set'(state, event) {
    const agent = state.agents.get(event.agent);
    if (agent) agent.steps = event.steps;
  },
  'agent-paused'(state, event) {
    const agent = state.agents.get(event.agent);
    if (!agent || !atWork(agent)) return;
    agent.status = 'paused';
    if (agent.task !== undefined) state.touched.one('tasks', agent.task);
  },
  'agent-unpaused'(state, event) {
    const agent = state.agents.get(event.agent);
    if (agent?.status !== 'paused') return;
    wake(agent);
    if (agent.task !== undefined) state.touched.one('tasks', agent.task);
  },
  'agent-reassigned'(state, event) {
    const agent = state.agents.get(event.agent);
    if (!agent) return;
    agent.route = event.route;
    agent.why = event.reason;
    // Models take over from a CLI agent.
    delete agent.worker;
  },
  'agent-message'(state, event) {
    const agent = state.agents.get(event.agent);
    if (agent) agent.segment = event.segment;
  },
  'agent-compacted'(state, event) {
    const agent = state.agents.get(event.agent);
    if (agent) agent.segment = event.segment;
  },
  'agent-trimmed'() {},
  'agent-ended'(state, event) {
    const agent = state.agents.get(event.agent);
    if (!agent) return;
    agent.status = event.outcome;
    agent.endedAt = event.at;
    agent.summary = event.summary;
    if (event.outage) agent.outage = event.outage;
    else delete agent.outage;
    delete agent.doing;
    if (event.outcome !== 'interrupted') forget(state, agent);
    // Nobody waits any more for what its helpers would have found.
    if (event.outcome !== 'interrupted')
      for (const helper of agent.helpers ?? []) {
        const other = state.agents.get(helper);
        if (other?.status !== 'interrupted') continue;
        other.status = 'aborted';
        state.touched.one('agents', helper);
      }
  },
  supervision(state, event) {
    if (event.rung === 'escalation') state.escalations++;
    const { rung, trigger, reason, at } = event;
    state.agents.get(event.agent)?.rungs.push({ rung, trigger, reason, at });
  },
  'lead-called'({ lead }, event) {
    lead.turns = event.turn;
    lead.open = event.because.map(({ key }) => key);
  },
  'lead-acted'({ lead }) {
    for (const key of lead.open) lead.considered.add(key);
    lead.open = [];
  },
  'tool-intent'(state, event) {
    const key = toolKey(event);
    const agent = state.agents.get(event.agent);
    if (agent) agent.tools++;
    if (agent && !state.openTools.has(key)) agent.openTools++;
    state.openTools.set(key, event);
  },
  'tool-outcome'(state, event) {
    const agent = state.agents.get(event.agent);
    if (state.openTools.delete(toolKey(event)) && agent) agent.openTools = Math.max(0, agent.openTools - 1);
  },
  'command-ended'(state, event) {
    if (event.ended === 'not-started') return;
    state.commands.run++;
    const stopped = event.background && event.ended === 'aborted';
    if (!stopped && (event.ended !== 'exit' || event.exit !== 0)) state.commands.failed++;
  },
};
