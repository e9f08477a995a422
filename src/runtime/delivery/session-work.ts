import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { waitingIn } from '../../core/changes/waiting.ts';
import { type AcceptedStep, AcceptedWork, authorsOf } from '../../core/delivery/accepted.ts';
import type { DeliverRequest, DeliveryRefused } from '../../core/delivery/contract.ts';
import { originOf, readerFor } from '../../core/session/origin.ts';
import { initialState, reduce } from '../../core/session/reduce.ts';
import { fromElsewhere } from '../../core/session/seal.ts';
import type { SessionState } from '../../core/session/state.ts';
import type { FileStep } from '../../node/git/build-tree.ts';
import { hashOf } from '../../node/hash.ts';
import type { SessionFolder } from '../../node/session/session-folder.ts';
import { findSession, type Sessions } from '../../node/session/sessions.ts';
import { NodeWorkspace } from '../../node/workspace.ts';
import type { DeliveryAuthor } from '../../protocol/delivery.ts';
import type { SessionTree } from '../../protocol/events.ts';
import type { Hash } from '../../protocol/ids.ts';
import { lookAt } from '../open-review.ts';

/** What of a session is to be delivered. */
export interface SessionWork {
  ok: true;
  title: string;
  rounds: FileStep[][];
  authors: DeliveryAuthor[];
  files: string[];
  /** Files that nobody has decided on; they are in it where the session works in a tree of its own. */
  pending: number;
  tree?: SessionTree;
}

const refuse = (reason: DeliveryRefused['reason'], message: string): DeliveryRefused => ({
  ok: false,
  reason,
  message,
});

/** Reads what was accepted in a session, from its journal; and what nobody has rejected, where it works in a tree of its own. */
export async function sessionWork(
  sessions: Sessions,
  { session, task, title, unreviewed }: DeliverRequest,
): Promise<SessionWork | DeliveryRefused> {
  const store = await findSession(sessions, session);
  if (!store) return refuse('no-session', `There is no session "${session}" in ${sessions.workspace}.`);
  const state = initialState();
  const accepted = new AcceptedWork();
  const reader = await readerFor(store);
  const sealed = (await store.chain('read')) !== undefined;
  for await (const bytes of store.readJournal(0)) {
    for (const event of reader.push(bytes)) {
      reduce(state, event);
      accepted.see(event);
    }
  }
  const origin = originOf(reader);
  if (sealed && origin !== 'own') return refuse('elsewhere', fromElsewhere(session, origin));
  if (task !== undefined && !state.tasks.has(task))
    return refuse(
      'nothing',
      `Session ${session} has no task "${task}". It has: ${[...state.tasks.keys()].join(', ')}.`,
    );
  const { tree } = state;
  const root = tree?.path ?? sessions.workspace;
  const contents = new Map<Hash, Uint8Array>();
  if (tree && unreviewed !== false) for (const step of await pendingSteps(store, root, contents)) accepted.add(step);
  const rounds = accepted.rounds(task);
  const steps = rounds.flat();
  const pending = waitingIn(state).length;
  if (steps.length === 0) {
    const what = task === undefined ? `session ${session}` : `task ${task}`;
    if (tree) return refuse('nothing', `Nothing was changed in ${what}.`);
    const why = pending > 0 ? `${pending} files wait for review: orchestrate changes` : 'Nothing was accepted in it.';
    return refuse('nothing', `Only what was accepted is delivered, and nothing of ${what} was. ${why}`);
  }
  const mixed = task === undefined ? undefined : steps.find(step => step.authors.some(author => author.task !== task));
  if (mixed)
    return refuse(
      'nothing',
      `${mixed.path} holds accepted work of other tasks than ${task}, too: deliver the whole session.`,
    );
  const contentOf = async (path: string, hash: Hash | null) => {
    const bytes = hash === null ? null : (contents.get(hash) ?? (await store.getBlob(hash)));
    if (bytes === undefined) throw new MissingContent(path);
    return bytes;
  };
  const withContents = async ({ path, before, after, from }: AcceptedStep): Promise<FileStep> => ({
    path,
    before: await contentOf(path, before),
    after: await contentOf(path, after),
    ...(from !== undefined && { from }),
    executable: await isExecutable(join(root, path)),
  });
  try {
    const read: FileStep[][] = [];
    for (const round of rounds) read.push(await Promise.all(round.map(withContents)));
    return {
      ok: true,
      title: title ?? titleOf(state, task),
      rounds: read,
      authors: authorsOf(steps).map(author => withRole(state, author)),
      files: [...new Set(steps.map(({ path }) => path))].sort(),
      pending,
      ...(tree && { tree }),
    };
  } catch (error) {
    if (error instanceof MissingContent) return refuse('missing', error.message);
    throw error;
  }
}

const isExecutable = (path: string) =>
  access(path, constants.X_OK).then(
    () => process.platform !== 'win32',
    () => false,
  );

/** What waits for review in a tree, as steps; their contents are put beside. */
async function pendingSteps(
  store: SessionFolder,
  root: string,
  contents: Map<Hash, Uint8Array>,
): Promise<AcceptedStep[]> {
  const files = new NodeWorkspace(root);
  const { changes, close } = await lookAt({ store, files });
  try {
    const keep = (bytes: Uint8Array | null | undefined) => {
      if (!bytes) return null;
      const hash = hashOf(bytes);
      contents.set(hash, bytes);
      return hash;
    };
    const steps: AcceptedStep[] = [];
    for (const { path, renamedFrom, authors } of changes.pendingFiles()) {
      const before = keep(await changes.baseline(path));
      const after = keep((await files.read(path))?.bytes);
      steps.push({ path, before, after, authors, ...(renamedFrom !== undefined && { from: renamedFrom }) });
    }
    return steps;
  } finally {
    await close();
  }
}

class MissingContent extends Error {
  constructor(path: string) {
    super(
      `What was accepted in ${path} is not kept any more: an older version of Orchestrate accepted it, or its session was cleaned up. Commit it yourself.`,
    );
  }
}

const SHORT = 72;

/** One line, as git shows it. */
function titleOf(state: SessionState, task: string | undefined): string {
  const found = task === undefined ? undefined : state.tasks.get(task)?.task;
  const text = (found && 'title' in found ? String(found.title) : undefined) ?? task ?? state.goal;
  const first = text.split('\n')[0]?.trim() || 'Work of a session';
  return first.length > SHORT ? `${first.slice(0, SHORT - 1).trimEnd()}…` : first;
}

function withRole(state: SessionState, author: ReturnType<typeof authorsOf>[number]): DeliveryAuthor {
  const agent = state.agents.get(author.agent);
  const called = agent?.called ?? [];
  // Whoever called one model only wrote with that one.
  const model = author.model ?? (called.length === 1 ? called[0] : undefined);
  return { ...author, ...(agent && { role: agent.role }), ...(model !== undefined && { model }) };
}
