import type { JournalEvent } from '../../../protocol/events.ts';
import type { SessionState } from '../state.ts';

/** Counts time in which somebody worked on the session for each task that was at work in it. */
export function measureParallel({ parallel }: SessionState, ms: number): void {
  const { size } = parallel.working;
  parallel.taskMs += ms * size;
  if (size > 0) parallel.busyMs += ms;
}

/** Notes which tasks are at work after an event; a new plan may have ended or dropped any of them. */
export function noteWorking(state: SessionState, event: JournalEvent): void {
  const { parallel, tasks } = state;
  const { working } = parallel;
  const look = (id: string) => {
    const status = tasks.get(id)?.status;
    if (status === 'running' || status === 'checking') working.add(id);
    else working.delete(id);
  };
  if (event.type === 'plan-proposed' || event.type === 'plan-approved') for (const id of [...working]) look(id);
  else if ('task' in event && typeof event.task === 'string') look(event.task);
  parallel.most = Math.max(parallel.most, working.size);
}
