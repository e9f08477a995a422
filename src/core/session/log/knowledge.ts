import { counted } from '../../../protocol/show.ts';
import { checkText } from '../../plan/check-text.ts';
import { showAllTests, showCoverage } from '../../testing/show.ts';
import { checkResults, evidence } from '../evidence.ts';
import { providersCalled, showCost, showRate, showResponse, successRate } from '../figures.ts';
import { code, latest, list, plain, timeOfDay } from '../markdown.ts';
import type { SessionState } from '../state.ts';
import { type SupervisionStep, supervision } from '../supervision.ts';

const MOST = 60;
const MOST_FILES = 12;

export function issues(state: SessionState): string[] {
  const opened = [...state.issues.values()].map(
    ({ at, severity, by, text, resolved }) =>
      `[${timeOfDay(at)}] **${severity}** by ${code(by)}: ${plain(text)} → ${resolved ? `resolved [${timeOfDay(resolved.at)}]: ${plain(resolved.how)}` : '**open**'}`,
  );
  const found = [...state.findings.values()]
    .filter(({ severity }) => severity === 'blocker' || severity === 'major')
    .map(({ at, severity, agent, path, line, text, resolved }) => {
      const where = path === undefined ? '' : ` in ${code(line === undefined ? path : `${path}:${line}`)}`;
      const end = resolved ? `resolved [${timeOfDay(resolved.at)}]: ${plain(resolved.how)}` : '**open**';
      return `[${timeOfDay(at)}] **${severity}** found by ${code(agent)}${where}: ${plain(text)} → ${end}`;
    });
  const escalations = supervision(state)
    .filter(({ rung }) => rung === 'escalation' || rung === 'ask-user')
    .map(step => escalation(step));
  const denied = state.denials.map(
    ({ at, agent, kind, what, rule, by }) =>
      `[${timeOfDay(at)}] ${code(agent)} was denied ${plain(kind)} ${code(what)} by ${by} (${plain(rule)})`,
  );
  return [
    '## Issues & Resolutions',
    '',
    '### Issue Log',
    '',
    ...list(latest([...opened, ...found], MOST), 'No issue so far'),
    '### Escalation Log',
    '',
    ...list(latest(escalations, MOST), 'No escalation so far'),
    '### Denied Permissions',
    '',
    ...list(latest(denied, MOST), 'None so far'),
  ];
}

/** What happened, and how it ended: by whom, when, and with which files. */
function escalation({ at, rung, agent, task, trigger, reason, answer, end }: SupervisionStep): string {
  const what = `[${timeOfDay(at)}] **${rung}** for ${code(agent)}${task === undefined ? '' : ` in ${plain(task)}`} (${plain(trigger)}): ${plain(reason)}`;
  const said = answer ? ` → ${answer.by} said [${timeOfDay(answer.at)}]: ${plain(answer.text)}` : '';
  return `${what}${said} → ${end ? ending(end) : answer ? 'nobody went on' : '**open**'}`;
}

function ending({ agent, role, models, status, at, summary, files }: NonNullable<SupervisionStep['end']>): string {
  const whom = `${code(agent)} (${[plain(role), ...models.map(code)].join(', ')})`;
  if (at === undefined) return `${whom} is at work on it`;
  const more = files.length - MOST_FILES;
  const named = [...files.slice(0, MOST_FILES).map(code), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  const wrote = files.length === 0 ? 'no file' : named;
  const how = status === 'completed' ? 'resolved' : `**not resolved**, ${status}`;
  return `${how} [${timeOfDay(at)}] by ${whom}${summary === undefined ? '' : `: ${plain(summary)}`} (wrote ${wrote})`;
}

/** Of each check whose tests told how much they cover. */
function coverageLines(state: SessionState): string[] {
  const told = checkResults(state).flatMap(({ task, last }) =>
    last.coverage
      ? [
          `Test coverage of ${code(checkText(last.check))} in ${plain(task.task.title)}: ${plain(showCoverage(last.coverage))}`,
        ]
      : [],
  );
  return told.length > 0 ? latest(told, MOST) : ['Test coverage: unknown'];
}

export function notes(state: SessionState): string[] {
  const { checks, tests, findings } = evidence(state);
  const used = providersCalled(state);
  const insights = [
    `${counted(state.agents.size, 'agent')} for ${counted(state.tasks.size, 'task')}; plan revision ${state.planRevision}, ${counted(state.planRefusals, 'proposal')} refused`,
    `${counted(state.commands.run, 'command')} run, ${state.commands.failed} without exit code 0; ${counted(state.deniedPermissions, 'permission')} denied`,
  ];
  const open = Object.entries(findings).filter(([, count]) => count.open > 0);
  const { heartbeat } = state;
  return [
    '## Session Notes',
    '',
    '### Orchestration Insights',
    '',
    ...list(insights, ''),
    '### Provider Performance Notes',
    '',
    ...list(
      used.map(
        ({ provider, tally, switchesAway }) =>
          `**${plain(provider)}**: ${showResponse(tally)} on average, ${showRate(successRate(tally))} success, ${showCost(tally)}, ${counted(switchesAway, 'switch', 'switches')} away`,
      ),
      'No provider used yet',
    ),
    '### Quality Observations',
    '',
    ...list(
      [
        `Checks: ${checks.passing} pass, ${checks.failing} fail, ${checks.interrupted} interrupted, in ${counted(checks.runs, 'run')}`,
        `Tests: ${showAllTests(tests)}`,
        ...coverageLines(state),
        `Open findings: ${open.length === 0 ? 'none' : open.map(([severity, count]) => `${count.open} ${severity}`).join(', ')}`,
      ],
      '',
    ),
    ...(heartbeat ? ['### Last Heartbeat', '', `- [${timeOfDay(heartbeat.at)}] ${plain(heartbeat.text)}`, ''] : []),
    '### Notices',
    '',
    ...list(
      latest(
        state.notices
          .filter(({ level }) => level !== 'info')
          .map(({ at, text }) => `[${timeOfDay(at)}] ${plain(text)}`),
        20,
      ),
      'None',
    ),
  ];
}
