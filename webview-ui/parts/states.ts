import type { Row, SessionView } from '../../src/protocol/dashboard-rows.ts';
import type { MemberStanding } from '../../src/protocol/member.ts';
import { l10n } from '../l10n.ts';

/** How a state looks: never by its colour alone. */
export interface Look {
  icon: string;
  label: string;
  tone: 'busy' | 'wait' | 'good' | 'bad' | 'calm';
  spin?: boolean;
}

export function agentLook(status: Row<'agents'>['status']): Look {
  switch (status) {
    case 'running':
      return { icon: 'sync', label: l10n.t('working'), tone: 'busy', spin: true };
    case 'pausing':
      return { icon: 'sync', label: l10n.t('finishes its turn, then pauses'), tone: 'wait', spin: true };
    case 'paused':
      return { icon: 'debug-pause', label: l10n.t('paused'), tone: 'wait' };
    case 'waiting':
      return { icon: 'question', label: l10n.t('waits for an answer'), tone: 'wait' };
    case 'completed':
      return { icon: 'pass', label: l10n.t('done'), tone: 'good' };
    case 'failed':
      return { icon: 'error', label: l10n.t('failed'), tone: 'bad' };
    case 'aborted':
      return { icon: 'circle-slash', label: l10n.t('aborted'), tone: 'calm' };
    case 'replaced':
      return { icon: 'arrow-swap', label: l10n.t('replaced'), tone: 'calm' };
    case 'interrupted':
      return { icon: 'debug-disconnect', label: l10n.t('interrupted'), tone: 'wait' };
  }
}

export function taskLook(status: Row<'tasks'>['status']): Look {
  switch (status) {
    case 'pending':
      return { icon: 'circle-large-outline', label: l10n.t('to do'), tone: 'calm' };
    case 'waiting':
      return { icon: 'clockface', label: l10n.t('waiting'), tone: 'wait' };
    case 'running':
      return { icon: 'sync', label: l10n.t('running'), tone: 'busy', spin: true };
    case 'paused':
      return { icon: 'debug-pause', label: l10n.t('paused'), tone: 'wait' };
    case 'checking':
      return { icon: 'beaker', label: l10n.t('being checked'), tone: 'busy' };
    case 'completed':
      return { icon: 'pass-filled', label: l10n.t('done'), tone: 'good' };
    case 'failed':
      return { icon: 'error', label: l10n.t('failed'), tone: 'bad' };
    case 'skipped':
      return { icon: 'debug-step-over', label: l10n.t('skipped'), tone: 'calm' };
    case 'cancelled':
      return { icon: 'circle-slash', label: l10n.t('cancelled'), tone: 'calm' };
    case 'interrupted':
      return { icon: 'debug-disconnect', label: l10n.t('interrupted'), tone: 'wait' };
  }
}

export function memberLook(standing: MemberStanding): Look {
  switch (standing) {
    case 'idle':
      return { icon: 'person', label: l10n.t('idle'), tone: 'calm' };
    case 'at-work':
      return { icon: 'sync', label: l10n.t('at work'), tone: 'busy', spin: true };
    case 'stuck':
      return { icon: 'warning', label: l10n.t('stuck'), tone: 'wait' };
    case 'parked':
      return { icon: 'clockface', label: l10n.t('parked'), tone: 'wait' };
    case 'paused':
      return { icon: 'debug-pause', label: l10n.t('paused'), tone: 'wait' };
    case 'out-of-money':
      return { icon: 'credit-card', label: l10n.t('out of money'), tone: 'bad' };
    case 'off-hours':
      return { icon: 'circle-slash', label: l10n.t('off hours'), tone: 'calm' };
  }
}

export function sessionLook({ standing, budgetSpent }: Pick<SessionView, 'standing' | 'budgetSpent'>): Look {
  switch (standing) {
    case 'new':
    case 'planning':
      return { icon: 'sync', label: l10n.t('Planning'), tone: 'busy', spin: true };
    case 'awaiting-approval':
      return { icon: 'question', label: l10n.t('The plan waits for you'), tone: 'wait' };
    case 'running':
      return { icon: 'sync', label: l10n.t('Running'), tone: 'busy', spin: true };
    case 'paused':
      return budgetSpent
        ? { icon: 'credit-card', label: l10n.t('Paused: budget spent'), tone: 'bad' }
        : { icon: 'debug-pause', label: l10n.t('Paused'), tone: 'wait' };
    case 'completed':
      return { icon: 'pass-filled', label: l10n.t('Completed'), tone: 'good' };
    case 'failed':
      return { icon: 'error', label: l10n.t('Ended with failures'), tone: 'bad' };
    case 'aborted':
      return { icon: 'circle-slash', label: l10n.t('Ended by you'), tone: 'calm' };
    case 'budget-spent':
      return { icon: 'credit-card', label: l10n.t('Stopped: budget spent'), tone: 'bad' };
    case 'interrupted':
      return { icon: 'debug-disconnect', label: l10n.t('Interrupted'), tone: 'wait' };
  }
}

export function severityLook(severity: Row<'findings'>['severity']): Look {
  switch (severity) {
    case 'blocker':
      return { icon: 'error', label: l10n.t('blocker'), tone: 'bad' };
    case 'major':
      return { icon: 'warning', label: l10n.t('major'), tone: 'wait' };
    case 'minor':
      return { icon: 'info', label: l10n.t('minor'), tone: 'busy' };
    case 'note':
      return { icon: 'note', label: l10n.t('note'), tone: 'calm' };
  }
}

export function markLook(kind: Row<'marks'>['kind']): Look {
  switch (kind) {
    case 'failover':
      return { icon: 'arrow-swap', label: l10n.t('Failover'), tone: 'wait' };
    case 'retry':
      return { icon: 'refresh', label: l10n.t('Asked again'), tone: 'wait' };
    case 'nudge':
      return { icon: 'megaphone', label: l10n.t('Nudge'), tone: 'busy' };
    case 'fresh-attempt':
      return { icon: 'debug-restart', label: l10n.t('Fresh attempt'), tone: 'wait' };
    case 'other-provider':
      return { icon: 'server', label: l10n.t('Other provider'), tone: 'wait' };
    case 'escalation':
      return { icon: 'flame', label: l10n.t('Escalation'), tone: 'bad' };
    case 'ask-user':
      return { icon: 'question', label: l10n.t('Asks you'), tone: 'wait' };
    case 'lead':
      return { icon: 'compass', label: l10n.t('Lead'), tone: 'busy' };
    case 'compacted':
      return { icon: 'fold', label: l10n.t('Context compacted'), tone: 'calm' };
    case 'reassigned':
      return { icon: 'target', label: l10n.t('Model reassigned'), tone: 'busy' };
    case 'denied':
      return { icon: 'shield', label: l10n.t('Denied'), tone: 'wait' };
    case 'warning':
      return { icon: 'warning', label: l10n.t('Warning'), tone: 'wait' };
    case 'error':
      return { icon: 'error', label: l10n.t('Error'), tone: 'bad' };
    case 'budget-alert':
      return { icon: 'bell', label: l10n.t('Budget alert'), tone: 'wait' };
    case 'budget-spent':
      return { icon: 'credit-card', label: l10n.t('Budget spent'), tone: 'bad' };
    case 'resumed':
      return { icon: 'history', label: l10n.t('Session resumed'), tone: 'calm' };
  }
}
