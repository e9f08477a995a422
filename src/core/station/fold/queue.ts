import type { Item, StationState } from '../contract.ts';
import { isFiled } from './checks.ts';
import { admit, keepNewest, type StationFolds } from './fold.ts';

/** Ended items that are kept for the history. */
const HISTORY = 300;

export const ended = ({ status }: Item): boolean => status === 'done' || status === 'failed' || status === 'removed';

export const queueFolds: StationFolds<
  'item-added' | 'item-changed' | 'item-moved' | 'item-held' | 'item-removed' | 'item-retried'
> = {
  'item-added'(
    state,
    {
      item,
      text,
      target,
      priority,
      due,
      needs,
      attachments,
      attached,
      workflow,
      deliver,
      held,
      bug,
      by,
      cause,
      after,
      at,
    },
  ) {
    state.counts.items++;
    state.items.set(item, {
      id: item,
      text,
      ...(target !== undefined && { target }),
      priority,
      ...(due !== undefined && { due }),
      needs,
      ...(attachments && { attachments }),
      ...(attached && { attached }),
      ...(workflow && { workflow }),
      ...((deliver ?? workflow?.deliver) && { deliver: true }),
      ...(bug && { bug }),
      status: held ? 'held' : 'waiting',
      addedAt: at,
      by,
      cause,
      ...(after !== undefined && { after }),
      runs: [],
    });
    admit(state, cause, item, at);
    if (bug?.regression) isFiled(state, bug.regression, item);
  },
  'item-changed'(state, { item, text, target, priority, due }) {
    const found = state.items.get(item);
    if (!found) return;
    if (text !== undefined) found.text = text;
    if (priority !== undefined) found.priority = priority;
    if (target === null) delete found.target;
    else if (target !== undefined) found.target = target;
    if (due === null) delete found.due;
    else if (due !== undefined) found.due = due;
  },
  'item-moved'(state, { item, before }) {
    const found = state.items.get(item);
    state.counts.moves++;
    if (found) found.moved = { ...(before !== undefined && { before }), move: state.counts.moves };
  },
  'item-held'(state, { item, held }) {
    const found = state.items.get(item);
    if (found && !ended(found) && found.status !== 'running') found.status = held ? 'held' : 'waiting';
  },
  'item-removed'(state, { item, reason, at }) {
    endItem(state, item, 'removed', reason, at);
  },
  'item-retried'(state, { item, at }) {
    const found = state.items.get(item);
    if (!found) return;
    found.status = 'waiting';
    found.addedAt = at;
    delete found.endedAt;
    delete found.note;
  },
};

export function endItem(state: StationState, id: string, status: Item['status'], note: string, at: number): void {
  const item = state.items.get(id);
  if (!item) return;
  Object.assign(item, { status, note, endedAt: at });
  // The newest stand last, whenever they were added.
  state.items.delete(id);
  state.items.set(id, item);
  const over = [...state.items.values()].filter(ended).length - HISTORY;
  if (over <= 0) return;
  // What somebody still waits for is kept for as long.
  const needed = new Set([...state.items.values()].filter(one => !ended(one)).flatMap(({ needs }) => needs));
  keepNewest(state.items, state.items.size - over, key => {
    const one = state.items.get(key);
    return one !== undefined && ended(one) && !needed.has(key);
  });
  for (const [key, { item: of }] of state.runs) if (!state.items.has(of)) state.runs.delete(key);
}
