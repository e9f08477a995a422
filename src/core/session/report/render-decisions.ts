import { code, list, plain, table, timeOfDay } from '../markdown.ts';
import type { AdviceReport, Report, StepReport } from './report.ts';

/** What was decided by models, the router and the supervisor, and why. */
export function decisions({ decisions: noted, agents, modelSwitches, supervision, planRationale }: Report): string[] {
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

/** What went wrong, and how it ended. */
export function issues({ issues: opened, findings, denied }: Report): string[] {
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

/** What is left to look at or to do. */
export function advice({ risks, recommendations }: Report): string[] {
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
