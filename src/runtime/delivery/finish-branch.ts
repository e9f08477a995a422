import { authorOf } from '../../core/delivery/author.ts';
import type { BranchWork, Landed } from '../../core/delivery/branch-work.ts';
import type { SessionState } from '../../core/session/state.ts';
import type { EventOf, SessionOutcome } from '../../protocol/events.ts';

type Delivered = EventOf<'branch-delivered'>;

/**
 * At the end of a session: what is done is tried on its target, and lands where nobody has to be asked; the rest is kept on
 * its branch. Nothing comes of one that was stopped meanwhile: it lands when it is resumed.
 */
export async function finishBranch(
  branch: BranchWork,
  outcome: SessionOutcome,
  state: SessionState,
  signal: AbortSignal,
): Promise<Delivered | undefined> {
  if (outcome === 'interrupted') return undefined;
  const type = 'branch-delivered';
  if (outcome === 'completed') {
    const landed = await branch.land(undefined, signal).catch(broke);
    const isStopped = signal.aborted && !landed.ok && landed.reason === 'refused';
    return isStopped ? undefined : { type, ...whatCame(landed, state) };
  }
  const built = await branch.build();
  if (!built.ok && built.reason === 'nothing') return undefined;
  if (!built.ok) return { type, outcome: 'refused', message: built.message };
  const { delivery, branch: name } = built;
  return { type, outcome: 'built', delivery, branch: name, message: `what was done is on ${name}` };
}

const broke = (error: unknown): Landed => ({
  ok: false,
  reason: 'refused',
  message: `its branch could not be landed: ${error instanceof Error ? error.message : String(error)}`,
});

function whatCame(landed: Landed, state: SessionState): Omit<Delivered, 'type'> {
  if (landed.ok) {
    const { branch, ref, commit } = landed;
    return { outcome: 'landed', branch, message: `${branch} landed on ${ref} (${commit.slice(0, 10)})` };
  }
  const { reason, message } = landed;
  if (!('fix' in landed)) return { outcome: reason as 'waiting' | 'nothing' | 'refused', message };
  const { delivery, branch } = landed.delivery;
  const author = authorOf(state, landed.delivery);
  return {
    outcome: landed.reason,
    message,
    fix: landed.fix,
    delivery,
    branch,
    ...(author !== undefined && { author }),
  };
}
