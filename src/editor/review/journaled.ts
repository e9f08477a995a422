import type { Changes } from '../../core/changes/changes.ts';
import type { Journal } from '../../core/session/contract.ts';
import type { Finding } from '../../core/session/state.ts';
import type { WindowSession } from '../window-session.ts';
import type { ReviewSession } from './session.ts';

/** A session's review over its journal; with `sendFixRound` while there is a team to do the work. */
export function reviewOf(
  journal: Journal,
  changes: Changes,
  sendFixRound?: ReviewSession['sendFixRound'],
): ReviewSession {
  return {
    state: journal.state,
    changes,
    onDidChange: listener => journal.subscribe(listener),
    ...(sendFixRound && { sendFixRound }),
    resolveFinding: async ({ finding }: Finding, how) => {
      journal.append({ type: 'finding-resolved', finding, by: 'user', how });
      return { ok: true };
    },
  };
}

/** The review of a session that another process owns: what is decided is asked of that process. */
export function watchedReview(
  session: WindowSession,
  changes: Changes,
  sendFixRound: NonNullable<ReviewSession['sendFixRound']>,
): ReviewSession {
  return {
    state: session.state,
    changes,
    onDidChange: listener => session.subscribe(listener),
    ...(session.runs && { sendFixRound }),
    resolveFinding: ({ finding }, how) => session.request({ kind: 'resolve-finding', finding, how }),
    told: session.owner?.host === 'editor',
  };
}
