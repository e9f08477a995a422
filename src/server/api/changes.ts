import type * as z from 'zod';
import type { Changes, FileReview } from '../../core/changes/changes.ts';
import { currentOf } from '../../core/changes/reviewed.ts';
import { ChangedFile, ChangeItem, pageOf } from '../../protocol/api.ts';
import { RelPath } from '../../protocol/ids.ts';
import { ProblemError } from '../problem.ts';
import { PageQuery, page } from './page.ts';
import { type Asking, route } from './route.ts';
import { foundIn, InWorkspace, SessionParams } from './sessions.ts';
import { unifiedDiff } from './unified-diff.ts';

/** What is longer is not shown, but decided on like any other. */
const MOST_CHARACTERS = 1_000_000;

export const changeRoutes = [
  route({
    id: 'listChanges',
    path: '/sessions/{session}/changes',
    summary: 'The files that agents wrote and nobody has decided on',
    params: SessionParams,
    query: PageQuery.extend(InWorkspace.shape),
    answer: pageOf(ChangeItem),
    handle: asking =>
      looking(asking, async changes => {
        const seen = changes.contents();
        const items = changes
          .pendingFiles()
          .map(file => ({ ...shown(file), hunks: file.hunks, seen: seen.get(file.path) ?? 'none' }));
        return { json: page(items, ({ path }) => path, asking.query) };
      }),
  }),
  route({
    id: 'getChange',
    path: '/sessions/{session}/changes/file',
    summary: 'A file that waits, with its hunks, both texts, and a diff',
    params: SessionParams,
    query: InWorkspace.extend({ path: RelPath.max(4096) }),
    answer: ChangedFile,
    handle: asking =>
      looking(asking, async changes => {
        const { path } = asking.query;
        const review = await changes.file(path);
        // Only what waits for review is read at all, whatever the path says.
        if (!review) throw new ProblemError('not-found', `Nothing in "${path}" waits for review.`);
        return { json: await fileOf(changes, review) };
      }),
  }),
];

type AskingOf = Pick<
  Asking<z.infer<typeof SessionParams>, z.infer<typeof InWorkspace>, unknown>,
  'served' | 'params' | 'query'
>;

async function looking<T>(asking: AskingOf, use: (changes: Changes) => Promise<T>): Promise<T> {
  const { workspace, feed } = await foundIn(asking);
  const looked = await workspace.host.runtime.look(feed.id);
  if (!looked) throw new ProblemError('not-found', `There is no session "${feed.id}".`);
  try {
    return await use(looked.changes);
  } finally {
    await looked.close();
  }
}

async function fileOf(changes: Changes, review: FileReview): Promise<z.input<typeof ChangedFile>> {
  const { path, hunks } = review;
  const before = textOf(await changes.baseline(path));
  const reviewed = changes.reviewed(path);
  const current = reviewed && currentOf(reviewed);
  const after = textOf(current && 'bytes' in current ? current.bytes : undefined);
  const isText = before !== undefined && after !== undefined;
  return {
    ...shown(review),
    hunks: hunks.map(({ id, kind, current, base, authors, edited }) => ({ id, kind, current, base, authors, edited })),
    seen: changes.contents({ path }).get(path) ?? 'none',
    ...(isText && { before, after, diff: unifiedDiff(path, before, after, hunks) }),
  };
}

function shown({ path, change, renamedFrom, added, removed, authors, mark }: Omit<FileReview, 'hunks'>) {
  return {
    path,
    change,
    added,
    removed,
    authors,
    ...(renamedFrom !== undefined && { renamedFrom }),
    ...(mark && { mark: mark.says }),
  };
}

/** Undefined for what is no text, or too much of it. */
function textOf(bytes: Uint8Array | null | undefined): string | null | undefined {
  if (!bytes) return bytes;
  if (bytes.includes(0) || bytes.length > MOST_CHARACTERS) return undefined;
  return new TextDecoder().decode(bytes);
}
