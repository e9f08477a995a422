import type { Deliveries, DeliveryRefused } from '../core/delivery/contract.ts';
import { GitError } from '../core/delivery/git.ts';
import { settledLine } from '../core/delivery/words.ts';
import { oneLine } from '../core/plain.ts';
import { MARK } from '../node/process/process-tree.ts';
import { openRuntime } from './open-runtime.ts';
import { type Call, EXIT, printError, printJson, type Terminal } from './terminal.ts';

/** Does something with the deliveries of a workspace; what a crash cut off is settled first, and said. */
export async function withDeliveries(
  terminal: Terminal,
  call: Call,
  use: (deliveries: Deliveries) => Promise<number>,
): Promise<number> {
  try {
    const deliveries = await (await openRuntime(terminal, call)).deliveries();
    for (const settled of await deliveries.settle()) printError(terminal, settledLine(settled));
    return await use(deliveries);
  } catch (error) {
    if (error instanceof GitError)
      return refused(terminal, call, { ok: false, reason: error.reason, message: error.message });
    throw error;
  }
}

export function refused(terminal: Terminal, call: Call, refusal: DeliveryRefused): number {
  if (call.options.json) printJson(terminal, refusal);
  else printError(terminal, `${terminal.style.bad('✘')} ${oneLine(refusal.message)}`);
  return EXIT.failures;
}

/** What an agent's command starts is the agent's doing: nobody approves, lands or deploys their own work. */
export function byAgent(terminal: Terminal): DeliveryRefused | undefined {
  if (terminal.environment[MARK] === undefined) return undefined;
  const message = 'A command of an agent may not do this: a person does, in a terminal or editor of their own.';
  return { ok: false, reason: 'not-you', message };
}

/** Who sits here, for the record. */
export const personHere = ({ environment }: Terminal) =>
  ({ kind: 'person', name: environment.USER ?? environment.USERNAME ?? environment.LOGNAME ?? 'you' }) as const;
