import type { CommandVerdict } from '../contract.ts';

/** A verdict before it is weighed: what is `final` no rule of the user can lift. */
export interface Finding extends CommandVerdict {
  final?: true;
  /** A question that no rule of the user answers beforehand. */
  firm?: true;
}

export const allowed: Finding = { verdict: 'allow', rule: 'known-harmless', advice: '' };

export const ask = (rule: string, advice: string): Finding => ({ verdict: 'ask', rule, advice });

/** A question that is asked whatever the rules allow. */
export const askFirmly = (rule: string, advice: string): Finding => ({ ...ask(rule, advice), firm: true });

/** Refused, unless the user's own rules allow it. */
export const deny = (rule: string, advice: string): Finding => ({ verdict: 'deny', rule, advice });

/** Refused whatever the rules say. */
export const never = (rule: string, advice: string): Finding => ({ verdict: 'deny', rule, advice, final: true });

const weight = (finding: Finding) =>
  finding.final ? 3 : finding.verdict === 'deny' ? 2 : finding.verdict === 'ask' ? 1 : 0;

/** The gravest of all, the first of equals. That a rule of the user's own asks is never lost over it. */
export function worst(findings: readonly Finding[]): Finding {
  let result = allowed;
  for (const finding of findings) if (weight(finding) > weight(result)) result = finding;
  return findings.some(({ ownRule }) => ownRule) ? { ...result, ownRule: true } : result;
}

/** Questions that are asked in the sandbox, too: what git is for it cannot do there, and the user's rules may be meant. */
const stillAsked = new Set(['git', 'too-long', 'not-understood']);
/** Refused outside of the sandbox only: inside, these processes are the command's own, and these files in no other world. */
const refusedOutside = new Set(['ends-processes', 'writes-outside']);

/** A finding about a command that the operating system holds: what it cannot do there need not be asked about. */
export function whereHeld(finding: Finding): Finding {
  const { verdict, rule, ownRule } = finding;
  if (ownRule) return finding;
  if (verdict === 'ask') return stillAsked.has(rule) ? finding : allowed;
  return refusedOutside.has(rule) ? allowed : finding;
}

/** At least a question, whatever the finding is. */
export const atLeastAsk = (finding: Finding, rule: string, advice: string): Finding =>
  finding.verdict === 'allow' ? ask(rule, advice) : finding;
