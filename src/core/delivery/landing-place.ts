import { asideOf, branchRef, type Git, GitError, type Oid } from './git.ts';

/** Where what lands for a target goes to, and what it is made on. */
export interface LandingPlace {
  target: string;
  targetAt: Oid;
  /** Of the branch beside it, while that has what the target does not have. */
  asideAt?: Oid;
  ref: string;
  /** Where `ref` stands now. */
  refAt: Oid | undefined;
  /** In which working trees the target is checked out; nothing lands on it then. */
  heldBy: readonly string[];
}

/**
 * The target itself, unless some working tree has it checked out: moving it there would show its user changes they did
 * not make. Then it is the branch beside it, which waits for a fast-forward.
 */
export async function landingPlace(git: Git, target: string): Promise<LandingPlace> {
  const [targetRef, asideRef] = [branchRef(target), branchRef(asideOf(target))];
  const targetAt = await git.tip(targetRef);
  if (targetAt === undefined)
    throw new GitError(
      'no-branch',
      `There is no branch "${target}", or no commit on it yet: make its first commit yourself.`,
    );
  const aside = await git.tip(asideRef);
  const asideAt = aside === undefined || (await git.isAncestor(aside, targetAt)) ? undefined : aside;
  const out = await git.checkedOut();
  const heldBy = out.get(targetRef) ?? [];
  const known = { target, targetAt, heldBy, ...(asideAt !== undefined && { asideAt }) };
  if (heldBy.length === 0) return { ...known, ref: targetRef, refAt: targetAt };
  const asideHeld = out.get(asideRef)?.[0];
  if (asideHeld !== undefined)
    throw new GitError(
      'failed',
      `Both ${target} and ${asideOf(target)} are checked out (${heldBy[0]}, ${asideHeld}), so that nothing can land on either. Check out another branch in one of them.`,
    );
  return { ...known, ref: asideRef, refAt: aside };
}

/** What candidates are made on: the target, with what waits beside it. */
export async function baseFor(git: Git, { target, targetAt, asideAt }: LandingPlace): Promise<Oid> {
  if (asideAt === undefined) return targetAt;
  if (await git.isAncestor(targetAt, asideAt)) return asideAt;
  const merged = await git.merge(asideAt, targetAt);
  if (!merged.ok)
    throw new GitError(
      'failed',
      `${target} has moved on, and does not fit what waits on ${asideOf(target)} any more: ${merged.conflicts.map(({ path }) => path).join(', ')}. Merge it yourself: git merge ${asideOf(target)}`,
    );
  const message = `Merge ${target} into ${asideOf(target)}\n`;
  return git.commit({ tree: merged.tree, parents: [asideAt, targetAt], message });
}

interface Tips {
  targetAt: Oid;
  asideAt?: Oid | undefined;
}

export const isSamePlace = (one: Tips, other: Tips): boolean =>
  one.targetAt === other.targetAt && one.asideAt === other.asideAt;
