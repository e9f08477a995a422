import assert from 'node:assert/strict';
import fc from 'fast-check';
import { initialState, reduce } from '../../../src/core/session/reduce.ts';
import { rowsOf, sessionTables } from '../../../src/dashboard/rows/tables.ts';
import type { JournalEvent } from '../../../src/protocol/events.ts';
import { anyJournal } from '../../support/arbitrary-events.ts';

/** Every row of every table as text, by table and id. */
function rowsIn(state: ReturnType<typeof initialState>): Map<string, string> {
  const tables = Object.entries(rowsOf(state, sessionTables));
  return new Map(tables.flatMap(([table, rows]) => rows.map(row => [`${table} ${row.id}`, JSON.stringify(row)])));
}

/** The rows that an event changed, made or took away, of which its fold said nothing. */
function untold(state: ReturnType<typeof initialState>, event: JournalEvent): string[] {
  const told = new Set<string>();
  const listening = state.touched.listen((kind, id) => told.add(id === undefined ? kind : `${kind} ${id}`));
  const before = rowsIn(state);
  reduce(state, event);
  const after = rowsIn(state);
  listening.dispose();
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    key => before.get(key) !== after.get(key) && !told.has(key) && !told.has(key.split(' ')[0] ?? ''),
  );
}

describe('a fold', () => {
  it('says each row that it changes, so that nobody who shows rows has to know what events do', () => {
    fc.assert(
      fc.property(anyJournal(150), journal => {
        const state = initialState();
        for (const event of journal) assert.deepEqual(untold(state, event), [], event.type);
      }),
      { numRuns: 60 },
    );
  });
});
