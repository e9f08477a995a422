import type { Plan, Task } from '../../../protocol/plan.ts';
import { kindOf } from '../../plan/task-kinds.ts';
import type { SessionState, TaskState } from '../state.ts';
import { emptyTally } from '../tally.ts';
import type { Folds } from './fold.ts';

type Types =
  | 'plan-proposed'
  | 'plan-refused'
  | 'plan-approved'
  | 'task-added'
  | 'task-changed'
  | 'claim-granted'
  | 'roster-planned'
  | 'task-started'
  | 'task-waiting'
  | 'check-started'
  | 'check-ended'
  | 'task-completed'
  | 'task-failed'
  | 'task-skipped'
  | 'task-cancelled'
  | 'task-dropped'
  | 'task-retried'
  | 'round-started'
  | 'round-ended';

const fresh = (task: Task): TaskState => ({
  task,
  status: 'pending',
  attempt: 0,
  agents: [],
  rounds: [],
  checks: [],
  tally: emptyTally(),
});

/** What a new plan does not touch: work that is done or being done. */
const kept = (status: TaskState['status']) => status === 'completed' || status === 'running' || status === 'checking';

/** Makes `plan` the one in force: finished work stays, all else is as the new plan has it. */
function enforce(state: SessionState, plan: Plan): void {
  const before = new Set(state.plan?.tasks.map(task => task.id));
  state.plan = plan;
  const named = new Set(plan.tasks.map(task => task.id));
  for (const [id, task] of state.tasks) {
    if (named.has(id)) delete task.dropped;
    else if (before.has(id)) task.dropped = true;
    if (named.has(id) || kept(task.status)) continue;
    if (task.attempt === 0) state.tasks.delete(id);
    else if (task.status === 'pending' || task.status === 'waiting') end(task, 'cancelled', 'left out of the new plan');
  }
  for (const task of plan.tasks) {
    const known = state.tasks.get(task.id);
    if (!known) state.tasks.set(task.id, fresh(task));
    else if (!kept(known.status)) {
      known.task = task;
      known.status = 'pending';
      delete known.note;
      delete known.final;
      delete known.endedAt;
    }
  }
  state.touched.all('tasks');
}

function end(task: TaskState, status: TaskState['status'], note: string, at?: number): void {
  task.status = status;
  task.note = note;
  if (at !== undefined) task.endedAt = at;
}

export const planFolds: Folds<Types> = {
  'plan-proposed'(state, event) {
    if (state.planApproved) {
      state.proposed = event;
      return;
    }
    enforce(state, event.plan);
    state.planRevision = event.revision;
    if (event.estimate) state.estimate = event.estimate;
    else delete state.estimate;
    if (state.status === 'planning') state.status = 'awaiting-approval';
  },
  'plan-refused'(state) {
    state.planRefusals++;
  },
  'plan-approved'(state, event) {
    if (state.proposed?.revision === event.revision) {
      enforce(state, state.proposed.plan);
      state.planRevision = event.revision;
      if (state.proposed.estimate) state.estimate = state.proposed.estimate;
      delete state.proposed;
    }
    state.planApproved = true;
    if (event.by === 'user' && event.hash && state.plan) state.agreed = { plan: state.plan, hash: event.hash };
    if (state.status === 'planning' || state.status === 'awaiting-approval') state.status = 'running';
  },
  'task-added'(state, event) {
    if (state.tasks.has(event.task.id)) return;
    const task = fresh(event.task);
    const mended = event.repairs === undefined ? undefined : state.tasks.get(event.repairs);
    if (mended) task.repairs = { task: mended.task.id, attempt: mended.attempt };
    state.tasks.set(event.task.id, task);
    state.touched.one('tasks', event.task.id);
  },
  'task-changed'(state, { task }) {
    const known = state.tasks.get(task.id);
    if (known) known.task = task;
    state.touched.one('tasks', task.id);
    const { plan } = state;
    if (plan) state.plan = { ...plan, tasks: plan.tasks.map(planned => (planned.id === task.id ? task : planned)) };
  },
  'claim-granted'(state, event) {
    const task = state.tasks.get(event.task);
    if (task && !task.granted?.includes(event.path)) task.granted = [...(task.granted ?? []), event.path];
  },
  /** Of a task whose plan has changed nobody begins any more who was to. */
  'roster-planned'(state, event) {
    const anew = new Set(event.agents.map(({ task, part }) => `${part} ${task}`));
    for (const [agent, { task, part }] of state.roster)
      if (anew.has(`${part} ${task}`) && !state.agents.has(agent)) state.roster.delete(agent);
    for (const planned of event.agents) state.roster.set(planned.agent, planned);
  },
  'task-started'(state, event) {
    const task = state.tasks.get(event.task);
    if (!task) return;
    task.status = 'running';
    if (task.attempt !== event.attempt) delete task.cutOff;
    task.attempt = event.attempt;
    task.startedAt ??= event.at;
    delete task.endedAt;
    delete task.note;
    delete task.final;
    delete task.outage;
  },
  'task-waiting'(state, event) {
    const task = state.tasks.get(event.task);
    if (!task) return;
    task.status = 'waiting';
    task.note = event.on;
  },
  'check-started'(state, event) {
    state.openChecks.set(event.id, event);
    const task = state.tasks.get(event.task);
    if (task?.status === 'running') task.status = 'checking';
  },
  'check-ended'(state, event) {
    state.openChecks.delete(event.id);
    const task = state.tasks.get(event.task);
    if (!task) return;
    task.checks.push(event);
    if (event.round !== task.attempt) return;
    if (event.interrupted && kindOf(task.task).once) task.cutOff = true;
    else delete task.cutOff;
  },
  'task-completed'(state, event) {
    const task = state.tasks.get(event.task);
    if (task) end(task, 'completed', event.summary, event.at);
  },
  'task-failed'(state, event) {
    const task = state.tasks.get(event.task);
    if (!task) return;
    task.final = event.final;
    if (event.outage) task.outage = event.outage;
    if (event.final) end(task, 'failed', event.reason, event.at);
    else end(task, 'pending', event.reason);
  },
  'task-skipped'(state, event) {
    const task = state.tasks.get(event.task);
    if (task) end(task, 'skipped', event.reason, event.at);
  },
  'task-cancelled'(state, event) {
    const task = state.tasks.get(event.task);
    if (task) end(task, 'cancelled', event.reason, event.at);
  },
  'task-dropped'(state, event) {
    const task = state.tasks.get(event.task);
    if (task) task.dropped = true;
  },
  'task-retried'(state, event) {
    const task = state.tasks.get(event.task);
    if (!task) return;
    task.status = 'pending';
    task.roundsBefore = task.rounds.length;
    task.repairsBefore = task.attempt;
    delete task.note;
    delete task.final;
    delete task.endedAt;
    delete task.outage;
  },
  'round-started'(state, event) {
    const task = state.tasks.get(event.task);
    if (!task) return;
    if (task.status === 'checking') task.status = 'running';
    const { round, kind, agent } = event;
    const waits = state.agents.get(agent)?.status === 'completed';
    task.rounds.push({ round, kind, agent, ...(waits && { waits }) });
  },
  'round-ended'(state, event) {
    const round = state.tasks
      .get(event.task)
      ?.rounds.findLast(r => r.round === event.round && r.kind === event.kind && r.openBlockers === undefined);
    if (!round) return;
    round.openBlockers = event.openBlockers;
    if (event.call !== undefined) round.call = event.call;
  },
};
