import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Delivered, DeliverRequest } from '../../core/delivery/contract.ts';
import { branchRef, GitError } from '../../core/delivery/git.ts';
import { baseFor, landingPlace } from '../../core/delivery/landing-place.ts';
import { moveRef } from '../../core/delivery/steps.ts';
import { branchName, commitMessage } from '../../core/delivery/words.ts';
import { buildTree } from '../../node/git/build-tree.ts';
import { hooksHere } from '../../node/git/hooks.ts';
import { newId } from '../../node/new-id.ts';
import type { DeliveryParts } from './open.ts';
import { sessionWork } from './session-work.ts';
import { targetOf } from './target.ts';

/** Builds a branch of what was accepted in a session, on what its target is by now. */
export async function deliver(parts: DeliveryParts, request: DeliverRequest): Promise<Delivered> {
  const { repository, book, sessions, host } = parts;
  const target = await targetOf(parts, request.target);
  await repository.mustKnowWho();
  const isExecutable = (path: string) =>
    access(join(host.workspace, path), constants.X_OK).then(
      () => process.platform !== 'win32',
      () => false,
    );
  const work = await sessionWork(sessions, request, isExecutable);
  if (!work.ok) return work;
  const place = await landingPlace(repository, target);
  const base = await baseFor(repository, place);
  const { tree, ignored } = await buildTree(repository, base, work.rounds);
  if (tree === (await repository.treeOf(base))) {
    const left = ignored.length > 0 ? ` Git ignores ${ignored.join(', ')}.` : '';
    return { ok: false, reason: 'nothing', message: `All that was accepted is on ${target} already.${left}` };
  }
  const { title, authors, pending } = work;
  const { session, task } = request;
  const branch = branchName(task ?? title, session);
  const commit = await repository.commit({ tree, parents: [base], message: commitMessage(title, session, authors) });
  const files = work.files.filter(path => !ignored.includes(path));
  const delivery = newId('d');
  await book.change(async (state, put) => {
    const ref = branchRef(branch);
    const from = await repository.tip(ref);
    const earlier = [...state.deliveries.values()].filter(each => each.branch === branch);
    if (from !== undefined && !earlier.some(each => each.commit === from))
      throw new GitError(
        'bad-name',
        `There is a branch ${branch} that is not ours: rename it, or give the delivery another --title.`,
      );
    if ((await repository.checkedOut()).has(ref))
      throw new GitError(
        'bad-name',
        `${branch} is checked out in a working tree, so that it cannot be built anew: check out another branch there.`,
      );
    for (const { delivery: old, status } of earlier)
      if (status !== 'landed' && status !== 'dropped')
        await put({ type: 'delivery-dropped', delivery: old, reason: `${delivery} took its place` });
    const opened = { delivery, title, session, target, branch, base, authors, files };
    await put({
      type: 'delivery-opened',
      ...opened,
      ...(task !== undefined && { task }),
      ...(ignored.length > 0 && { ignored }),
    });
    const intent = { kind: 'branch' as const, ref, to: commit, delivery, ...(from !== undefined && { from }) };
    const done = await moveRef(repository, put, newId, intent, `built for ${delivery}`);
    if (!done.ok) throw new GitError('failed', `Git did not make the branch ${branch}: ${done.message}`);
  });
  return { ok: true, delivery, branch, target, files, ignored, pending, hooks: await hooksHere(repository) };
}
