import { oneLine } from '../../core/plain.ts';
import { counted } from '../../protocol/show.ts';
import { chooseOwn, workspaceOf } from '../find-session.ts';
import { byAgent, refused, withDeliveries } from '../open-deliveries.ts';
import { type Call, EXIT, option, print, printJson, type Terminal } from '../terminal.ts';

/** `orchestrate deliver` */
export async function deliver(terminal: Terminal, call: Call): Promise<number> {
  const { id } = await chooseOwn(terminal, workspaceOf(terminal, call), call.words[0]);
  return withDeliveries(terminal, call, async deliveries => {
    const [task, target, title] = ['task', 'target', 'title'].map(name => option(call, name));
    const done = await deliveries.deliver({
      session: id,
      ...(task !== undefined && { task }),
      ...(target !== undefined && { target }),
      ...(title !== undefined && { title }),
    });
    if (!done.ok) return refused(terminal, call, done);
    if (call.options.json) {
      printJson(terminal, done);
      return EXIT.done;
    }
    const { style } = terminal;
    const { delivery, branch, files, ignored, pending, hooks } = done;
    print(
      terminal,
      `${style.good('✔')} ${delivery}: ${counted(files.length, 'file')} on ${branch}, for ${done.target}.`,
    );
    const notes = [
      ignored.length > 0 && `Left out, because git ignores it: ${ignored.map(oneLine).join(', ')}`,
      pending > 0 && `${counted(pending, 'file')} of the session still wait for your review, and are not in it.`,
      hooks.length > 0 &&
        `Your hooks (${hooks.join(', ')}) were not run: what they check can stand among delivery.checks.`,
    ];
    for (const note of notes) if (note) print(terminal, `  ${note}`);
    print(terminal, `Check it on ${done.target} and land it: orchestrate land --target ${done.target}`);
    return EXIT.done;
  });
}

/** `orchestrate fast-forward` */
export async function fastForward(terminal: Terminal, call: Call): Promise<number> {
  const agents = byAgent(terminal);
  if (agents) return refused(terminal, call, agents);
  return withDeliveries(terminal, call, async deliveries => {
    const done = await deliveries.fastForward(call.words[0]);
    if (!done.ok) return refused(terminal, call, done);
    if (call.options.json) printJson(terminal, done);
    else print(terminal, `${terminal.style.good('✔')} ${done.message}`);
    return EXIT.done;
  });
}
