import type { Delivered, DeliverRequest } from '../../core/delivery/contract.ts';
import { branchRef, GitError, type Oid } from '../../core/delivery/git.ts';
import { baseFor, landingPlace } from '../../core/delivery/landing-place.ts';
import type { Delivery, DeliveryState } from '../../core/delivery/state.ts';
import { moveRef } from '../../core/delivery/steps.ts';
import { branchName, commitMessage } from '../../core/delivery/words.ts';
import { buildTree, type FileStep } from '../../node/git/build-tree.ts';
import { hooksHere } from '../../node/git/hooks.ts';
import { newId } from '../../node/new-id.ts';
import type { DeliveryParts } from './open.ts';
import { type SessionWork, sessionWork } from './session-work.ts';
import { targetOf } from './target.ts';

/** Builds a branch of what was accepted in a session, on what its target is by now; or anew of what its tree holds. */
export async function deliver(parts: DeliveryParts, request: DeliverRequest): Promise<Delivered> {
  const { repository, book, sessions } = parts;
  const target = await targetOf(parts, request.target);
  await repository.mustKnowWho();
  const work = await sessionWork(sessions, request);
  if (!work.ok) return work;
  const { title, authors, pending } = work;
  const { session, task } = request;
  const branch = branchName(task ?? title, session);
  const earlier = known(await book.read(), branch);
  const ours = earlier.find(each => each.status !== 'landed' && each.status !== 'dropped');
  const landed = earlier.findLast(each => each.status === 'landed' && each.session === session);
  const { base, rounds, mended } = await groundOf(parts, work, ours ?? landed, target);
  const { tree, ignored } = await buildTree(repository, base, rounds);
  if (tree === (await repository.treeOf(base))) {
    const left = ignored.length > 0 ? ` Git ignores ${ignored.join(', ')}.` : '';
    const message = `All that was accepted is on ${target} already.${left}`;
    return { ok: false, reason: 'nothing', message };
  }
  const files = work.files.filter(path => !ignored.includes(path));
  const answer = { ok: true as const, branch, target, files, ignored, pending, hooks: await hooksHere(repository) };
  const again = work.tree && ours?.session === session && ours.target === target ? ours : undefined;
  if (again?.commit && again.base === base && tree === (await repository.treeOf(again.commit)))
    return { ...answer, delivery: again.delivery };
  const commit = await repository.commit({ tree, parents: [base], message: commitMessage(title, session, authors) });
  const delivery = again?.delivery ?? newId('d');
  await book.change(async (state, put) => {
    const ref = branchRef(branch);
    const from = await repository.tip(ref);
    const before = known(state, branch);
    if (from !== undefined && !before.some(each => each.commit === from))
      throw new GitError(
        'bad-name',
        `There is a branch ${branch} that is not ours: rename it, or give the delivery another --title.`,
      );
    if ((await repository.checkedOut()).has(ref))
      throw new GitError(
        'bad-name',
        `${branch} is checked out in a working tree, so that it cannot be built anew: check out another branch there.`,
      );
    const made = { delivery, base, authors, files, ...(ignored.length > 0 && { ignored }) };
    if (again) await put({ type: 'delivery-rebuilt', ...made, ...(mended.length > 0 && { mended }) });
    else {
      for (const { delivery: old, status } of before)
        if (status !== 'landed' && status !== 'dropped')
          await put({ type: 'delivery-dropped', delivery: old, reason: `${delivery} took its place` });
      await put({
        type: 'delivery-opened',
        ...made,
        title,
        session,
        target,
        branch,
        ...(task !== undefined && { task }),
        ...(work.tree && pending > 0 && { unreviewed: true as const }),
      });
    }
    const intent = { kind: 'branch' as const, ref, to: commit, delivery, ...(from !== undefined && { from }) };
    const done = await moveRef(repository, put, newId, intent, `built for ${delivery}`);
    if (!done.ok) throw new GitError('failed', `Git did not make the branch ${branch}: ${done.message}`);
  });
  return { ...answer, delivery };
}

const known = (state: DeliveryState, branch: string): Delivery[] =>
  [...state.deliveries.values()].filter(each => each.branch === branch);

interface Ground {
  base: Oid;
  rounds: FileStep[][];
  /** Files in which the author has brought both sides together after a conflict: they stand as they are. */
  mended: string[];
}

/**
 * What the branch is made on. Work in the workspace: the target as it is now. Work in a tree of its own: the commit that
 * the tree was made from, so that nothing is merged unseen; after a conflict, what it did not fit, once its author has
 * changed every file that did not.
 */
async function groundOf(
  { repository }: DeliveryParts,
  work: SessionWork,
  ours: Delivery | undefined,
  target: string,
): Promise<Ground> {
  const { rounds, tree } = work;
  if (!tree) return { base: await baseFor(repository, await landingPlace(repository, target)), rounds, mended: [] };
  const landed = ours?.status === 'landed' ? ours : undefined;
  const { prefix } = repository.places;
  const ground = {
    base: landed?.commit ?? ours?.base ?? tree.base,
    mended: [...new Set([...(ours?.mended ?? []), ...(landed?.files.map(path => prefix + path) ?? [])])],
  };
  if (ours?.conflictedOn && ours.commit) {
    const { onto, paths } = ours.conflictedOn;
    const finals = new Map(rounds.flat().map(({ path, after }) => [prefix + path, after]));
    const changed = async (path: string) => {
      const [now, then] = [finals.get(path) ?? undefined, await repository.contentAt(ours.commit as Oid, path)];
      return Buffer.compare(now ?? EMPTY, then ?? EMPTY) !== 0;
    };
    if ((await Promise.all(paths.map(changed))).every(Boolean)) {
      ground.base = onto;
      ground.mended = [...new Set([...ground.mended, ...paths])];
    }
  }
  if (ground.mended.length === 0) return { ...ground, rounds };
  const asTheyAre = async (step: FileStep): Promise<FileStep> => {
    const path = prefix + step.path;
    if (!ground.mended.includes(path)) return step;
    return { ...step, before: (await repository.contentAt(ground.base, path)) ?? null };
  };
  // What was brought together counts as it is in the end.
  const last = new Map(rounds.flat().map(step => [step.path, step]));
  const kept: FileStep[][] = [];
  for (const round of rounds) {
    const steps = round.filter(step => last.get(step.path) === step || !ground.mended.includes(prefix + step.path));
    kept.push(await Promise.all(steps.map(asTheyAre)));
  }
  return { ...ground, rounds: kept };
}

const EMPTY = Buffer.of();
