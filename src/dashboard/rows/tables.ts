import type { SessionState } from '../../core/session/state.ts';
import { budgetId } from '../../core/session/touched.ts';
import type { Row, TableName } from '../../protocol/dashboard-rows.ts';
import { markIds, markRow, spanIds, spanRow } from './history.ts';
import { artifactRow, askRow, decisionRow, findingRow, issueRow, queueRow } from './knowledge.ts';
import { budgetRow, modelRow, providerRow } from './money.ts';
import { agentRow, taskRow } from './work.ts';

/** The tables that one session's state fills; `sessions` is about all of them. */
export type SessionTable = Exclude<TableName, 'sessions'>;

interface Source<T extends TableName> {
  ids(state: SessionState): Iterable<string>;
  /** Undefined where there is no such row any more. */
  row(state: SessionState, id: string, runs?: boolean): Row<T> | undefined;
}

/** Where each table's rows come from: pure functions of the state, and of whether somebody runs it. */
export const sources: { [T in SessionTable]: Source<T> } = {
  asks: { ids: state => state.asks.keys(), row: askRow },
  agents: { ids: state => state.agents.keys(), row: agentRow },
  tasks: { ids: state => state.tasks.keys(), row: taskRow },
  budget: { ids: state => state.budget.limits.map(({ scope, key }) => budgetId(scope, key)), row: budgetRow },
  providers: { ids: state => state.providers.keys(), row: providerRow },
  models: { ids: state => state.models.keys(), row: modelRow },
  issues: { ids: state => state.issues.keys(), row: issueRow },
  findings: { ids: state => state.findings.keys(), row: findingRow },
  decisions: { ids: state => state.decisions.map((_, index) => String(index)), row: decisionRow },
  artifacts: { ids: state => state.artifacts.keys(), row: artifactRow },
  queue: { ids: state => state.queue.keys(), row: queueRow },
  spans: { ids: spanIds, row: spanRow },
  marks: { ids: markIds, row: markRow },
};

/** All rows of some tables, as they stand. */
export function rowsOf<T extends SessionTable>(
  state: SessionState,
  tables: readonly T[],
  runs?: boolean,
): { [K in T]: Row<K>[] } {
  const all = tables.map(table => {
    const { ids, row } = sources[table] as Source<TableName>;
    return [table, [...ids(state)].map(id => row(state, id, runs)).filter(each => each !== undefined)];
  });
  return Object.fromEntries(all) as { [K in T]: Row<K>[] };
}

export const sessionTables = Object.keys(sources) as SessionTable[];
