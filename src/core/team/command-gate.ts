import type { Attention, CommandJudge } from '../agent/contract.ts';
import type { Journal } from '../session/contract.ts';

/** Whether a command of the plan may run. */
export interface CommandGate {
  ask(command: string, signal: AbortSignal): Promise<{ ok: true } | { ok: false; message: string; aborted?: boolean }>;
}

/** In whose name the plan's own commands ask. */
const PLAN = 'plan';

/**
 * Commands that stand in the plan: what the policy forbids stays forbidden, what it would ask about has been answered
 * where a person approved the plan, and is asked otherwise.
 */
export function planCommandGate(
  journal: Journal,
  judge: CommandJudge,
  attention: Attention,
  approvedByPerson: () => boolean,
): CommandGate {
  return {
    async ask(command, signal) {
      const { verdict, rule, advice } = judge(command);
      if (verdict === 'allow' || (verdict === 'ask' && approvedByPerson())) return { ok: true };
      if (verdict === 'deny') {
        journal.append({ type: 'permission-denied', agent: PLAN, kind: 'command', what: command, rule, advice });
        return { ok: false, message: `refused by the rule "${rule}". ${advice}` };
      }
      const answer = await attention.permission(
        { agent: PLAN, kind: 'command', what: command, rule, because: advice },
        signal,
      );
      if (answer.decision === 'allow') return { ok: true };
      if (signal.aborted) return { ok: false, message: 'interrupted', aborted: true };
      return { ok: false, message: `not allowed (rule "${rule}")${answer.reason ? `: ${answer.reason}` : ''}` };
    },
  };
}
