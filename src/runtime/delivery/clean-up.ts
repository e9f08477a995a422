import { asideOf, branchRef } from '../../core/delivery/git.ts';
import { moveRef } from '../../core/delivery/steps.ts';
import { newId } from '../../node/new-id.ts';
import type { DeliveryParts } from './open.ts';

/** Takes away branches of ours that went where they were to go, and are checked out nowhere. */
export async function cleanBranches({ repository, book }: DeliveryParts): Promise<string[]> {
  return book.change(async (state, put) => {
    const removed: string[] = [];
    const out = await repository.checkedOut();
    const targets = new Set<string>();
    const remove = async (branch: string, tip: string, delivery?: string) => {
      const intent = {
        kind: 'clean' as const,
        ref: branchRef(branch),
        from: tip,
        ...(delivery !== undefined && { delivery }),
      };
      if ((await moveRef(repository, put, newId, intent, 'it has landed')).ok) removed.push(branch);
    };
    for (const { delivery, branch, status, target, commit, landed } of state.deliveries.values()) {
      targets.add(target);
      if (status !== 'landed' || commit === undefined || !landed || out.has(branchRef(branch))) continue;
      // Somebody may have gone on working on it: only what is in where it went may go.
      const tip = await repository.tip(branchRef(branch));
      if (tip !== commit) continue;
      const places = [branchRef(target), branchRef(asideOf(target))];
      for (const place of places) {
        const there = await repository.tip(place);
        if (there === undefined || !(await repository.isAncestor(tip, there))) continue;
        await remove(branch, tip, delivery);
        break;
      }
    }
    for (const target of targets) {
      const [at, aside] = [await repository.tip(branchRef(target)), await repository.tip(branchRef(asideOf(target)))];
      if (at === undefined || aside === undefined || out.has(branchRef(asideOf(target)))) continue;
      if (await repository.isAncestor(aside, at)) await remove(asideOf(target), aside);
    }
    return removed;
  });
}
