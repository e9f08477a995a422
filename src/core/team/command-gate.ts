import type { Attention, CommandHold, CommandJudge } from '../agent/contract.ts';
import { planHash } from '../plan/approval.ts';
import { commandsIn } from '../plan/commands.ts';
import type { HashOf } from '../ports.ts';
import type { Journal } from '../session/contract.ts';
import type { SessionState } from '../session/state.ts';

/** Whether a command of the plan may run. */
export interface CommandGate {
  /** `outside`: the sandbox would keep it from doing what it is for. */
  ask(
    command: string,
    signal: AbortSignal,
  ): Promise<{ ok: true; outside?: boolean } | { ok: false; message: string; aborted?: boolean }>;
}

/** In whose name the plan's own commands ask. */
const PLAN = 'plan';

/** Whether it stands, to the letter, in the plan that the user saw and agreed to. */
export function userAgreedTo({ agreed }: SessionState, command: string, hashOf: HashOf): boolean {
  return (
    agreed !== undefined && planHash(agreed.plan, hashOf) === agreed.hash && commandsIn(agreed.plan).includes(command)
  );
}

/**
 * Commands that stand in the plan: what the policy forbids stays forbidden. What it would ask about has been answered
 * where the user agreed to a plan with just this command, and is asked otherwise; what a rule of the user's own asks
 * about is always asked.
 */
export function planCommandGate(
  journal: Journal,
  judge: CommandJudge,
  attention: Attention,
  agreedTo: (command: string) => boolean,
  hold: CommandHold = 'none',
): CommandGate {
  return {
    async ask(command, signal) {
      const { verdict, rule, advice, ownRule, outside, prefix } = judge(command, undefined, hold);
      const ok = { ok: true, ...(outside && { outside }) } as const;
      if (verdict === 'allow' || (verdict === 'ask' && !ownRule && agreedTo(command))) return ok;
      if (verdict === 'deny') {
        journal.append({ type: 'permission-denied', agent: PLAN, kind: 'command', what: command, rule, advice });
        return { ok: false, message: `refused by the rule "${rule}". ${advice}` };
      }
      const answer = await attention.permission(
        { agent: PLAN, kind: 'command', what: command, rule, because: advice, ...(prefix && { prefix }) },
        signal,
      );
      if (answer.decision === 'allow') return ok;
      if (signal.aborted) return { ok: false, message: 'interrupted', aborted: true };
      return { ok: false, message: `not allowed (rule "${rule}")${answer.reason ? `: ${answer.reason}` : ''}` };
    },
  };
}
