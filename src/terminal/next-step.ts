import { isCutOff, stoppedByOutage } from '../core/session/standing.ts';
import type { SessionState } from '../core/session/state.ts';
import { toRetry } from '../core/team/retry.ts';

/** What resuming needs to be told of a rehearsal that does not name its script itself, as older ones do not. */
export const withScript = ({ rehearsal, script }: SessionState): string =>
  rehearsal && script === undefined ? ' --rehearse SCRIPT' : '';

/** What can be done with a session that has ended, as commands with what each is for. */
export function nextSteps(state: SessionState): string[] {
  const { session, outcome } = state;
  const rehearse = withScript(state);
  const resume = `orchestrate resume ${session}${rehearse}`;
  const retry = (task: string) => `orchestrate retry${task} --session ${session}${rehearse}`;
  const tasks = [...state.tasks.values()];
  const cutOff = tasks.filter(isCutOff).map(({ task }) => task.id);
  switch (outcome?.outcome) {
    case 'interrupted':
      return cutOff.length === 0
        ? [`Go on:    ${resume}`]
        : [`Decide:   ${resume}   asks about it in a terminal`, `Run it:   ${retry(` ${cutOff[0]}`)}`];
    case 'budget-spent':
      return [`Go on:    orchestrate resume ${session} --budget USD${rehearse}`];
    case 'failed': {
      if (stoppedByOutage(state)) return [`Go on:    ${resume}   when the cause is mended`];
      return retriable(state) ? [`Again:    ${retry(' [TASK]')}`] : [];
    }
    case 'aborted':
      return retriable(state) ? [`Again:    ${retry(' [TASK]')}`] : [];
    default:
      return [];
  }
}

function retriable(state: SessionState): boolean {
  const found = toRetry(state, 'all');
  return found.ok && found.tasks.length > 0;
}
