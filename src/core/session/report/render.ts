import { counted, showDuration, showMoney } from '../../../protocol/show.ts';
import { showAllTests, showCoverage, showTests } from '../../testing/show.ts';
import { code, dateTime, list, plain, table, title } from '../markdown.ts';
import { showCompatibility } from '../show-contract.ts';
import { advice, decisions, issues } from './render-decisions.ts';
import { integration, quality } from './render-quality.ts';
import { cost, performance, tokens } from './render-use.ts';
import type { Report } from './report.ts';

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

const left = ({ left: items }: Report): string[] => [
  '## What Is Left',
  '',
  ...list(
    items.map(one => `${title(one.kind)}: ${plain(one.text)}`),
    'Nothing',
  ),
];
