import { oneLine } from '../../core/plain.ts';
import { confirm } from '../confirm.ts';
import { byAgent, personHere, refused, withDeliveries } from '../open-deliveries.ts';
import { type Call, EXIT, print, printJson, type Terminal, UsageError } from '../terminal.ts';

/** `orchestrate deploy` */
export async function deploy(terminal: Terminal, call: Call): Promise<number> {
  const [environment] = call.words;
  if (environment === undefined) throw new UsageError('Write: orchestrate deploy ENVIRONMENT');
  const agents = byAgent(terminal);
  if (agents) return refused(terminal, call, agents);
  if (call.options.yes !== true && !(await confirm(terminal, `Deploy to ${oneLine(environment)}?`))) {
    const message = 'Nothing was deployed. Where nobody can be asked, say so with --yes.';
    return refused(terminal, call, { ok: false, reason: 'not-you', message });
  }
  return withDeliveries(terminal, call, async deliveries => {
    const done = await deliveries.deploy(environment, personHere(terminal), terminal.interrupt);
    if (!done.ok) return refused(terminal, call, done);
    if (call.options.json) printJson(terminal, done);
    else print(terminal, `${terminal.style.good('✔')} ${oneLine(done.message)}`);
    return EXIT.done;
  });
}
