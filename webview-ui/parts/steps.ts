import type { Step } from '../../src/protocol/events.ts';
import { l10n } from '../l10n.ts';

/** How far an agent is by its own list; nothing where it keeps none. */
export function stepsDone(steps: readonly Step[] = []): string {
  if (steps.length === 0) return '';
  const done = steps.filter(({ state }) => state === 'done').length;
  return l10n.t('{0} of {1}', done, steps.length);
}

const MARKS: Record<Step['state'], string> = { done: '✓', doing: '▸', todo: '·' };

/** The list, a line for each; undefined where there is none. */
export const stepLines = (steps: readonly Step[] = []): string | undefined =>
  steps.length === 0 ? undefined : steps.map(({ state, text }) => `${MARKS[state]} ${text}`).join('\n');
