import { oneLine } from '../core/plain.ts';
import { type EventView, nothing, viewOf } from '../core/session/event-view.ts';
import { LEAD, leadText } from '../core/session/lead.ts';
import { shownRequest } from '../core/visible.ts';
import type { JournalEvent } from '../protocol/events.ts';
import { counted, showDuration, showMoney } from '../protocol/show.ts';
import type { Look, Style } from './style.ts';

type Line = [mark: string, paint: Look, text: string];

/** What one event says to a person who reads along; most events are not worth a line. */
export function eventLine(event: JournalEvent, style: Style): string | undefined {
  const line = lineOf(event);
  if (!line) return undefined;
  const [mark, paint, text] = line;
  const time = new Date(event.at).toTimeString().slice(0, 8);
  return `${style.dim(time)} ${style[paint](mark)} ${oneLine(text)}`;
}

const lines: EventView<Line> = {
  'session-started': event => ['▶', 'accent', `session ${event.session}: ${event.goal}`],
  'session-resumed': () => ['▶', 'accent', 'resumed'],
  'session-paused': event => ['‖', 'warn', `paused: ${event.reason}`],
  'session-unpaused': () => ['▶', 'accent', 'goes on'],
  'branch-delivered': ({ outcome, message }) => [
    '⎇',
    outcome === 'conflicted' || outcome === 'red' || outcome === 'refused' ? 'bad' : 'good',
    message,
  ],
  'session-ended': event => ['■', event.outcome === 'completed' ? 'good' : 'bad', `${event.outcome}: ${event.reason}`],
  'phase-started': event => ['§', 'bold', `phase ${event.phase}`],
  'plan-proposed': event => [
    '✎',
    'accent',
    `plan with ${counted(event.plan.tasks.length, 'task')}${event.revision > 1 ? ` (revision ${event.revision})` : ''}`,
  ],
  'plan-refused': event => [
    '✘',
    'warn',
    `plan refused: ${event.errors[0] ?? ''}${event.errors.length > 1 ? ` and ${event.errors.length - 1} more` : ''}`,
  ],
  'plan-approved': event => ['✔', 'good', `plan approved by ${event.by}`],
  'task-added': event => ['+', 'accent', `task ${event.task.id}: ${event.task.title}`],
  'task-changed': event => ['✎', 'accent', `task ${event.task.id} changed by ${event.by}: ${event.reason}`],
  'task-started': event => [
    '●',
    'accent',
    `${event.task} started${event.attempt > 1 ? ` (attempt ${event.attempt})` : ''}`,
  ],
  'task-waiting': event => ['◌', 'warn', `${event.task} waits for ${event.on}`],
  'task-completed': event => ['✔', 'good', `${event.task}: ${event.summary}`],
  'task-failed': event => ['✘', event.final ? 'bad' : 'warn', `${event.task} failed: ${event.reason}`],
  'task-skipped': event => ['–', 'dim', `${event.task} skipped: ${event.reason}`],
  'task-cancelled': event => ['–', 'dim', `${event.task} cancelled: ${event.reason}`],
  'task-dropped': event => ['–', 'dim', `${event.task} dropped: ${event.reason}`],
  'task-retried': event => ['↻', 'accent', `${event.task} is tried again`],
  'round-ended': event =>
    event.kind === 'review'
      ? [
          '◇',
          event.openBlockers > 0 ? 'warn' : 'good',
          `${event.task}: review ${event.round}, ${counted(event.openBlockers, 'blocker')} open`,
        ]
      : undefined,
  'check-ended': event => {
    const name =
      'run' in event.check
        ? event.check.run
        : 'exists' in event.check
          ? event.check.exists.join(', ')
          : event.check.artifact;
    const tests = event.tests ? `, ${counted(event.tests.passed, 'test')} passed, ${event.tests.failed} failed` : '';
    return [
      event.ok ? '✔' : '✘',
      event.ok ? 'good' : 'warn',
      `${event.task}: check ${name}${tests} (${showDuration(event.ms)})`,
    ];
  },
  'lead-called': event => ['◆', 'dim', `lead is asked: ${event.because.map(({ text }) => text).join(' ')}`],
  'lead-acted': event => ['◆', event.did.length > 0 ? 'accent' : 'dim', `lead: ${leadText(event)}`],
  supervision: event => ['!', 'warn', `${event.agent}: ${event.rung}: ${event.reason}`],
  'agent-reassigned': event => ['⇄', 'accent', `${event.agent} goes on with ${event.route[0]}: ${event.reason}`],
  failover: event => ['⇄', 'warn', `${event.agent}: ${event.from} → ${event.to} (${event.error}: ${event.reason})`],
  'route-parked': event => ['z', 'warn', `${event.model ?? event.provider} rests: ${event.reason}`],
  'budget-alert': event => [
    '$',
    'warn',
    `${event.scope} budget: ${showMoney(event.spent)} of ${showMoney(event.limit)} spent`,
  ],
  'budget-spent': event => ['$', 'bad', `${event.scope} budget is spent: ${event.action}`],
  'command-ended': event => [
    event.exit === 0 || event.background ? '$' : '✘',
    event.exit === 0 || event.background ? 'dim' : 'warn',
    `${event.command}${event.background ? ' (in the background)' : event.exit === 0 ? '' : ` (${event.ended}${event.exit === undefined ? '' : ` ${event.exit}`})`}`,
  ],
  'permission-asked': event => ['?', 'warn', `${event.agent} asks for permission: ${shownRequest(event)}`],
  'permission-answered': event => [
    '?',
    event.decision === 'allow' ? 'good' : 'warn',
    `${event.decision} (${event.scope}) by ${event.by}${event.reason ? `: ${event.reason}` : ''}`,
  ],
  'permission-denied': event => ['⊘', 'warn', `${event.agent} may not: ${shownRequest(event)} (${event.rule})`],
  'claim-granted': event => ['+', 'dim', `${event.agent} may write ${event.path} too: no other task needs it`],
  'question-asked': event => ['?', 'warn', `${event.agent} asks: ${event.text}`],
  'finding-added': event => [
    '◇',
    event.severity === 'blocker' ? 'bad' : 'dim',
    `${event.bug ? `bug (${event.bug.severity})` : event.severity} in ${event.path ?? event.task}: ${event.text}`,
  ],
  'bug-seen': event => ['◇', 'bad', `${event.finding} was seen again by ${event.agent}`],
  'finding-resolved': event => ['◇', 'good', `finding resolved: ${event.how}`],
  'artifact-published': event => ['⬡', 'accent', `${event.agent} published ${event.artifact} v${event.version}`],
  'decision-noted': event => (event.by === LEAD ? undefined : ['✎', 'dim', `${event.by}: ${event.text}`]),
  'steps-set': event => {
    const done = event.steps.filter(step => step.state === 'done').length;
    const now = event.steps.find(step => step.state === 'doing');
    return [
      '☰',
      'dim',
      `${event.agent}: ${done} of ${counted(event.steps.length, 'step')} done${now ? `, now: ${now.text}` : ''}`,
    ];
  },
  'issue-opened': event => ['!', 'warn', `${event.severity}: ${event.text}`],
  'request-received': event =>
    event.by === undefined ? undefined : ['@', 'accent', `${event.by} asks over HTTP: ${event.body.kind}`],
  notice: event =>
    event.level === 'info' ? ['i', 'dim', event.text] : ['!', event.level === 'error' ? 'bad' : 'warn', event.text],
  ...nothing(
    'phase-ended',
    'roster-planned',
    'check-started',
    'round-started',
    'agent-started',
    'worker-result',
    'agent-tools',
    'agent-doing',
    'agent-paused',
    'agent-unpaused',
    'agent-message',
    'agent-compacted',
    'agent-trimmed',
    'agent-ended',
    'call-intent',
    'call-outcome',
    'worker-spent',
    'attempt-discarded',
    'breaker',
    'provider-health',
    'budget-changed',
    'tool-intent',
    'tool-outcome',
    'baseline-taken',
    'write-intent',
    'write-outcome',
    'user-edit',
    'review-intent',
    'review-outcome',
    'question-answered',
    'issue-resolved',
    'verdict',
    'queue-added',
    'queue-removed',
    'queue-taken',
    'request-handled',
  ),
};

const lineOf = viewOf(lines);
