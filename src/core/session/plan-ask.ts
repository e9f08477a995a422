import type { SessionState } from './state.ts';

/** The rule under which the plan that a session begins with is asked about. */
export const PLAN_RULE = 'plan approval';

/** The ask under which the plan waits for its approval. */
export function planAsk({ asks }: Pick<SessionState, 'asks'>): string | undefined {
  for (const { ask, request } of asks.values()) {
    if (request.type === 'permission-asked' && request.rule === PLAN_RULE) return ask;
  }
  return undefined;
}
