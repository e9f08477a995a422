import { waitingIn } from '../../core/changes/waiting.ts';
import { type AcceptedStep, AcceptedWork, authorsOf } from '../../core/delivery/accepted.ts';
import type { DeliverRequest, DeliveryRefused } from '../../core/delivery/contract.ts';
import { originOf, readerFor } from '../../core/session/origin.ts';
import { initialState, reduce } from '../../core/session/reduce.ts';
import { fromElsewhere } from '../../core/session/seal.ts';
import type { SessionState } from '../../core/session/state.ts';
import type { FileStep } from '../../node/git/build-tree.ts';
import { findSession, type Sessions } from '../../node/session/sessions.ts';
import type { DeliveryAuthor } from '../../protocol/delivery.ts';
import type { Hash } from '../../protocol/ids.ts';

/** What of a session is to be delivered. */
export interface SessionWork {
  ok: true;
  title: string;
  rounds: FileStep[][];
  authors: DeliveryAuthor[];
  files: string[];
  pending: number;
}

const refuse = (reason: DeliveryRefused['reason'], message: string): DeliveryRefused => ({
  ok: false,
  reason,
  message,
});

/** Reads what was accepted in a session, from its journal. `isExecutable` tells of files as they stand in the workspace. */
export async function sessionWork(
  sessions: Sessions,
  { session, task, title }: DeliverRequest,
  isExecutable: (path: string) => Promise<boolean>,
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
  const rounds = accepted.rounds(task);
  const steps = rounds.flat();
  const pending = waitingIn(state).length;
  if (steps.length === 0) {
    const what = task === undefined ? `session ${session}` : `task ${task}`;
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
    const bytes = hash === null ? null : await store.getBlob(hash);
    if (bytes === undefined) throw new MissingContent(path);
    return bytes;
  };
  const read = async ({ path, before, after, from }: AcceptedStep): Promise<FileStep> => ({
    path,
    before: await contentOf(path, before),
    after: await contentOf(path, after),
    ...(from !== undefined && { from }),
    executable: await isExecutable(path),
  });
  try {
    const contents: FileStep[][] = [];
    for (const round of rounds) contents.push(await Promise.all(round.map(read)));
    return {
      ok: true,
      title: title ?? titleOf(state, task),
      rounds: contents,
      authors: authorsOf(steps).map(author => withRole(state, author)),
      files: [...new Set(steps.map(({ path }) => path))].sort(),
      pending,
    };
  } catch (error) {
    if (error instanceof MissingContent) return refuse('missing', error.message);
    throw error;
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
