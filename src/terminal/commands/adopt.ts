import { consequences } from '../../core/session/consequences.ts';
import { fromElsewhere, type Origin } from '../../core/session/seal.ts';
import type { SessionState } from '../../core/session/state.ts';
import { visible } from '../../core/visible.ts';
import type { Adoption } from '../../node/session/adopt.ts';
import { confirm } from '../confirm.ts';
import { choose, workspaceOf } from '../find-session.ts';
import { openRuntime } from '../open-runtime.ts';
import { type Call, EXIT, print, type Terminal, UsageError } from '../terminal.ts';

/** Makes a session from elsewhere one's own. */
export async function adopt(terminal: Terminal, call: Call): Promise<number> {
  const [word] = call.words;
  if (word === undefined) throw new UsageError('Write: orchestrate adopt SESSION');
  const workspace = workspaceOf(terminal, call);
  const { id } = await choose(terminal, workspace, word);
  const runtime = await openRuntime(terminal, call);
  const agrees = async (state: SessionState, origin: Exclude<Origin, 'own'>) => {
    for (const line of shown(id, state, origin)) print(terminal, line);
    return call.options.yes === true || confirm(terminal, 'Take it over as yours?');
  };
  const adopted = await runtime.adopt(id, agrees);
  if (adopted.ok) {
    print(terminal, `${id} is yours now. Go on with it: orchestrate resume ${id}`);
    return EXIT.done;
  }
  terminal.err.write(`${whyNot(id, adopted)}\n`);
  return EXIT.failures;
}

/** What came from elsewhere is shown in full, a line each: nothing it says may hide behind a cut. */
function shown(id: string, state: SessionState, origin: Exclude<Origin, 'own'>): string[] {
  const lines = [fromElsewhere(id, origin), '', `Goal: ${visible(state.goal)}`];
  if (state.startedAt !== undefined)
    lines.push(`Started: ${new Date(state.startedAt).toLocaleString()} in ${visible(state.workspace)}`);
  for (const { what, items } of consequences(state)) {
    lines.push('', `${what}:`, ...items.map(item => `  ${visible(item)}`));
  }
  return [...lines, ''];
}

function whyNot(id: string, adopted: Extract<Adoption, { ok: false }>): string {
  switch (adopted.reason) {
    case 'own':
      return `${id} is yours already.`;
    case 'refused':
      return `${id} stays as it is.`;
    case 'owned':
      return `${id} is held by process ${adopted.owner.pid} on ${adopted.owner.machine}. Try again when that has ended.`;
    case 'damaged':
      return `${id} cannot be gone on with: line ${adopted.line} of its journal is damaged (${visible(adopted.detail)}). It can still be looked at.`;
    case 'empty':
      return `${id} holds nothing that could be gone on with.`;
  }
}
