import type { AbsentWork, EventOf, Pending } from '../../../protocol/events.ts';
import type { Hash, RelPath } from '../../../protocol/ids.ts';
import type { SessionState, WrittenFile } from '../state.ts';
import type { Folds } from './fold.ts';

type Types = 'baseline-taken' | 'write-intent' | 'write-outcome' | 'user-edit' | 'review-intent' | 'review-outcome';

const add = (list: string[], item: string | undefined) => {
  if (item !== undefined && !list.includes(item)) list.push(item);
};

/** Takes what a content and its pending hunks are now; without hunks the file is as decided, or as if never touched. */
function settle(state: SessionState, file: WrittenFile, content: Hash | null, pending: Pending | null): void {
  file.content = content;
  file.deleted = content === null;
  if (pending) {
    if (file.status !== 'pending') file.decided = file.status;
    file.status = 'pending';
    file.pending = pending;
    state.files.set(file.path, file);
    return;
  }
  delete file.pending;
  if (file.decided === undefined) state.files.delete(file.path);
  else file.status = file.decided;
}

function written(state: SessionState, write: EventOf<'write-intent'>): void {
  const known = state.files.get(write.path);
  const file: WrittenFile = known ?? {
    path: write.path,
    agents: [],
    tasks: [],
    models: [],
    deleted: false,
    content: null,
    status: 'pending',
  };
  add(file.agents, write.agent);
  add(file.tasks, write.task);
  add(file.models, write.model);
  if (write.renamedFrom !== undefined) file.renamedFrom = write.renamedFrom;
  if (write.pending !== undefined) {
    settle(state, file, write.after, write.pending);
    return;
  }
  if (write.after === state.baselines.get(write.path)) {
    // Back to where it was: nothing is left to decide.
    if (known?.status === 'pending') state.files.delete(write.path);
    return;
  }
  file.content = write.after;
  file.deleted = write.after === null;
  if (file.status !== 'pending') file.decided = file.status;
  file.status = 'pending';
  state.files.set(write.path, file);
}

/** The user's edits had covered all that agents wrote, and are taken back. */
function uncovered({ path, authors }: EventOf<'user-edit'>): WrittenFile | undefined {
  if (!authors) return undefined;
  const file: WrittenFile = {
    path,
    agents: [],
    tasks: [],
    models: [],
    deleted: false,
    content: null,
    status: 'pending',
  };
  for (const { agent, task, model } of authors) {
    add(file.agents, agent);
    add(file.tasks, task);
    add(file.models, model);
  }
  return file;
}

/** `work` is all that is absent where an event says so; elsewhere it stays, beside the content that stands there now. */
function absent(state: SessionState, path: RelPath, content: Hash | null, work?: AbsentWork[]): void {
  const all = work ?? state.absent.get(path)?.work ?? [];
  if (all.length === 0) state.absent.delete(path);
  else state.absent.set(path, { content, work: all });
}

function reviewed(state: SessionState, review: EventOf<'review-intent'>): void {
  state.baselines.set(review.path, review.baseline.after);
  const file = state.files.get(review.path);
  if (!file) return;
  const now = review.action === 'accept' ? 'accepted' : 'rejected';
  file.decided = file.decided === undefined || file.decided === now ? now : 'mixed';
  if (review.pending !== undefined) {
    settle(state, file, review.file.after, review.pending);
    return;
  }
  file.content = review.file.after;
  file.deleted = review.file.after === null;
  if (review.hunks === undefined || review.file.after === review.baseline.after) file.status = file.decided;
}

function renamed(state: SessionState, from: RelPath, to: RelPath): void {
  const file = state.files.get(from);
  const baseline = state.baselines.get(from);
  const away = state.absent.get(from);
  if (away) state.absent.set(to, away);
  state.absent.delete(from);
  if (!file || baseline === undefined) return;
  state.files.delete(from);
  state.baselines.delete(from);
  state.files.set(to, { ...file, path: to, renamedFrom: file.renamedFrom ?? from });
  state.baselines.set(to, baseline);
}

export const changeFolds: Folds<Types> = {
  'baseline-taken'(state, event) {
    state.baselines.set(event.path, event.blob);
    for (const folder of event.folders ?? []) state.madeFolders.add(folder);
  },
  'write-intent'(state, event) {
    state.openWrites.set(event.write, event);
  },
  'write-outcome'(state, event) {
    const write = state.openWrites.get(event.write);
    if (!write) return;
    state.openWrites.delete(event.write);
    if (!event.ok) return;
    state.lastWriteAt = event.at;
    const contents = state.written.get(write.path);
    if (contents) contents.push(write.after);
    else state.written.set(write.path, [write.after]);
    written(state, write);
    absent(state, write.path, write.after);
  },
  'user-edit'(state, event) {
    state.lastWriteAt = event.at;
    if (event.renamedFrom !== undefined) renamed(state, event.renamedFrom, event.path);
    absent(state, event.path, event.after, event.absent);
    const file = state.files.get(event.path) ?? uncovered(event);
    if (!file) return;
    if (event.pending !== undefined) settle(state, file, event.after, event.pending);
    else {
      file.content = event.after;
      file.deleted = event.after === null;
    }
  },
  'review-intent'(state, event) {
    state.openReviews.set(event.review, event);
  },
  'review-outcome'(state, event) {
    const review = state.openReviews.get(event.review);
    if (!review) return;
    state.openReviews.delete(event.review);
    if (!event.ok) return;
    reviewed(state, review);
    absent(state, review.path, review.file.after, review.absent);
  },
};
