import type { Done } from '../../core/delivery/contract.ts';
import { asideOf, branchRef } from '../../core/delivery/git.ts';
import { bringForward } from '../../node/git/bring-forward.ts';
import type { DeliveryParts } from './open.ts';
import { targetOf } from './target.ts';

const refuse = (reason: 'not-now' | 'conflict' | 'nothing', message: string): Done => ({ ok: false, reason, message });

/** The one thing that changes a checkout, and only when its user says so: git itself sees to it that no file of theirs is in the way. */
export async function fastForward(parts: DeliveryParts, named: string | undefined): Promise<Done> {
  const { repository, book } = parts;
  const target = await targetOf(parts, named);
  const aside = asideOf(target);
  const [from, to] = [await repository.tip(branchRef(target)), await repository.tip(branchRef(aside))];
  if (from === undefined || to === undefined || (await repository.isAncestor(to, from)))
    return refuse('nothing', `Nothing waits for ${target}.`);
  const places = (await repository.checkedOut()).get(branchRef(target)) ?? [];
  if (!(await repository.isAncestor(from, to)))
    return refuse(
      'not-now',
      `${target} has commits that ${aside} does not have, so that it is no fast-forward: the next delivery that lands brings both together, or merge it yourself: git merge ${aside}`,
    );
  const { top } = repository.places;
  if (places.length > 0 && !places.includes(top))
    return refuse('not-now', `${target} is checked out in ${places.join(', ')}: run this there.`);
  if (places.length === 0) {
    const done = await repository.updateRef(branchRef(target), to, from, `orchestrate: fast-forward to ${aside}`);
    if (!done.ok) return refuse('not-now', `${target} has just moved: try again. ${done.message}`);
  } else {
    const why = await bringForward(repository, from, to);
    if (why !== undefined) return refuse('conflict', `Git leaves your files as they are: ${why}`);
  }
  await book.change((_, put) => put({ type: 'fast-forwarded', target, from, to }));
  return { ok: true, message: `${target} is at ${to.slice(0, 10)} now.` };
}
