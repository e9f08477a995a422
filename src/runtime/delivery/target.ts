import { branchRef, GitError } from '../../core/delivery/git.ts';
import type { DeliveryParts } from './open.ts';

/** The target branch: as given, as configured, or the one that is checked out. It must have a commit. */
export async function targetOf({ config, repository }: DeliveryParts, named: string | undefined): Promise<string> {
  const target = named ?? config.delivery?.target ?? (await repository.currentBranch());
  await repository.mustBeName(target);
  if ((await repository.tip(branchRef(target))) === undefined)
    throw new GitError(
      'unborn',
      `There is no commit on ${target} yet, so that nothing can be delivered to it: make its first commit yourself, or name another branch: --target BRANCH.`,
    );
  return target;
}
