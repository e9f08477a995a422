import type { Rung } from '../../protocol/events.ts';
import type { Outage } from '../../protocol/message.ts';
import type { AgentResult } from '../agent/contract.ts';

/** What made the supervisor act. The first six are seen while an agent works, the others when it ends. */
export type Trigger =
  | 'silence'
  | 'repeated-calls'
  | 'repeated-errors'
  | 'no-progress'
  | 'context-pressure'
  | 'too-long'
  | Extract<AgentResult, { outcome: 'gave-up' | 'failed' }>['reason']
  | 'checks-failed'
  | 'check-refused'
  | 'rounds-used-up';

/** Something that shows that an agent, or the work, will not get there as it goes. */
export interface Sign {
  trigger: Trigger;
  reason: string;
  /** No model answered. */
  outage?: Outage;
}

/** The rungs after a nudge. */
export type Climb = Exclude<Rung, 'nudge'>;

export interface LadderOptions {
  /** Fresh attempts before another provider is tried. */
  attempts: number;
  /** Some model of another vendor may be used. */
  otherProvider: boolean;
  /** The orchestrator may do the task itself. */
  orchestrator: boolean;
  /** Somebody is there to be asked. */
  person: boolean;
}

/** Where a fresh attempt would only meet the same wall. */
const NO_FRESH: ReadonlySet<Trigger> = new Set<Trigger>([
  'blocked',
  'exhausted',
  'no-model',
  'budget',
  'content-filter',
  'worker-unavailable',
  'checks-failed',
  'check-refused',
  'rounds-used-up',
]);
/** Where the wall is not the provider's. */
const NO_OTHER_PROVIDER: ReadonlySet<Trigger> = new Set<Trigger>(['blocked', 'budget', 'check-refused']);
const NO_ESCALATION: ReadonlySet<Trigger> = new Set<Trigger>(['budget', 'check-refused']);

/** How far up the ladder a piece of work is: what was tried since a person last decided. */
export function climbed(rungs: readonly Rung[]): Climb[] {
  const tried = rungs.filter((rung): rung is Climb => rung !== 'nudge');
  return tried.slice(tried.lastIndexOf('ask-user') + 1);
}

/** The next thing to try; undefined when nothing is left. */
export function nextRung(rungs: readonly Rung[], trigger: Trigger, options: LadderOptions): Climb | undefined {
  const tried = climbed(rungs);
  const higher = tried.includes('escalation') ? 2 : tried.includes('other-provider') ? 1 : 0;
  const fresh = tried.filter(rung => rung === 'fresh-attempt').length;
  if (higher < 1 && fresh < options.attempts && !NO_FRESH.has(trigger)) return 'fresh-attempt';
  if (higher < 1 && options.otherProvider && !NO_OTHER_PROVIDER.has(trigger)) return 'other-provider';
  if (higher < 2 && options.orchestrator && !NO_ESCALATION.has(trigger)) return 'escalation';
  return options.person ? 'ask-user' : undefined;
}
