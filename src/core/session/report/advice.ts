import type { Severity } from '../../../protocol/events.ts';
import { checkText } from '../../plan/check-text.ts';
import { checkedContracts, checkResults } from '../evidence.ts';
import { endsInSilence } from '../findings.ts';
import type { Finding, SessionState } from '../state.ts';
import type { AdviceReport } from './report.ts';

const GRAVE: ReadonlySet<Severity> = new Set(['blocker', 'major']);

function ofFinding({ severity, text, agent, path, line }: Finding): AdviceReport {
  const where = path === undefined ? undefined : line === undefined ? path : `${path}:${line}`;
  return { severity, text, by: agent, ...(where !== undefined && { where }) };
}

/** What may go wrong with the work as it is: what was found and not mended, and checks whose last word is no. */
export function openRisks(state: SessionState): AdviceReport[] {
  const issues = [...state.issues.values()].filter(({ severity, resolved }) => !resolved && GRAVE.has(severity));
  const findings = [...state.findings.values()].filter(({ severity, resolved }) => !resolved && GRAVE.has(severity));
  const failing = checkResults(state).filter(({ last }) => !last.ok && !last.interrupted);
  const untried = checkedContracts(state).flatMap(({ artifact, rows }) =>
    rows.flatMap(({ operation, result, cases }) =>
      result === 'not-tried' ? [{ artifact, operation, why: cases[0]?.detail ?? 'nobody sent a request' }] : [],
    ),
  );
  return [
    ...findings.map(ofFinding),
    ...issues.map(({ severity, text, by }) => ({ severity, text, by })),
    ...failing.map(({ last, task }) => ({
      severity: 'major' as const,
      text: `the check ${checkText(last.check)} of ${task.task.title} fails`,
    })),
    ...untried.map(({ artifact, operation, why }) => ({
      severity: 'minor' as const,
      text: `${operation} of the contract ${artifact} was not tried: ${why}`,
    })),
  ];
}

/** What reviewers and testers would have better, and nobody changed: that it was not found again alone changes nothing. */
export function recommendations(state: SessionState): AdviceReport[] {
  return [...state.findings.values()]
    .filter(
      finding =>
        !GRAVE.has(finding.severity) &&
        (!finding.resolved || (finding.resolved.how.startsWith('not found again') && !endsInSilence(state, finding))),
    )
    .map(ofFinding);
}
