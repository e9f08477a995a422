import type { EventType, JournalEvent } from '../../protocol/events.ts';
import { fillIn } from './fill-in.ts';
import { agentFolds } from './fold/agents.ts';
import { callFolds } from './fold/calls.ts';
import { changeFolds } from './fold/changes.ts';
import type { Folds } from './fold/fold.ts';
import { remember } from './fold/history.ts';
import { knowledgeFolds } from './fold/knowledge.ts';
import { measureParallel, noteWorking } from './fold/parallel.ts';
import { planFolds } from './fold/plan.ts';
import { sessionFolds } from './fold/session.ts';
import type { Reduce, SessionState } from './state.ts';

export { initialState } from './initial.ts';

const folds: Folds<EventType> = {
  ...sessionFolds,
  ...planFolds,
  ...agentFolds,
  ...callFolds,
  ...changeFolds,
  ...knowledgeFolds,
};
const byType = new Map<string, (state: SessionState, event: never) => void>(Object.entries(folds));

/** What becomes of what was written, while the team works or long after it. */
const NO_WORK: ReadonlySet<EventType> = new Set([
  'write-outcome',
  'user-edit',
  'review-intent',
  'review-outcome',
  'request-received',
  'request-handled',
]);

/** Numbers and dates; a clock that jumped back does not shorten anything. */
function date(state: SessionState, event: JournalEvent): void {
  state.lastAt = Math.max(event.at, state.lastAt ?? event.at);
  state.seq = event.seq;
  const resumed = event.type === 'session-resumed';
  if (NO_WORK.has(event.type) || (state.status === 'ended' && !resumed)) return;
  const since = resumed ? 0 : Math.max(0, event.at - (state.workedAt ?? event.at));
  state.activeMs += since;
  measureParallel(state, since);
  state.workedAt = Math.max(event.at, state.workedAt ?? event.at);
}

/** Folds one event into the state, in place. An event of a type we do not know only moves `seq`. */
export const reduce: Reduce = (state, event) => {
  fillIn(state, event);
  const { workedAt } = state;
  const paused = state.status === 'paused';
  date(state, event);
  byType.get(event.type)?.(state, event as never);
  noteWorking(state, event);
  remember(state, event, workedAt);
  // Agents at work pause and go on with the session.
  if (paused !== (state.status === 'paused')) state.touched.all('agents');
  if ('task' in event && typeof event.task === 'string') state.touched.one('tasks', event.task);
  if (!('agent' in event) || event.agent === undefined) return;
  state.touched.one('agents', event.agent);
  const agent = state.agents.get(event.agent);
  if (agent) agent.lastEventAt = event.at;
};
