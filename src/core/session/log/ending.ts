import { counted, showDuration } from '../../../protocol/show.ts';
import { checkText } from '../../plan/check-text.ts';
import { showAllTests, showCoverage } from '../../testing/show.ts';
import { deliverables } from '../deliverables.ts';
import { checkedContracts, checkResults, evidence } from '../evidence.ts';
import { providersCalled } from '../figures.ts';
import { code, plain, title } from '../markdown.ts';
import { showCompatibility } from '../show-contract.ts';
import { progressOf } from '../standing.ts';
import type { SessionState } from '../state.ts';
import { supervision } from '../supervision.ts';

/** What a session that has ended came to; nothing while it goes on. */
export function ending(state: SessionState): string[] {
  const { outcome } = state;
  if (!outcome) return [];
  const { total, done } = progressOf(state.tasks.values());
  const escalations = supervision(state).filter(({ rung }) => rung === 'escalation');
  const resolved = escalations.filter(({ end }) => end?.status === 'completed').length;
  const { tests, findings } = evidence(state);
  const open = findings.blocker.open + findings.major.open;
  const made = deliverables(state).map(
    ({ provider, files, artifacts }) =>
      `${provider === undefined ? 'of unknown provider' : plain(provider)}: ${counted(files.length, 'file')}, ${counted(artifacts.length, 'artifact')}`,
  );
  const covered = checkResults(state).flatMap(({ last }) =>
    last.coverage ? [`${plain(showCoverage(last.coverage))} by ${code(checkText(last.check))}`] : [],
  );
  const facts: [string, string][] = [
    ['Outcome', `**${title(outcome.outcome)}**: ${plain(outcome.reason)}`],
    ['Tasks', `${done} of ${total} completed`],
    [
      'Providers',
      providersCalled(state)
        .map(({ provider }) => plain(provider))
        .join(', ') || 'none was called',
    ],
    ['Deliverables by Provider', made.join('; ') || 'none'],
    ['Escalations', `${escalations.length}, of which ${resolved} resolved`],
    ['Tests', showAllTests(tests)],
    ['Test Coverage', covered.length > 0 ? covered.join('; ') : 'unknown'],
    ['Integration Compatibility', showCompatibility(checkedContracts(state))],
    ['Open Blockers and Major Findings', String(open)],
    ['Working Time', showDuration(state.activeMs)],
  ];
  return ['## Final Session Status', '', ...facts.map(([name, value]) => `- **${name}**: ${value}`), ''];
}
