import type { EventType } from '../../protocol/events.ts';
import type { Journal } from './contract.ts';

/** Resolves once `holds` does, which is asked after events of these types, or when the signal says so. */
export function until(
  journal: Journal,
  types: readonly EventType[],
  holds: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted || holds()) return resolve();
    const finish = () => {
      subscription.dispose();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const subscription = journal.subscribe(({ type }) => {
      if (types.includes(type) && holds()) finish();
    });
    signal.addEventListener('abort', finish);
  });
}
