import { isAgentTask } from '../../protocol/plan.ts';
import type { SessionState } from '../session/state.ts';
import type { Delivery } from './state.ts';

/** The role of whoever wrote what is delivered, as far as an agent did: whom it goes back to. */
export function authorOf(state: SessionState, { authors }: Pick<Delivery, 'authors'>): string | undefined {
  const tasks = authors.flatMap(({ task }) => (task === undefined ? [] : (state.tasks.get(task)?.task ?? [])));
  return tasks.find(isAgentTask)?.role;
}
