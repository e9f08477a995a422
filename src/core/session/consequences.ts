import { showMoney } from '../../protocol/show.ts';
import { kindOf } from '../plan/task-kinds.ts';
import type { SessionState, TaskState } from './state.ts';

/** Something that a session which goes on does, has, or believes because its journal says so. */
export interface Consequence {
  what: string;
  items: string[];
}

const OVER: ReadonlySet<TaskState['status']> = new Set(['completed', 'cancelled']);

/** All that follows from a journal when it is taken for true: nothing of it was asked of the user who reads it. */
export function consequences(state: SessionState): Consequence[] {
  const tasks = [...state.tasks.values()].filter(({ status }) => !OVER.has(status));
  const approved = state.planApproved ? 'go on with, as approved' : 'plan and ask about';
  const all: Consequence[] = [
    {
      what: `Tasks it would ${approved}`,
      items: tasks.map(({ task, status }) => `${task.id} (${status}): ${task.title}`),
    },
    {
      what: 'Commands these tasks run by themselves',
      items: tasks.flatMap(({ task }) =>
        kindOf(task)
          .commands(task)
          .map(command => `${task.id}: ${command}`),
      ),
    },
    {
      what: 'Files it would write at once, to finish what it says was begun',
      items: [
        ...[...state.openWrites.values()].map(({ path, agent }) => `${path} (${agent})`),
        ...[...state.openReviews.values()].map(({ path, action }) => `${path} (${action})`),
        ...[...state.agents.values()].flatMap(({ agent, workerResult }) =>
          workerResult ? [`all that ${agent} left: ${workerResult.summary}`] : [],
        ),
      ],
    },
    {
      what: 'Changes that would wait for your review; to reject one writes what it says stood there before',
      items: [...new Set([...[...state.files.values()].flatMap(pendingPath), ...state.absent.keys()])],
    },
    {
      what: 'Permissions it says you gave for the whole session',
      items: [...state.grants].flatMap(([key, { decision }]) =>
        decision === 'allow' ? [key.split('\n').filter(Boolean).join(' · ')] : [],
      ),
    },
    {
      what: 'Limits of money it says were set',
      items: state.budget.limits.map(({ scope, key, limit }) => `${scope} ${key}: ${showMoney(limit)}`),
    },
    { what: 'Work that waits in its queue', items: [...state.queue.values()].map(({ text }) => text) },
  ];
  return all.filter(({ items }) => items.length > 0);
}

const pendingPath = ({ path, status }: { path: string; status: string }) => (status === 'pending' ? [path] : []);
