import type { SessionState } from '../core/session/state.ts';
import type { EventOf, JournalEvent } from '../protocol/events.ts';
import { providerOf } from '../protocol/model-ref.ts';
import { spanId } from './rows/history.ts';
import { budgetId } from './rows/money.ts';
import type { SessionTable } from './rows/tables.ts';

/** Told that a row may be another now, or, with `all`, any row of the table. */
export interface Marks {
  row(table: SessionTable, id: string): void;
  all(table: SessionTable): void;
}

/** The tables whose rows say something else when nobody runs the session. */
export const ON_STANDING: readonly SessionTable[] = ['agents', 'tasks', 'providers'];

/** Says which rows an event touches, after the state took it: what is sent follows what has changed, not what there is. */
export class Touched {
  readonly #marks: Marks;
  readonly #state: SessionState;
  #markCount: number;
  #paused: boolean;

  constructor(state: SessionState, marks: Marks) {
    this.#state = state;
    this.#marks = marks;
    this.#markCount = state.history.markCount;
    this.#paused = state.status === 'paused';
  }

  take(event: JournalEvent): void {
    const { row, all } = this.#marks;
    switch (event.type) {
      case 'session-started':
        all('budget');
        this.#newStanding();
        break;
      case 'session-ended':
        this.#newStanding();
        break;
      case 'session-resumed':
        this.#newStanding();
        for (const agent of this.#state.history.lanes.keys()) this.#lane(agent);
        break;
      case 'session-paused':
      case 'session-unpaused':
        for (const agent of this.#state.history.lanes.keys()) this.#lane(agent);
        break;
      case 'plan-proposed':
      case 'plan-approved':
        all('tasks');
        break;
      case 'task-added':
      case 'task-changed':
        row('tasks', event.task.id);
        break;
      case 'call-intent':
        // An agent of which nothing was known begins with its first call.
        this.#asksOf(event.agent);
        this.#counted(event);
        break;
      case 'call-outcome':
        this.#counted(event);
        break;
      case 'worker-spent': {
        const open = this.#state.openCalls.get(event.call);
        if (open) this.#counted(open.intent);
        break;
      }
      case 'failover':
        row('providers', providerOf(event.from));
        break;
      case 'route-parked':
      case 'breaker':
      case 'provider-health':
        row('providers', event.provider);
        break;
      case 'budget-alert':
      case 'budget-spent':
      case 'budget-changed':
        all('budget');
        break;
      case 'permission-asked':
      case 'question-asked':
      case 'permission-answered':
      case 'question-answered':
        row('asks', event.ask);
        break;
      case 'agent-started':
        this.#asksOf(event.agent);
        break;
      case 'agent-ended':
        // Whatever it still asked is asked no more.
        all('asks');
        break;
      case 'decision-noted':
        row('decisions', String(this.#state.decisions.length - 1));
        break;
      case 'issue-opened':
      case 'issue-resolved':
        row('issues', event.issue);
        break;
      case 'finding-added':
      case 'finding-resolved':
        row('findings', event.finding);
        break;
      case 'artifact-published':
        row('artifacts', event.artifact);
        break;
      case 'queue-added':
      case 'queue-removed':
      case 'queue-taken':
        row('queue', event.item);
        break;
      default:
        break;
    }
    if ('agent' in event && event.agent !== undefined) this.#agent(event.agent);
    if ('task' in event && typeof event.task === 'string') row('tasks', event.task);
    this.#newMarks();
    this.#newPause();
  }

  /** Everything that a call counts in. */
  #counted({ agent, model, ...call }: Pick<EventOf<'call-intent' | 'call-outcome'>, 'agent' | 'model' | 'task'>): void {
    if (agent === undefined || model === undefined) return;
    const { row } = this.#marks;
    const provider = providerOf(model);
    const task = call.task ?? this.#state.agents.get(agent)?.task;
    row('providers', provider);
    row('models', model);
    if (task !== undefined) row('tasks', task);
    this.#agent(agent);
    for (const { scope, key } of this.#state.budget.limits) {
      if (scope === 'agent' && key !== agent) continue;
      if (scope === 'provider' && key !== provider) continue;
      row('budget', budgetId(scope, key));
    }
  }

  /** Its asks show an agent's role and task. */
  #asksOf(name: string): void {
    for (const { ask, agent } of this.#state.asks.values()) if (agent === name) this.#marks.row('asks', ask);
  }

  #agent(agent: string): void {
    this.#marks.row('agents', agent);
    this.#lane(agent);
  }

  /** An event ends at most the last span and begins at most one, which may push out the oldest. */
  #lane(agent: string): void {
    const lane = this.#state.history.lanes.get(agent);
    if (!lane) return;
    const { count, spans } = lane;
    this.#marks.row('spans', spanId(agent, count));
    if (count > 1) this.#marks.row('spans', spanId(agent, count - 1));
    if (count > spans.length) this.#marks.row('spans', spanId(agent, count - spans.length));
  }

  /** What was at work when the session ended is at work no more. */
  #newStanding(): void {
    for (const table of ON_STANDING) this.#marks.all(table);
  }

  /** Whoever is at work pauses and goes on with the session. */
  #newPause(): void {
    const paused = this.#state.status === 'paused';
    if (paused !== this.#paused) this.#marks.all('agents');
    this.#paused = paused;
  }

  #newMarks(): void {
    const { markCount, marks } = this.#state.history;
    while (this.#markCount < markCount) {
      this.#markCount++;
      this.#marks.row('marks', String(this.#markCount));
      if (this.#markCount > marks.length) this.#marks.row('marks', String(this.#markCount - marks.length));
    }
  }
}
