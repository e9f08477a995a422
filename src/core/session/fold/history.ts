import type { BudgetScope, EventOf, JournalEvent } from '../../../protocol/events.ts';
import type { ModelRef } from '../../../protocol/ids.ts';
import { providerOf } from '../../../protocol/model-ref.ts';
import { tokensOf } from '../figures.ts';
import type { History, LatencySample, Mark, Span } from '../history.ts';
import { leadText } from '../lead.ts';
import { standing } from '../standing.ts';
import type { SessionState } from '../state.ts';
import { spanId } from '../touched.ts';

/** Of one agent: an agent that is stopped and woken more often loses its oldest spans. */
const SPANS_KEPT = 200;
const MARKS_KEPT = 1000;
const LATENCIES_KEPT = 40;
/** Points of the spending curve; when there are more, each two neighbours become one. */
const POINTS_KEPT = 120;
const FIRST_STEP_MS = 1000;

export const emptyHistory = (): History => ({
  lanes: new Map(),
  marks: [],
  markCount: 0,
  spending: { stepMs: FIRST_STEP_MS, points: [] },
  latencies: new Map(),
});

/** Keeps who worked when, and what went otherwise than planned; after the state took the event. */
export function remember(state: SessionState, event: JournalEvent, workedAt = event.at): void {
  const { history } = state;
  if (event.type === 'session-resumed') interrupt(state, workedAt);
  if ('agent' in event && event.agent !== undefined) draw(state, event.agent, event.at);
  if (event.type === 'session-paused' || event.type === 'session-unpaused')
    for (const agent of history.lanes.keys()) draw(state, agent, event.at);
  const mark = markOf(event);
  if (!mark) return;
  history.markCount++;
  history.marks.push({ ...mark, n: history.markCount, at: event.at });
  state.touched.one('marks', String(history.markCount));
  if (history.marks.length > MARKS_KEPT) state.touched.one('marks', String(history.marks.shift()?.n));
}

/** Keeps how money and time went: what a call cost, and how long it took. */
export function rememberCall(
  state: SessionState,
  event: JournalEvent & EventOf<'call-outcome'>,
  model: ModelRef,
): void {
  const provider = providerOf(model);
  spend(state, event.at, provider);
  const { ms, firstTokenMs, result } = event;
  const sample = { ms, ok: result.ok, ...(firstTokenMs !== undefined && { firstTokenMs }) };
  measure(state.history, provider, sample);
}

/** A new span begins when an agent's status or model changes. */
function draw(state: SessionState, name: string, at: number): void {
  const agent = state.agents.get(name);
  if (!agent) return;
  const { lanes } = state.history;
  let lane = lanes.get(name);
  if (!lane) {
    lane = { count: 0, spans: [] };
    lanes.set(name, lane);
  }
  const { model } = agent;
  const stands = standing(state, agent);
  const status = stands === 'pausing' ? 'running' : stands;
  const atWork = status === 'running' || status === 'paused' || status === 'waiting';
  const open = lane.spans.at(-1);
  if (open && open.to === undefined) {
    if (atWork && open.status === status && (open.model === model || open.model === undefined)) {
      if (model === open.model || model === undefined) return;
      open.model = model;
      state.touched.one('spans', spanId(name, open.n));
      return;
    }
    close(state, name, open, at);
  }
  if (!atWork) return;
  lane.count++;
  lane.spans.push({ n: lane.count, from: at, status, ...(model !== undefined && { model }) });
  state.touched.one('spans', spanId(name, lane.count));
  if (lane.spans.length > SPANS_KEPT) state.touched.one('spans', spanId(name, lane.spans.shift()?.n ?? 0));
}

/** Nobody worked between the last event of a run that was cut off and the next run. */
function interrupt(state: SessionState, at: number): void {
  for (const [name, { spans }] of state.history.lanes) {
    const open = spans.at(-1);
    if (open && open.to === undefined) close(state, name, open, at);
  }
}

function close(state: SessionState, agent: string, span: Span, at: number): void {
  span.to = Math.max(span.from, at);
  state.touched.one('spans', spanId(agent, span.n));
}

function spend(state: SessionState, at: number, provider: string): void {
  const tally = state.providers.get(provider)?.tally;
  if (!tally) return;
  const now = { cost: tally.cost, tokens: tokensOf(tally) };
  const { spending } = state.history;
  const last = spending.points.at(-1);
  if (last && at - last.at < spending.stepMs) {
    last.by[provider] = now;
    return;
  }
  spending.points.push({ at, by: { ...last?.by, [provider]: now } });
  if (spending.points.length <= POINTS_KEPT) return;
  spending.points = spending.points.filter((_, index) => index % 2 === 0 || index === spending.points.length - 1);
  spending.stepMs *= 2;
}

function measure(history: History, provider: string, sample: LatencySample): void {
  const known = history.latencies.get(provider);
  if (!known) history.latencies.set(provider, [sample]);
  else {
    known.push(sample);
    if (known.length > LATENCIES_KEPT) known.shift();
  }
}

/** There is one session and one day: their keys are nothing that people know them by. */
const budgetName = ({ scope, key }: { scope: BudgetScope; key: string }) =>
  scope === 'session' || scope === 'day' ? scope : `${scope} ${key}`;

function markOf(event: JournalEvent): Omit<Mark, 'n' | 'at'> | undefined {
  switch (event.type) {
    case 'failover':
      return { kind: 'failover', agent: event.agent, from: event.from, to: event.to, text: event.reason };
    case 'attempt-discarded':
      return { kind: 'retry', agent: event.agent, from: event.model, text: event.error };
    case 'supervision':
      return { kind: event.rung, agent: event.agent, text: event.reason };
    case 'lead-acted':
      return { kind: 'lead', agent: event.agent, text: leadText(event) };
    case 'agent-compacted':
      return { kind: 'compacted', agent: event.agent, text: '' };
    case 'agent-reassigned':
      return { kind: 'reassigned', agent: event.agent, to: event.route.join(', '), text: event.reason };
    case 'permission-denied':
      return { kind: 'denied', agent: event.agent, text: `${event.what} (${event.rule})` };
    case 'notice':
      if (event.level === 'info') return undefined;
      return { kind: event.level, ...(event.agent !== undefined && { agent: event.agent }), text: event.text };
    case 'budget-alert':
      return { kind: 'budget-alert', text: budgetName(event) };
    case 'budget-spent':
      return { kind: 'budget-spent', text: budgetName(event) };
    case 'session-resumed':
      return { kind: 'resumed', text: '' };
    default:
      return undefined;
  }
}
