import { showDuration } from '../../../protocol/show.ts';
import { showAllTests, showCoverage, showTests } from '../../testing/show.ts';
import { code, plain, table } from '../markdown.ts';
import { rowDetail, showCompatibility, showKinds } from '../show-contract.ts';
import type { CheckReport, Report } from './report.ts';

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

/** Whether the parts keep the contracts between them. */
export function integration({ integration: { contracts } }: Report): string[] {
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

/** What was run, counted and found. */
export function quality({ checks, quality: of }: Report): string[] {
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
