import { join } from 'node:path';
import type { TreeChoice, WorkTree } from '../../core/delivery/contract.ts';
import { GitError } from '../../core/delivery/git.ts';
import { baseFor, landingPlace } from '../../core/delivery/landing-place.ts';
import { line } from '../../node/git/run-git.ts';
import { inTree } from './checks.ts';
import type { DeliveryParts } from './open.ts';
import { targetOf } from './target.ts';

/** A detached working tree for the agents of a session, set up as the configuration says; the one it has, if it has one. */
export async function workTree(
  parts: DeliveryParts,
  session: string,
  { again = false, base: named }: TreeChoice = {},
): Promise<WorkTree> {
  const { repository, trees, book, config } = parts;
  const kept = await trees.takeAgain(session);
  if (!kept && again)
    throw new GitError(
      'missing',
      `The working tree of session ${session} is gone: what was on its branch stays there.`,
    );
  const base = named === undefined ? await groundFor(parts) : await repository.commitOf(named);
  if (base === undefined) throw new GitError('no-branch', `There is no commit "${named}" here.`);
  const tree = kept ?? (await trees.take(base, 'work', session));
  const run = (...args: string[]) => repository.run(args, { cwd: tree.path });
  try {
    const setup = config.delivery?.setup;
    if (!kept && setup !== undefined) {
      const ran = await inTree(parts, tree.path, [setup], async () => undefined, new AbortController().signal);
      if ('undecided' in ran || !ran.ok)
        throw new GitError('failed', `The set-up command "${setup}" (delivery.setup) failed in ${tree.path}.`);
    }
    return {
      path: join(tree.path, repository.places.prefix),
      base: line(await run('rev-parse', 'HEAD')),
      async release() {
        const mine = [...(await book.read()).deliveries.values()].findLast(each => each.session === session);
        // Its files stay as they are; what is on the branch is the same, and so nothing would be lost with the tree.
        if (mine?.commit) await run('reset', '--quiet', '--mixed', mine.commit);
        await tree.release();
      },
    };
  } catch (error) {
    await tree.release();
    throw error;
  }
}

/** What work begins on: the target, with what waits beside it. */
async function groundFor(parts: DeliveryParts): Promise<string> {
  const target = await targetOf(parts, undefined);
  return baseFor(parts.repository, await landingPlace(parts.repository, target));
}
