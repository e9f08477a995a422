import { counted } from '../../../protocol/show.ts';
import { showCoverage, showTests } from '../../testing/show.ts';
import { code, list, plain, table } from '../markdown.ts';
import { rowDetail, showCompatibility } from '../show-contract.ts';
import type { Report } from './report.ts';

const MOST = 60;

/** The report as the text of a pull request: what was done, what proves it, and what the reader should look at. */
export function renderPullRequest(report: Report): string {
  const { session, tasks, files, checks, integration, risks, recommendations } = report;
  const kept = files.filter(file => file.status !== 'rejected');
  const done = tasks.filter(task => task.status === 'completed');
  const undone = tasks.filter(task => task.status !== 'completed' && task.kind === 'agent');
  const broken = integration.contracts.flatMap(({ rows }) => rows.filter(row => row.result !== 'kept'));
  return [
    '## What and Why',
    '',
    plain(session.goal, 2000) || 'unknown',
    '',
    ...list(
      done.filter(task => task.kind === 'agent').map(task => `**${plain(task.title)}**: ${plain(task.note ?? 'done')}`),
      'No task was completed',
    ),
    ...(undone.length > 0
      ? [
          'Not done:',
          '',
          ...list(
            undone.map(task => `${plain(task.title)}: ${task.status}`),
            '',
          ),
        ]
      : []),
    '## How It Was Checked',
    '',
    ...table(
      ['Check', 'Result', 'Tests', 'Coverage'],
      checks
        .slice(0, MOST)
        .map(({ check, result, tests, coverage }) => [
          code(check),
          result === 'passed' ? 'passed' : `**${result}**`,
          tests ? showTests(tests) : '',
          coverage ? plain(showCoverage(coverage)) : '',
        ]),
    ),
    ...(checks.length === 0 ? ['*No checks were run*', ''] : []),
    `Integration compatibility: ${showCompatibility(integration.contracts)}.`,
    '',
    ...broken.map(
      row =>
        `- ${code(row.operation)}: ${row.result === 'broken' ? '**broken**' : 'not tried'}: ${plain(rowDetail(row))}`,
    ),
    ...(broken.length > 0 ? [''] : []),
    ...(risks.length + recommendations.length > 0 ? ['## Look At', ''] : []),
    ...[...risks, ...recommendations]
      .slice(0, MOST)
      .map(
        ({ severity, text, where }) =>
          `- ${severity}${where === undefined ? '' : ` in ${code(where)}`}: ${plain(text)}`,
      ),
    ...(risks.length + recommendations.length > 0 ? [''] : []),
    '<details>',
    `<summary>${counted(kept.length, 'file')}</summary>`,
    '',
    ...kept
      .slice(0, MOST)
      .map(
        ({ path, deleted, models }) =>
          `- ${code(path)}${deleted ? ' (deleted)' : ''}${models.length > 0 ? `, by ${models.map(code).join(', ')}` : ''}`,
      ),
    ...(kept.length > MOST ? [`- *and ${kept.length - MOST} more*`] : []),
    '',
    '</details>',
    '',
    `*Made by a team of agents with Orchestrate ${plain(session.version)}; every figure is counted from the session’s journal.*`,
    '',
  ].join('\n');
}
