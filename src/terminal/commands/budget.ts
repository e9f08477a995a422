import { type Call, type Terminal, UsageError } from '../terminal.ts';
import { ask, dollars } from './requests.ts';

/** `orchestrate budget`: asks whoever runs the session, else sets it for the next run. */
export async function budget(terminal: Terminal, call: Call): Promise<number> {
  const [amount, word] = call.words;
  if (amount === undefined) throw new UsageError('Write: orchestrate budget USD [SESSION]');
  const sessionUsd = dollars(amount);
  if (!sessionUsd) throw new UsageError(`"${amount}" is no amount of dollars to spend. Write for example 2.50.`);
  return ask(terminal, call, word, { kind: 'raise-budget', sessionUsd });
}
