import { counted, showDuration, showMoney } from '../../../protocol/show.ts';
import { checkText } from '../../plan/check-text.ts';
import { showCoverage, showTests } from '../../testing/show.ts';
import { type EventView, nothing, viewOf } from '../event-view.ts';
import { LEAD, leadText } from '../lead.ts';
import { code, plain } from '../markdown.ts';
import { showCompatibility } from '../show-contract.ts';
import type { SessionState } from '../state.ts';

const taskTitle = (state: SessionState, id: string) => plain(state.tasks.get(id)?.task.title ?? id);
const requestOf = (what: string) => plain(what, 120);

/** By whom it was done in the end, where whoever began it could not. */
function afterEscalation({ tasks, agents }: SessionState, id: string): string {
  const names = tasks.get(id)?.agents ?? [];
  const escalated = names.findLastIndex(name => agents.get(name)?.rungs.some(({ rung }) => rung === 'escalation'));
  const by = names[escalated + 1];
  return escalated < 0 || by === undefined ? '' : ` after its escalation, by ${code(by)}`;
}

const MOST_FILES = 12;

function filesOf({ files }: SessionState, task: string): string {
  const paths = [...files.values()].filter(({ tasks }) => tasks.includes(task)).map(({ path }) => path);
  const more = paths.length - MOST_FILES;
  if (paths.length === 0) return '';
  return ` (${[...paths.sort().slice(0, MOST_FILES).map(code), ...(more > 0 ? [`${more} more`] : [])].join(', ')})`;
}

const askedBy = ({ by }: { by?: string | undefined }) => (by === undefined ? '' : ` by ${code(by)}, over HTTP`);

/** What the timeline says of an event; most events of a session's daily work say nothing there. */
const lines: EventView<string, [state: SessionState]> = {
  'session-started': event => `**Session started**${askedBy(event)}: ${plain(event.goal)}`,
  'session-resumed': event => `**Session resumed** in the ${event.host}${askedBy(event)}`,
  'session-paused': event => `**Paused** by ${event.by}: ${plain(event.reason)}`,
  'session-unpaused': event => `**Goes on**, says ${event.by}`,
  'branch-delivered': event => `Delivery: ${plain(event.message)}`,
  'session-ended': event => `**Session ended: ${event.outcome}** (${plain(event.reason)})`,
  'phase-started': event => `Phase ${code(event.phase)} started`,
  'phase-ended': event => `Phase ${code(event.phase)} ended`,
  'plan-proposed': event => `Plan ${event.revision} proposed: ${counted(event.plan.tasks.length, 'task')}`,
  'plan-refused': event =>
    `Plan refused (attempt ${event.attempt}): ${plain(event.errors[0] ?? '')}${event.errors.length > 1 ? ` and ${event.errors.length - 1} more` : ''}`,
  'plan-approved': event => `Plan ${event.revision} approved by ${event.by}`,
  'task-added': event => `Task added by ${event.by}: ${plain(event.task.title)}`,
  'task-changed': event => `Task ${plain(event.task.title)} changed by ${event.by}: ${plain(event.reason)}`,
  'task-completed': (event, state) =>
    `✅ **${taskTitle(state, event.task)} completed**${afterEscalation(state, event.task)}: ${plain(event.summary)}${filesOf(state, event.task)}`,
  'task-failed': (event, state) =>
    `❌ **${taskTitle(state, event.task)} failed**${event.final ? '' : ', to be tried again'}: ${plain(event.reason)}`,
  'task-skipped': (event, state) => `${taskTitle(state, event.task)} skipped: ${plain(event.reason)}`,
  'task-cancelled': (event, state) =>
    `${taskTitle(state, event.task)} cancelled by ${event.by}: ${plain(event.reason)}`,
  'task-dropped': (event, state) => `${taskTitle(state, event.task)} dropped by ${event.by}: ${plain(event.reason)}`,
  'task-retried': (event, state) => `${taskTitle(state, event.task)} is tried again, says ${event.by}`,
  'check-ended': event => {
    const exit = event.exit === undefined ? '' : `, exit code ${event.exit}`;
    const tests = event.tests ? `, tests: ${showTests(event.tests)}` : '';
    const contract = event.contract
      ? `, contract ${code(event.contract.artifact)}: ${showCompatibility([event.contract])}`
      : '';
    const covered = event.coverage ? `, coverage: ${plain(showCoverage(event.coverage))}` : '';
    const result = event.interrupted ? 'interrupted' : event.ok ? 'passed' : '**failed**';
    return `Check ${code(checkText(event.check))} ${result}${exit}${tests}${covered}${contract} (${showDuration(event.ms)})`;
  },
  'round-ended': (event, state) =>
    event.kind === 'review'
      ? `Review of ${taskTitle(state, event.task)}, round ${event.round}: ${counted(event.openBlockers, 'blocker')} open`
      : undefined,
  'agent-started': (event, state) => {
    const task = event.task === undefined ? '' : ` on **${taskTitle(state, event.task)}**`;
    const again = event.attempt > 1 ? ` (attempt ${event.attempt})` : '';
    const model = event.route[0] === undefined ? '' : ` with ${code(event.route[0])}`;
    return `${code(event.agent)} starts${task} as ${plain(event.role)}${model}${again}`;
  },
  'agent-reassigned': event =>
    `${code(event.agent)} goes on with ${code(event.route[0] ?? '')}, says ${event.by}: ${plain(event.reason)}`,
  'agent-ended': event =>
    event.outcome === 'completed' ? undefined : `${code(event.agent)} ${event.outcome}: ${plain(event.summary)}`,
  'lead-called': event => `🧭 **lead** is asked: ${event.because.map(({ text }) => plain(text)).join(' ')}`,
  'lead-acted': event => `🧭 **lead**: ${plain(leadText(event))}`,
  supervision: event =>
    `⚠ Supervision of ${code(event.agent)}: **${event.rung}** (${plain(event.trigger)}): ${plain(event.reason)}`,
  'attempt-discarded': event =>
    `Answer of ${code(event.model)} to ${code(event.agent)} broke off (${event.error}): ${event.characters} characters discarded`,
  failover: event =>
    `🔀 ${code(event.agent)} moves from ${code(event.from)} to ${code(event.to)} (${event.error}): ${plain(event.reason)}`,
  'route-parked': event => `${code(event.model ?? event.provider)} rests (${event.error}): ${plain(event.reason)}`,
  breaker: event => `Breaker of ${code(event.model)} is ${event.state}`,
  'budget-alert': event =>
    `⚠ Budget of ${event.scope} ${code(event.key)}: ${showMoney(event.spent)} of ${showMoney(event.limit)} spent`,
  'budget-spent': event => `⚠ **Budget of ${event.scope} ${code(event.key)} is spent**: ${event.action}`,
  'budget-changed': event =>
    `Budget of ${event.scope} ${code(event.key)} is now ${event.limit === undefined ? 'unlimited' : showMoney(event.limit)}, says ${event.by}`,
  'permission-asked': event =>
    `${code(event.agent)} asks to use ${event.kind} ${requestOf(event.what)} (${plain(event.rule)})`,
  'permission-answered': event =>
    `Permission: **${event.decision}** (${event.scope}) by ${event.by}${event.reason ? `: ${plain(event.reason)}` : ''}`,
  'permission-denied': event =>
    `🚫 ${code(event.agent)} was denied ${event.kind} ${requestOf(event.what)} by policy (${plain(event.rule)})`,
  'question-asked': event => `${code(event.agent)} asks: ${plain(event.text)}`,
  'question-answered': event => `${event.by} answers: ${plain(event.text)}`,
  notice: event =>
    event.level === 'info' ? undefined : `${event.level === 'error' ? '❌' : '⚠'} ${plain(event.text)}`,
  // What the lead decides stands in what it did.
  'decision-noted': event => (event.by === LEAD ? undefined : `Decision of ${code(event.by)}: ${plain(event.text)}`),
  'issue-opened': event => `Issue (${event.severity}) by ${code(event.by)}: ${plain(event.text)}`,
  'issue-resolved': (event, state) =>
    `Issue resolved: ${plain(state.issues.get(event.issue)?.text ?? event.issue, 80)}: ${plain(event.how)}`,
  'finding-added': event =>
    event.bug
      ? `Bug (${event.bug.severity}) filed by ${code(event.agent)}: ${plain(event.text)}`
      : event.severity === 'note'
        ? undefined
        : `Finding (${event.severity}) by ${code(event.agent)}: ${plain(event.text)}`,
  'bug-seen': (event, state) =>
    `Bug seen again by ${code(event.agent)}: ${plain(state.findings.get(event.finding)?.bug?.title ?? event.finding)}`,
  verdict: (event, state) =>
    `Verdict of ${code(event.agent)} on ${taskTitle(state, event.task)}: ${event.approve ? 'approved' : 'not approved'}`,
  'claim-granted': event =>
    `${code(event.agent)} may write ${code(event.path)} too: no other unfinished task claims it`,
  'artifact-published': event => `${code(event.agent)} publishes ${code(event.artifact)} version ${event.version}`,
  'queue-added': event => `Queued by ${event.by}: ${plain(event.text)}`,
  'request-handled': (event, state) => {
    const { body, by } = state.requests.get(event.request) ?? {};
    return (
      body &&
      `Request ${by === undefined ? 'from outside' : `of ${code(by)}, over HTTP`}, ${body.kind}: ${event.ok ? 'done' : `refused (${plain(event.message ?? '')})`}`
    );
  },
  ...nothing(
    'roster-planned',
    'task-started',
    'task-waiting',
    'check-started',
    'round-started',
    'worker-result',
    'agent-tools',
    'agent-doing',
    'steps-set',
    'agent-paused',
    'agent-unpaused',
    'agent-message',
    'agent-compacted',
    'agent-trimmed',
    'call-intent',
    'call-outcome',
    'worker-spent',
    'provider-health',
    'tool-intent',
    'tool-outcome',
    'command-ended',
    'baseline-taken',
    'write-intent',
    'write-outcome',
    'user-edit',
    'review-intent',
    'review-outcome',
    'finding-resolved',
    'queue-removed',
    'queue-taken',
    'request-received',
  ),
};

export const entryOf = viewOf(lines);
