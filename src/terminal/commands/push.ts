import type { Deliveries, Done } from '../../core/delivery/contract.ts';
import { oneLine } from '../../core/plain.ts';
import { confirm } from '../confirm.ts';
import { byAgent, refused, withDeliveries } from '../open-deliveries.ts';
import { type Call, EXIT, print, printJson, type Terminal, UsageError } from '../terminal.ts';

/** `orchestrate push` */
export const push = (terminal: Terminal, call: Call): Promise<number> =>
  outward(
    terminal,
    call,
    'push',
    name => `Push ${name} to where its target comes from?`,
    (deliveries, name) => deliveries.push(name),
  );

/** `orchestrate pull-request` */
export const pullRequest = (terminal: Terminal, call: Call): Promise<number> =>
  outward(
    terminal,
    call,
    'pull-request',
    name => `Push the branch of ${name} and open a pull request for it?`,
    (deliveries, name) => deliveries.openPullRequest(name),
  );

/** What others get to see goes out when a person says so, and never by an agent's command. */
async function outward(
  terminal: Terminal,
  call: Call,
  command: string,
  question: (name: string) => string,
  run: (deliveries: Deliveries, name: string) => Promise<Done>,
): Promise<number> {
  const [name] = call.words;
  if (name === undefined) throw new UsageError(`Write: orchestrate ${command} DELIVERY`);
  const agents = byAgent(terminal);
  if (agents) return refused(terminal, call, agents);
  if (call.options.yes !== true && !(await confirm(terminal, question(oneLine(name))))) {
    const message = 'Nothing went out. Where nobody can be asked, say so with --yes.';
    return refused(terminal, call, { ok: false, reason: 'not-you', message });
  }
  return withDeliveries(terminal, call, async deliveries => {
    const done = await run(deliveries, name);
    if (!done.ok) return refused(terminal, call, done);
    if (call.options.json) printJson(terminal, done);
    else print(terminal, `${terminal.style.good('✔')} ${oneLine(done.message)}`);
    return EXIT.done;
  });
}
