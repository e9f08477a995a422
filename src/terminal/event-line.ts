import { oneLine } from '../core/plain.ts';
import { shownRequest } from '../core/visible.ts';
import type { JournalEvent } from '../protocol/events.ts';
import { showDuration, showMoney } from '../protocol/show.ts';
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

function lineOf(event: JournalEvent): Line | undefined {
  switch (event.type) {
    case 'session-started':
      return ['▶', 'accent', `session ${event.session}: ${event.goal}`];
    case 'session-resumed':
      return ['▶', 'accent', 'resumed'];
    case 'session-paused':
      return ['‖', 'warn', `paused: ${event.reason}`];
    case 'session-unpaused':
      return ['▶', 'accent', 'goes on'];
    case 'session-ended':
      return ['■', event.outcome === 'completed' ? 'good' : 'bad', `${event.outcome}: ${event.reason}`];
    case 'phase-started':
      return ['§', 'bold', `phase ${event.phase}`];
    case 'plan-proposed':
      return [
        '✎',
        'accent',
        `plan with ${event.plan.tasks.length} tasks${event.revision > 1 ? ` (revision ${event.revision})` : ''}`,
      ];
    case 'plan-refused':
      return [
        '✘',
        'warn',
        `plan refused: ${event.errors[0] ?? ''}${event.errors.length > 1 ? ` and ${event.errors.length - 1} more` : ''}`,
      ];
    case 'plan-approved':
      return ['✔', 'good', `plan approved by ${event.by}`];
    case 'task-added':
      return ['+', 'accent', `task ${event.task.id}: ${event.task.title}`];
    case 'task-started':
      return ['●', 'accent', `${event.task} started${event.attempt > 1 ? ` (attempt ${event.attempt})` : ''}`];
    case 'task-waiting':
      return ['◌', 'warn', `${event.task} waits for ${event.on}`];
    case 'task-completed':
      return ['✔', 'good', `${event.task}: ${event.summary}`];
    case 'task-failed':
      return ['✘', event.final ? 'bad' : 'warn', `${event.task} failed: ${event.reason}`];
    case 'task-skipped':
      return ['–', 'dim', `${event.task} skipped: ${event.reason}`];
    case 'task-cancelled':
      return ['–', 'dim', `${event.task} cancelled: ${event.reason}`];
    case 'task-retried':
      return ['↻', 'accent', `${event.task} is tried again`];
    case 'round-ended':
      return event.kind === 'review'
        ? [
            '◇',
            event.openBlockers > 0 ? 'warn' : 'good',
            `${event.task}: review ${event.round}, ${event.openBlockers} blockers open`,
          ]
        : undefined;
    case 'check-ended': {
      const name =
        'run' in event.check
          ? event.check.run
          : 'exists' in event.check
            ? event.check.exists.join(', ')
            : event.check.artifact;
      const tests = event.tests ? `, ${event.tests.passed} tests passed, ${event.tests.failed} failed` : '';
      return [
        event.ok ? '✔' : '✘',
        event.ok ? 'good' : 'warn',
        `${event.task}: check ${name}${tests} (${showDuration(event.ms)})`,
      ];
    }
    case 'supervision':
      return ['!', 'warn', `${event.agent}: ${event.rung}: ${event.reason}`];
    case 'agent-reassigned':
      return ['⇄', 'accent', `${event.agent} goes on with ${event.route[0]}: ${event.reason}`];
    case 'failover':
      return ['⇄', 'warn', `${event.agent}: ${event.from} → ${event.to} (${event.error}: ${event.reason})`];
    case 'route-parked':
      return ['z', 'warn', `${event.model ?? event.provider} rests: ${event.reason}`];
    case 'budget-alert':
      return ['$', 'warn', `${event.scope} budget: ${showMoney(event.spent)} of ${showMoney(event.limit)} spent`];
    case 'budget-spent':
      return ['$', 'bad', `${event.scope} budget is spent: ${event.action}`];
    case 'command-ended':
      return [
        event.exit === 0 ? '$' : '✘',
        event.exit === 0 ? 'dim' : 'warn',
        `${event.command}${event.exit === 0 ? '' : ` (${event.ended}${event.exit === undefined ? '' : ` ${event.exit}`})`}`,
      ];
    case 'permission-asked':
      return ['?', 'warn', `${event.agent} asks for permission: ${shownRequest(event)}`];
    case 'permission-answered':
      return [
        '?',
        event.decision === 'allow' ? 'good' : 'warn',
        `${event.decision} (${event.scope}) by ${event.by}${event.reason ? `: ${event.reason}` : ''}`,
      ];
    case 'permission-denied':
      return ['⊘', 'warn', `${event.agent} may not: ${shownRequest(event)} (${event.rule})`];
    case 'question-asked':
      return ['?', 'warn', `${event.agent} asks: ${event.text}`];
    case 'finding-added':
      return [
        '◇',
        event.severity === 'blocker' ? 'bad' : 'dim',
        `${event.severity} in ${event.path ?? event.task}: ${event.text}`,
      ];
    case 'finding-resolved':
      return ['◇', 'good', `finding resolved: ${event.how}`];
    case 'artifact-published':
      return ['⬡', 'accent', `${event.agent} published ${event.artifact} v${event.version}`];
    case 'decision-noted':
      return ['✎', 'dim', `${event.by}: ${event.text}`];
    case 'issue-opened':
      return ['!', 'warn', `${event.severity}: ${event.text}`];
    case 'notice':
      return event.level === 'info'
        ? ['i', 'dim', event.text]
        : ['!', event.level === 'error' ? 'bad' : 'warn', event.text];
    default:
      return undefined;
  }
}
