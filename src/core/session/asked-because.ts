import type { EventOf } from '../../protocol/events.ts';
import { actsRule, isDomainRule } from './fold/consents.ts';
import { PLAN_RULE } from './plan-ask.ts';

type Asked = EventOf<'permission-asked'>;

/** What is true of whatever is asked about of each kind. */
const KINDS: Record<Asked['kind'], string> = {
  command: 'No rule says that this command may run without asking.',
  path: 'It is not known to be harmless for every agent to use this path.',
  tool: 'A tool of others may do anything, so you decide about it.',
  budget: 'More is spent only when you say so.',
  plan: 'The plan says that a person decides here.',
};

/** Why a person is asked, as a sentence: the id of a rule tells people nothing. */
export function askedBecause({ kind, rule, because }: Asked): string {
  if (because) return because;
  if (rule === actsRule) return 'Tools run something by this file as soon as it is there.';
  if (isDomainRule(rule)) return 'From the sandbox only domains are reached that somebody allowed.';
  if (rule.endsWith('outside-workspace')) return 'It lies outside of the folder that the agent works in.';
  if (rule === PLAN_RULE) return 'Nothing runs before the plan is approved.';
  return KINDS[kind];
}
