import type { Changes } from '../../core/changes/changes.ts';
import type { Journal } from '../../core/session/contract.ts';
import type { Finding } from '../../core/session/state.ts';
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
    resolveFinding: ({ finding }: Finding, how) => {
      journal.append({ type: 'finding-resolved', finding, by: 'user', how });
    },
  };
}
