import { attach } from '../attached.ts';
import type { SessionState } from '../state.ts';
import { whenRun } from '../touched.ts';
import type { Folds } from './fold.ts';

type Types =
  | 'session-started'
  | 'session-resumed'
  | 'session-paused'
  | 'session-unpaused'
  | 'branch-delivered'
  | 'session-ended'
  | 'phase-started'
  | 'phase-ended'
  | 'notice';

const NOTICES_KEPT = 100;
export const HEARTBEAT = 'heartbeat';

/** What only tells goes before what warns. */
function drop(notices: SessionState['notices']): void {
  const told = notices.findIndex(({ level }) => level === 'info');
  notices.splice(Math.max(0, told), 1);
}

/** Where the session stands when it is neither paused nor ended. */
function atWork(state: SessionState): SessionState['status'] {
  if (state.planApproved) return 'running';
  return state.plan ? 'awaiting-approval' : 'planning';
}

export const sessionFolds: Folds<Types> = {
  'session-started'(state, event) {
    state.session = event.session;
    state.goal = event.goal;
    attach(state, event);
    state.attached = (event.attached ?? []).map(({ artifact }) => artifact);
    state.workspace = event.workspace;
    state.version = event.version;
    if (event.tree) state.tree = event.tree;
    state.rehearsal = event.rehearsal;
    if (event.script !== undefined) state.script = event.script;
    if (event.members) state.members = event.members;
    if (event.workflow) state.workflow = event.workflow;
    if (event.request !== undefined) state.request = event.request;
    if (event.orchestrator) state.orchestrator = event.orchestrator;
    state.startedAt ??= event.at;
    state.status = atWork(state);
    state.budget.alertAt = event.budget.alertAt;
    if (event.budget.sessionUsd !== undefined)
      state.budget.limits.push({ scope: 'session', key: event.session, limit: event.budget.sessionUsd });
    state.touched.all('budget', ...whenRun);
  },
  'session-resumed'(state) {
    state.resumes++;
    delete state.outcome;
    delete state.delivered;
    state.touched.all(...whenRun);
    state.status = state.pausedBy ? 'paused' : atWork(state);
  },
  'session-paused'(state, event) {
    state.status = 'paused';
    state.touched.all(...whenRun);
    state.pausedBy = event.by;
  },
  'session-unpaused'(state) {
    delete state.pausedBy;
    if (state.status !== 'paused') return;
    state.status = atWork(state);
    state.touched.all(...whenRun);
  },
  'branch-delivered'(state, { outcome, branch, delivery, message, fix, author }) {
    state.delivered = {
      outcome,
      message,
      ...(branch !== undefined && { branch }),
      ...(delivery !== undefined && { delivery }),
      ...(fix !== undefined && { fix }),
      ...(author !== undefined && { author }),
    };
  },
  'session-ended'(state, event) {
    state.status = 'ended';
    state.touched.all(...whenRun);
    state.outcome = { outcome: event.outcome, reason: event.reason };
  },
  'phase-started'(state, event) {
    state.phase = event.phase;
    state.phases.push({ phase: event.phase, startedAt: event.at });
  },
  'phase-ended'(state, event) {
    const phase = state.phases.findLast(p => p.phase === event.phase && p.endedAt === undefined);
    if (phase) phase.endedAt = event.at;
    if (state.phase !== event.phase) return;
    const open = state.phases.findLast(p => p.endedAt === undefined);
    if (open) state.phase = open.phase;
    else delete state.phase;
  },
  notice(state, event) {
    if (event.code === HEARTBEAT) {
      state.heartbeat = { at: event.at, text: event.text };
      return;
    }
    state.noticeCount++;
    state.notices.push(event);
    if (state.notices.length > NOTICES_KEPT) drop(state.notices);
  },
};
