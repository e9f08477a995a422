import type { Clock, Disposable, Log } from '../../ports.ts';
import type { Journal } from '../contract.ts';
import type { SessionStore } from '../store.ts';
import { renderLog } from './render.ts';
import type { Timeline } from './timeline.ts';

const EVERY_MS = 1000;
/** A large session's log takes longer to put together; it is then written less often, for at most 2 % of the time. */
const REST = 50;

/** Writes log.md as the session goes on, about once a second at most. `timeline` has seen what was replayed. */
export function keepLog(
  journal: Journal,
  timeline: Timeline,
  store: Pick<SessionStore, 'writeText'>,
  { clock, log }: { clock: Clock; log: Log },
): { stop(): Promise<void> } {
  let timer: Disposable | undefined;
  let writing: Promise<void> | undefined;
  let changed = false;
  let stopped = false;
  let complained = false;
  let pause = EVERY_MS;

  const write = async () => {
    changed = false;
    try {
      const from = clock.monotonic();
      const text = renderLog(journal.state, timeline);
      pause = Math.max(EVERY_MS, REST * (clock.monotonic() - from));
      await store.writeText('log.md', text);
    } catch (error) {
      if (!complained) log.write('warn', 'log.md could not be written', error);
      complained = true;
    }
  };
  const soon = () => {
    if (timer || stopped) return;
    timer = clock.after(pause, () => {
      timer = undefined;
      writing = write().finally(() => {
        writing = undefined;
        if (changed) soon();
      });
    });
  };
  const subscription = journal.subscribe(event => {
    timeline.apply(event, journal.state);
    changed = true;
    if (!writing) soon();
  });

  return {
    async stop() {
      if (stopped) return;
      stopped = true;
      subscription.dispose();
      timer?.dispose();
      await writing;
      await write();
    },
  };
}
