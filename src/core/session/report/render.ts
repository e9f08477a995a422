import { counted, showCount, showDuration, showMoney } from '../../../protocol/show.ts';
import { showAllTests, showCoverage, showTests } from '../../testing/show.ts';
import { showRate, showSpent } from '../figures.ts';
import { code, dateTime, list, plain, table, timeOfDay, title } from '../markdown.ts';
import { rowDetail, showCompatibility, showKinds } from '../show-contract.ts';
import type { AdviceReport, CheckReport, Report, StepReport, UseReport } from './report.ts';

/** report.md: for people, every figure from the report. */
export const renderReport = (report: Report): string => renderWith(report, pictures(report));

/** The same with something else in the place of its pictures. */
export function renderWith(report: Report, shown: readonly string[]): string {
  return [
    `# Session Report`,
    '',
    ...summary(report),
    ...outcome(report),
    ...parallel(report),
    ...performance(report),
    ...decisions(report),
    ...issues(report),
    ...integration(report),
    ...deliverables(report),
    ...shown,
    ...quality(report),
    ...advice(report),
    ...left(report),
    '---',
    '',
    `*Session ${code(report.session.id)}, Orchestrate ${plain(report.session.version)}. Every figure is counted from the session’s journal; what is not known is called unknown. All times are UTC.*`,
    '',
  ].join('\n');
}

const tokens = ({ tokens: of, callsOfUnknownUsage }: UseReport): string => {
  if (!of) return 'unknown';
  const all = showCount(of.input + of.cacheRead + of.cacheWrite + of.output);
  return callsOfUnknownUsage > 0 ? `at least ${all}` : all;
};
const cost = ({ costNanoUsd = 0, boundNanoUsd = 0, callsOfUnknownCost }: UseReport): string =>
  showSpent(costNanoUsd, boundNanoUsd, callsOfUnknownCost);

function summary({ session, total, tasks, agents, models, files, quality, checks, integration }: Report): string[] {
  const done = tasks.filter(task => task.status === 'completed').length;
  const pending = files.filter(file => file.status === 'pending').length;
  const { passing, failing, interrupted } = quality.checks;
  const doubts = [
    ...(total.boundNanoUsd === undefined ? [] : [`${showMoney(total.boundNanoUsd)} of it an upper bound`]),
    ...(total.callsOfUnknownCost === 0 ? [] : [`${counted(total.callsOfUnknownCost, 'call')} of unknown cost`]),
  ];
  const covered = checks.flatMap(({ check, coverage }) =>
    coverage ? [`${plain(showCoverage(coverage))} by ${code(check)}`] : [],
  );
  const doubt = doubts.length === 0 ? '' : ` (${doubts.join(', ')})`;
  return [
    '## Executive Summary',
    '',
    `**Goal**: ${plain(session.goal, 2000) || 'unknown'}`,
    '',
    `**Outcome**: ${session.outcome ? `${title(session.outcome.outcome)} (${plain(session.outcome.reason)})` : `not ended (${session.status})`}`,
    '',
    ...(session.rehearsal ? ['**This was a rehearsal**: scripted models answered; no vendor was called.', ''] : []),
    `- ${done} of ${counted(tasks.length, 'task')} completed by ${counted(agents.length, 'agent')} in ${showDuration(session.workingMs)} of work, started ${dateTime(session.startedAt)}${session.resumes > 0 ? `, resumed ${counted(session.resumes, 'time')}` : ''}`,
    `- ${counted(total.calls, 'model call')} to ${counted(models.length, 'model')}: ${tokens(total)} tokens, ${cost(total)}${doubt}`,
    `- ${counted(total.modelSwitches, 'model switch', 'model switches')}, ${counted(total.discardedAnswers, 'answer')} discarded, ${counted(total.escalations, 'escalation')}`,
    `- ${checks.length === 0 ? 'No checks were run' : `${passing} of ${counted(checks.length, 'check')} pass, ${failing} fail, ${interrupted} interrupted`}; tests: ${showAllTests(quality.tests)}`,
    `- Test coverage: ${covered.length === 0 ? 'unknown' : covered.join('; ')}`,
    `- Integration compatibility: ${showCompatibility(integration.contracts)}`,
    `- ${counted(files.length, 'file')} changed, ${pending} waiting for review`,
    '',
  ];
}

function outcome({ tasks }: Report): string[] {
  return [
    '## Outcome by Task',
    '',
    ...(tasks.length === 0 ? ['*There was no plan*', ''] : []),
    ...table(
      ['Task', 'Phase', 'Outcome', 'Attempts', 'Fix rounds', 'Tests', 'Time', 'Tokens', 'Cost', 'Summary'],
      tasks.map(task => [
        plain(task.title),
        task.phase === undefined ? '' : plain(task.phase),
        `${task.status}${task.optional ? ' (optional)' : ''}`,
        String(task.attempts),
        String(task.fixRounds),
        task.tests ? showTests(task.tests) : '',
        showDuration(task.ms),
        task.use.calls === 0 ? '' : tokens(task.use),
        task.use.calls === 0 ? '' : cost(task.use),
        task.note === undefined ? '' : plain(task.note),
      ]),
    ),
  ];
}

function parallel({ tasks, parallel: { groups, mostAtOnce, taskMs, busyMs, speedUp } }: Report): string[] {
  const title = new Map(tasks.map(task => [task.id, task.title]));
  const measured =
    speedUp === undefined
      ? '*No task has been at work yet*'
      : `The tasks were at work for ${showDuration(taskMs)} in ${showDuration(busyMs)}, at most ${mostAtOnce} at once: ${speedUp.toFixed(2)} times as fast as one after the other.`;
  return [
    '### Side by Side',
    '',
    measured,
    '',
    ...(tasks.length > 0 && groups.length === 0 ? ['*No two tasks could run side by side*', ''] : []),
    ...table(
      ['Tasks that need nothing of each other', 'Most at once'],
      groups.map(group => [group.tasks.map(id => plain(title.get(id) ?? id)).join('; '), String(group.mostAtOnce)]),
    ),
  ];
}

const useHead = ['Calls', 'Success', 'Average response', 'Tokens', 'Cost'];
const useCells = (use: UseReport) => [
  String(use.calls),
  showRate(use.successRate),
  showDuration(use.averageResponseMs),
  tokens(use),
  cost(use),
];

function performance({ providers, models, agents, notStarted, budget, total }: Report): string[] {
  return [
    '## Performance and Cost',
    '',
    ...budget.map(
      ({ scope, key, limitNanoUsd }) =>
        `Budget of ${scope}${scope === 'session' ? '' : ` ${code(key)}`}: ${showMoney(limitNanoUsd)}${scope === 'session' ? `; spent: ${cost(total)}` : ''}.\n`,
    ),
    '### By Provider',
    '',
    ...(providers.length === 0 ? ['*None was used*', ''] : []),
    ...table(
      ['Provider', ...useHead, 'Switches away'],
      providers.map(one => [plain(one.provider), ...useCells(one), String(one.switchesAway)]),
    ),
    '### By Model',
    '',
    ...(models.length === 0 ? ['*None was used*', ''] : []),
    ...table(
      ['Model', ...useHead],
      models.map(one => [code(one.model), ...useCells(one)]),
    ),
    '### By Agent',
    '',
    ...(agents.length === 0 ? ['*There was none*', ''] : []),
    ...table(
      ['Agent', 'Role', 'Task', 'Model', 'Outcome', 'Turns', 'Tools', ...useHead],
      agents.map(one => [
        code(one.agent),
        plain(one.role),
        one.task === undefined ? '' : plain(one.task),
        one.models.length === 0 ? 'none called' : one.models.map(code).join(', '),
        one.status,
        String(one.turns),
        String(one.tools),
        ...useCells(one.use),
      ]),
    ),
    ...(notStarted.length === 0 ? [] : ['### Not Started', '']),
    ...table(
      ['Agent', 'Role', 'Task', 'Model', 'Why'],
      notStarted.map(one => [
        code(one.agent),
        plain(one.role),
        `${plain(one.task)}${one.part === 'review' ? ' (review)' : ''}`,
        code(one.model),
        plain(one.why),
      ]),
    ),
  ];
}

function decisions({ decisions: noted, agents, modelSwitches, supervision, planRationale }: Report): string[] {
  return [
    '## Decisions',
    '',
    ...(planRationale === undefined ? [] : [`**Plan**: ${plain(planRationale, 1000)}`, '']),
    ...table(
      ['Time', 'By', 'Decision', 'Rationale'],
      noted.map(one => [timeOfDay(one.at), code(one.by), plain(one.text), plain(one.rationale)]),
    ),
    '### First Choice of Models',
    '',
    ...list(
      agents
        .filter(one => one.why !== undefined)
        .map(one => `${code(one.agent)}, ${code(one.route[0] ?? 'no model')}: ${plain(one.why ?? '')}`),
      'No agent said why',
    ),
    '### Model Switches',
    '',
    ...(modelSwitches.length === 0 ? ['*None*', ''] : []),
    ...table(
      ['Time', 'Agent', 'From', 'To', 'Why'],
      modelSwitches.map(one => [
        timeOfDay(one.at),
        code(one.agent),
        code(one.from),
        code(one.to),
        `${one.error}: ${plain(one.reason)}`,
      ]),
    ),
    '### Supervision',
    '',
    ...(supervision.length === 0 ? ['*It had nothing to do*', ''] : []),
    ...table(
      ['Time', 'Agent', 'Step', 'Why', 'How it ended'],
      supervision.map(one => [
        timeOfDay(one.at),
        code(one.agent),
        one.rung,
        `${plain(one.trigger)}: ${plain(one.reason)}`,
        howEnded(one),
      ]),
    ),
  ];
}

function howEnded({ answer, end }: StepReport): string {
  const said = answer ? [`${answer.by} said: ${plain(answer.text)}`] : [];
  if (!end) return [...said, answer ? 'nobody went on' : '**open**'].join('; ');
  const { agent, models, status, summary, files } = end;
  const what = summary === undefined ? '' : `: ${plain(summary)}`;
  const wrote = files.length === 0 ? '' : ` (wrote ${files.map(code).join(', ')})`;
  return [...said, `${status} by ${[agent, ...models].map(code).join(', ')}${what}${wrote}`].join('; ');
}

function issues({ issues: opened, findings, denied }: Report): string[] {
  const end = (resolved: string | undefined) => (resolved === undefined ? '**open**' : `resolved: ${plain(resolved)}`);
  return [
    '## Issues',
    '',
    ...(opened.length + findings.length === 0 ? ['*None*', ''] : []),
    ...table(
      ['Severity', 'By', 'Issue', 'Resolution'],
      [
        ...opened.map(one => [one.severity, code(one.by), plain(one.text), end(one.resolved)]),
        ...findings.map(one => {
          const where =
            one.path === undefined ? '' : `${code(`${one.path}${one.line === undefined ? '' : `:${one.line}`}`)}: `;
          return [one.severity, code(one.by), `${where}${plain(one.text)}`, end(one.resolved)];
        }),
      ],
    ),
    '### Denied Permissions',
    '',
    ...list(
      denied.map(
        one => `${code(one.agent)}, ${plain(one.kind)} ${code(one.what)}: denied by ${one.by} (${plain(one.rule)})`,
      ),
      'None',
    ),
  ];
}

const checkHead = ['Task', 'Check', 'Result', 'Exit code', 'Time', 'Tests', 'Coverage', 'Runs'];
const checkCells = (check: CheckReport) => [
  plain(check.task),
  code(check.check),
  check.result === 'passed' ? 'passed' : `**${check.result}**`,
  check.exit === undefined ? 'none' : String(check.exit),
  showDuration(check.ms),
  check.tests ? showTests(check.tests) : 'unknown',
  check.coverage ? plain(showCoverage(check.coverage)) : 'unknown',
  check.failures === 0 ? String(check.runs) : `${check.runs}, ${check.failures} failed`,
];

function integration({ integration: { contracts } }: Report): string[] {
  return [
    '## Integration Results',
    '',
    `**Integration compatibility**: ${showCompatibility(contracts)}`,
    '',
    ...(contracts.length > 0 ? [...showKinds(contracts).map(line => `- ${line}`), ''] : []),
    ...table(
      ['Contract', 'Operation', 'Result', 'What was checked'],
      contracts.flatMap(({ artifact, version, rows }) =>
        rows.map(row => [
          `${code(artifact)} ${version}`,
          code(row.operation),
          row.result === 'broken' ? '**broken**' : row.result === 'kept' ? 'kept' : 'not tried',
          plain(rowDetail(row), 1000),
        ]),
      ),
    ),
  ];
}

function deliverables({ files, artifacts, deliverables: made }: Report): string[] {
  return [
    '## Deliverables',
    '',
    ...(files.length === 0 ? ['*No file was changed*', ''] : []),
    ...table(
      ['File', 'Review', 'Written by', 'For'],
      files.map(one => [
        `${code(one.path)}${one.deleted ? ' (deleted)' : ''}`,
        one.status,
        one.agents.map(code).join(', '),
        one.tasks.map(task => plain(task)).join(', '),
      ]),
    ),
    '### By Provider',
    '',
    ...(made.length === 0 ? ['*None*', ''] : []),
    ...table(
      ['Provider', 'Models', 'Files', 'Artifacts'],
      made.map(one => [
        one.provider === undefined ? 'unknown' : plain(one.provider),
        one.models.map(code).join(', '),
        one.files.map(code).join(', '),
        one.artifacts.map(code).join(', '),
      ]),
    ),
    '### Artifacts',
    '',
    ...(artifacts.length === 0 ? ['*None*', ''] : []),
    ...table(
      ['Artifact', 'Version', 'Type', 'Bytes', 'By'],
      artifacts.map(one => [
        code(one.artifact),
        String(one.version),
        plain(one.mediaType),
        String(one.bytes),
        code(one.agent),
      ]),
    ),
  ];
}

function pictures({ artifacts }: Report): string[] {
  const taken = artifacts.flatMap(({ artifact, picture }) =>
    picture === undefined ? [] : [`![${plain(artifact)}](${picture})`, '', `*${plain(artifact)}*`, ''],
  );
  return taken.length === 0 ? [] : ['### Pictures', '', ...taken];
}

const MOST_SUITES = 50;

function suites(checks: readonly CheckReport[]): string[] {
  const rows = checks.flatMap(({ check, tests }) =>
    (tests?.suites ?? []).map(one => [code(check), plain(one.name), ...counts(one)]),
  );
  const more = rows.length - MOST_SUITES;
  return [
    ...(rows.length > 0 ? ['### Tests by Suite', ''] : []),
    ...table(['Check', 'Suite', 'Passed', 'Failed', 'Skipped'], rows.slice(0, MOST_SUITES)),
    ...(more > 0 ? [`*${more} more are in report.json*`, ''] : []),
  ];
}

const counts = ({ passed, failed, skipped = 0 }: { passed: number; failed: number; skipped?: number | undefined }) =>
  [passed, failed, skipped].map(String);

function quality({ checks, quality: of }: Report): string[] {
  const { findings, verdicts, commands } = of;
  return [
    '## Quality',
    '',
    'Evidence only: what was run, counted and found. No score is made of it.',
    '',
    ...table(checkHead, checks.map(checkCells)),
    ...suites(checks),
    ...checks.flatMap(({ check, decidedBy = [] }) =>
      decidedBy.map(
        ({ path, agents }) =>
          `- **What ${code(check)} runs is said in ${code(path)}, written by ${agents.map(code).join(', ')}**: the check is worth what that says`,
      ),
    ),
    `- Tests, as the last runs told: ${showAllTests(of.tests)}`,
    ...Object.entries(findings).map(
      ([severity, count]) => `- Findings of severity ${severity}: ${count.open} open, ${count.resolved} resolved`,
    ),
    `- Verdicts of reviewers: ${verdicts.approved} approved, ${verdicts.refused} not approved`,
    `- Commands run by agents: ${commands.run}, of which ${commands.failed} did not end with exit code 0`,
    '',
  ];
}

function advice({ risks, recommendations }: Report): string[] {
  const item = ({ severity, text, by, where }: AdviceReport) =>
    `${severity}${by === undefined ? '' : `, ${code(by)}`}${where === undefined ? '' : ` in ${code(where)}`}: ${plain(text)}`;
  return [
    '## Open Risks and Recommendations',
    '',
    '### Open Risks',
    '',
    ...list(risks.map(item), 'None was found'),
    '### Recommendations',
    '',
    ...list(recommendations.map(item), 'None was made'),
  ];
}

const left = ({ left: items }: Report): string[] => [
  '## What Is Left',
  '',
  ...list(
    items.map(one => `${title(one.kind)}: ${plain(one.text)}`),
    'Nothing',
  ),
];
