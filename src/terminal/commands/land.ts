import type { Deliveries } from '../../core/delivery/contract.ts';
import { asideOf } from '../../core/delivery/git.ts';
import { inCandidate, waitingCandidate } from '../../core/delivery/state.ts';
import { settledLine } from '../../core/delivery/words.ts';
import { oneLine } from '../../core/plain.ts';
import { confirm } from '../confirm.ts';
import { byAgent, personHere, refused, withDeliveries } from '../open-deliveries.ts';
import { type Call, EXIT, option, print, printError, printJson, type Terminal, UsageError } from '../terminal.ts';

/** `orchestrate land` */
export async function land(terminal: Terminal, call: Call): Promise<number> {
  const agents = byAgent(terminal);
  if (agents) return refused(terminal, call, agents);
  return withDeliveries(terminal, call, deliveries => landAndSay(terminal, call, deliveries, option(call, 'target')));
}

/** `orchestrate approve` */
export async function approve(terminal: Terminal, call: Call): Promise<number> {
  const [word] = call.words;
  if (word === undefined) throw new UsageError('Write: orchestrate approve DELIVERY');
  const agents = byAgent(terminal);
  if (agents) return refused(terminal, call, agents);
  return withDeliveries(terminal, call, async deliveries => {
    const state = await deliveries.state();
    const found = state.deliveries.get(word);
    const candidate = found && waitingCandidate(state, found);
    if (candidate && call.options.yes !== true) {
      const others = candidate.deliveries.filter(name => name !== word);
      const together = others.length > 0 ? `, together with ${others.join(', ')}` : '';
      for (const { delivery, title, files } of inCandidate(state, candidate))
        print(terminal, oneLine(`${delivery} ${title}: ${files.join(', ')}`));
      print(terminal, `See all of it: git diff ${candidate.onto} ${candidate.commit}`);
      if (!(await confirm(terminal, `Land ${word}${together} on ${candidate.target}?`)))
        return refused(terminal, call, {
          ok: false,
          reason: 'not-you',
          message: `${word} is not approved. Where nobody can be asked, say so with --yes.`,
        });
    }
    const done = await deliveries.approve(word, personHere(terminal), candidate?.candidate);
    if (!done.ok) return refused(terminal, call, done);
    if (!call.options.json) print(terminal, `${terminal.style.good('✔')} ${oneLine(done.message)}`);
    return landAndSay(terminal, call, deliveries, found?.target, candidate?.deliveries);
  });
}

async function landAndSay(
  terminal: Terminal,
  call: Call,
  deliveries: Deliveries,
  named: string | undefined,
  only?: readonly string[],
): Promise<number> {
  const before = await deliveries.state();
  const options = { unheld: call.options.yes === true, ...(only && { only }) };
  const report = await deliveries.land(named, options, terminal.interrupt);
  const { deliveries: after, candidates } = await deliveries.state();
  const { target, landed, waiting, stopped, heldBy, checks } = report;
  const stuck = [...after.values()].filter(
    ({ delivery, status }) =>
      (status === 'red' || status === 'conflicted') && before.deliveries.get(delivery)?.status !== status,
  );
  const code = stopped !== undefined || stuck.length > 0 ? EXIT.failures : EXIT.done;
  if (call.options.json) {
    printJson(terminal, { ...report, stuck: stuck.map(({ delivery, status }) => ({ delivery, status })) });
    return code;
  }
  const { style } = terminal;
  for (const settled of report.settled) printError(terminal, settledLine(settled));
  for (const { deliveries: names, ref, commit } of landed)
    print(
      terminal,
      `${style.good('✔')} ${names.join(', ')} landed on ${ref.replace('refs/heads/', '')} (${commit.slice(0, 10)})`,
    );
  for (const { delivery, status, note } of stuck)
    print(
      terminal,
      `${style.bad('✘')} ${delivery} is ${status}${note === undefined ? '' : `: ${oneLine(note)}`}. More: orchestrate deliveries`,
    );
  if (waiting !== undefined) {
    const names = candidates.get(waiting)?.deliveries ?? [];
    print(
      terminal,
      `${style.good('✔')} The checks are green on ${target} with ${names.join(', ')}. Land it: orchestrate approve ${names[0]}`,
    );
  }
  if (stopped !== undefined) printError(terminal, `${style.bad('✘')} Stopped: ${oneLine(stopped)}`);
  const nothing = landed.length + stuck.length === 0 && waiting === undefined && stopped === undefined;
  if (nothing)
    print(terminal, `Nothing is ready for ${target}. Build a branch of what you accepted: orchestrate deliver`);
  else if (checks.length === 0) print(terminal, 'No checks were run: none are configured (delivery.checks).');
  if (landed.some(({ ref }) => ref.endsWith(`/${asideOf(target)}`)))
    print(
      terminal,
      `${target} is checked out in ${heldBy.map(oneLine).join(', ')}, and stays as it is. Take it over there: orchestrate fast-forward ${target}`,
    );
  return code;
}
