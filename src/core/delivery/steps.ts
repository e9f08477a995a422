import type { DeliveryEventOf } from '../../protocol/delivery.ts';
import type { NewId } from '../ports.ts';
import type { Put } from './book.ts';
import type { Git, RefUpdate } from './git.ts';
import type { DeliveryState } from './state.ts';

type Intent = Omit<DeliveryEventOf<'ref-intent'>, 'type' | 'step'>;

/** Moves a ref: intent, effect, outcome. */
export async function moveRef(git: Git, put: Put, newId: NewId, intent: Intent, reason: string): Promise<RefUpdate> {
  const step = newId('step');
  await put({ type: 'ref-intent', step, ...intent });
  const done = await git.updateRef(intent.ref, intent.to, intent.from, `orchestrate: ${reason}`);
  await put({
    type: 'ref-outcome',
    step,
    outcome: done.ok ? 'done' : done.reason,
    ...(!done.ok && { why: done.message }),
  });
  return done;
}

/** What was found of a step whose process ended in the middle of it. */
export interface SettledStep {
  intent: DeliveryEventOf<'ref-intent'>;
  outcome: DeliveryEventOf<'ref-outcome'>['outcome'];
}

/**
 * Finishes or leaves what a crash cut off. Git moves a ref whole or not at all: where it stands at what it was to become,
 * that was done. A branch of ours is made now; a landing that did not happen is left, as it has to be looked at anew.
 */
export async function settleSteps(git: Git, state: DeliveryState, put: Put): Promise<SettledStep[]> {
  const settled: SettledStep[] = [];
  for (const intent of [...state.openSteps.values()]) {
    const { step, kind, ref, from, to, delivery } = intent;
    const now = await git.tip(ref);
    let outcome: SettledStep['outcome'] = now === to ? 'done' : now === from ? 'left' : 'moved';
    const status = delivery === undefined ? undefined : state.deliveries.get(delivery)?.status;
    const wanted = status !== undefined && status !== 'landed' && status !== 'dropped';
    if (outcome === 'left' && kind === 'branch' && wanted && !(await git.checkedOut()).has(ref))
      outcome = (await git.updateRef(ref, to, from, 'orchestrate: branch made after a crash')).ok ? 'done' : 'moved';
    const why =
      outcome === 'moved'
        ? `${ref} is at ${now ?? 'nothing'} by now, where ${from ?? 'nothing'} was expected`
        : outcome === 'left'
          ? 'it was cut off before git was told to'
          : undefined;
    await put({ type: 'ref-outcome', step, outcome, ...(why !== undefined && { why }), settled: true });
    settled.push({ intent, outcome });
  }
  return settled;
}
