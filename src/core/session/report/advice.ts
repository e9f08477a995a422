import type { Severity } from '../../../protocol/events.ts';
import { checkText } from '../../plan/check-text.ts';
import { checkResults } from '../evidence.ts';
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
  return [
    ...findings.map(ofFinding),
    ...issues.map(({ severity, text, by }) => ({ severity, text, by })),
    ...failing.map(({ last, task }) => ({
      severity: 'major' as const,
      text: `the check ${checkText(last.check)} of ${task.task.title} fails`,
    })),
  ];
}

/** What reviewers and testers would have better, and nobody changed: that it was not found again changes nothing. */
export function recommendations(state: SessionState): AdviceReport[] {
  return [...state.findings.values()]
    .filter(
      ({ severity, resolved }) => !GRAVE.has(severity) && (!resolved || resolved.how.startsWith('not found again')),
    )
    .map(ofFinding);
}
