import { join } from 'node:path';
import { waitingIn } from '../core/changes/waiting.ts';
import { watchChanges } from '../core/changes/watched.ts';
import { redactorOf } from '../core/config/known-keys.ts';
import { configuredProviders } from '../core/config/providers.ts';
import type { WorkspaceFiles } from '../core/ports.ts';
import type { Redactor } from '../core/redact/redactor.ts';
import { followJournal } from '../core/session/follow.ts';
import { dropRequest } from '../core/session/inbox.ts';
import { checkOrigin, readerFor } from '../core/session/origin.ts';
import { reduce } from '../core/session/reduce.ts';
import { fromElsewhere } from '../core/session/seal.ts';
import type { SessionState } from '../core/session/state.ts';
import { isTreeOf } from '../node/git/trees.ts';
import { keepImages } from '../node/handed-in.ts';
import { hashOf } from '../node/hash.ts';
import { newId } from '../node/new-id.ts';
import { cacheFolder } from '../node/places.ts';
import { adopt } from '../node/session/adopt.ts';
import type { SessionFolder } from '../node/session/session-folder.ts';
import { findSession, listSessions, OUR_FOLDER, readState } from '../node/session/sessions.ts';
import { watchPath } from '../node/session/watch.ts';
import { NodeWorkspace } from '../node/workspace.ts';
import type { JournalEvent } from '../protocol/events.ts';
import type { InboxRequest } from '../protocol/inbox.ts';
import { Message } from '../protocol/message.ts';
import type { Answered, Asked, Reviewed, ReviewedSession, RuntimeHost, Sessions } from './contract.ts';
import { configOf, keysOf, sessionsOf } from './host.ts';
import { lookAt, openForReview, REVIEWING } from './open-review.ts';
import { handleReview } from './requests.ts';

const PATIENCE_MS = 15_000;
/** Of a decision on a session that changes hands. */
const TRIES = 5;

/** What can be done with the sessions of a workspace without running one: reading, following, asking, deciding. */
export function storedSessions(host: RuntimeHost): Omit<Sessions, 'start' | 'resume' | 'close'> {
  const { clock, log, workspace, kind } = host;
  const sessions = sessionsOf(host);
  const find = (id: string) => findSession(sessions, id);

  /** Knows the keys of the environment and of the providers that are set up, for what is written without a team. */
  const redactor = async (): Promise<Redactor> => {
    const { config } = await configOf(host);
    const keys = keysOf(host, config);
    const known = redactorOf(host.environment);
    for (const { name } of configuredProviders(config)) known.add(await keys.get(name));
    return known;
  };

  const filesOf = async (store: SessionFolder) => filesWhere(host, (await readState(store)).state);

  const review = async (id: string): Promise<Reviewed> => {
    const store = await find(id);
    if (!store) return { ok: false, reason: 'missing' };
    return openForReview({ store, log, clock, files: await filesOf(store), redactor: await redactor() }, kind);
  };

  /** Owns a session that nobody does, for as long as the decision takes; undefined: somebody has taken it meanwhile. */
  const decide = async (id: string, body: InboxRequest, asked: Asked): Promise<Answered | undefined> => {
    const opened = await review(id);
    if (!opened.ok) return opened.reason === 'owned' ? undefined : NOBODY;
    try {
      const { session } = opened;
      if (asked.by === undefined) return (await handleReview(session, body)) ?? NOBODY;
      return await decideFor(session, body, { ...asked, by: asked.by });
    } finally {
      await opened.session.close();
    }
  };

  const ask = async (
    id: string,
    body: InboxRequest,
    signal: AbortSignal,
    asked: Asked = {},
    tries = TRIES,
  ): Promise<Answered> => {
    const store = await find(id);
    const origin = store && (await checkOrigin(store));
    if (origin && origin !== 'own') return { ok: false, message: fromElsewhere(id, origin) };
    const owner = await store?.owner();
    const request = asked.request ?? newId('r');
    const read = store && (await readState(store));
    const earlier = read?.state.requests.get(request);
    if (earlier && JSON.stringify(earlier.body) !== JSON.stringify((await redactor()).deep(body)))
      return { ok: false, why: 'other-body', message: `something else was asked under the id ${request}` };
    if (earlier?.handled) return { request, ...earlier.handled };
    if (store && !owner && REVIEWING.has(body.kind)) {
      const decided = await decide(id, body, { ...asked, request });
      if (decided) return decided;
      // Its owner now is asked: a window takes a session the moment its run releases it.
      return tries > 1 ? ask(id, body, signal, asked, tries - 1) : TAKEN;
    }
    if (!store || !read || !owner || (owner.reviews && !REVIEWING.has(body.kind))) return NOBODY;
    const { reader } = read;
    if (!earlier) await dropRequest(store, request, clock.now(), body, await redactor(), asked.by);
    const timeout = AbortSignal.timeout(PATIENCE_MS);
    for await (const events of followJournal(store, AbortSignal.any([signal, timeout]), reader)) {
      const handled = events.find(event => event.type === 'request-handled' && event.request === request);
      if (handled?.type !== 'request-handled') continue;
      const { ok, message } = handled;
      return { request, ok, ...(message !== undefined && { message }) };
    }
    const message = `process ${owner.pid} has not answered yet; it will find the request when it looks`;
    return { request, ok: false, why: 'silent', message };
  };

  async function* events(id: string, signal?: AbortSignal): AsyncGenerator<JournalEvent[]> {
    const store = await find(id);
    const reader = store && (await readerFor(store));
    for await (const bytes of store?.readJournal(0, signal) ?? []) yield reader?.push(bytes) ?? [];
  }

  return {
    review,
    ask: (id, body, signal, asked) => ask(id, body, signal, asked),
    async keep(id, images) {
      const store = await find(id);
      if (!store) throw new Error(`there is no session ${id}`);
      return keepImages(images, store);
    },
    list: () => listSessions(sessions),
    owner: async id => (await find(id))?.owner(),
    text: async (id, name) => (await find(id))?.readText(name),
    blob: async (id, hash) => (await find(id))?.getBlob(hash),
    watch: changed => watchPath(join(workspace, OUR_FOLDER, 'sessions'), clock, changed),
    async waits(id) {
      const store = await find(id);
      return store !== undefined && waitingIn((await readState(store)).state).length > 0;
    },
    async look(id) {
      const store = await find(id);
      return store && lookAt({ store, files: await filesOf(store) });
    },
    async follow(id, told, signal, earlier) {
      const store = await find(id);
      if (!store) return undefined;
      const { state, reader } = await readState(store, earlier);
      const go = async () => {
        for await (const events of followJournal(store, signal, reader)) {
          for (const event of events) {
            reduce(state, event);
            told(event);
          }
        }
      };
      void go()
        .catch(error => log.write('warn', `session ${id} can no longer be followed`, error))
        .finally(() => store.close());
      return { state };
    },
    async watchChanges(id, state, signal) {
      const store = await find(id);
      if (!store) return undefined;
      return watchChanges({
        files: await filesWhere(host, state),
        state,
        getBlob: hash => store.getBlob(hash),
        hash: hashOf,
        newId,
        ask: body => ask(id, body, signal),
      });
    },
    async adopt(id, agrees) {
      const store = await find(id);
      return store ? adopt(store, kind, () => clock.now(), agrees) : { ok: false, reason: 'empty' };
    },
    events,
    async messages(id, agent) {
      const store = await find(id);
      if (!store) return [];
      const found: Message[] = [];
      for await (const batch of events(id)) {
        for (const event of batch) {
          if (event.type !== 'agent-message' || event.agent !== agent) continue;
          const blob = event.blob === undefined ? undefined : await store.getBlob(event.blob);
          const message = event.message ?? (blob && Message.parse(JSON.parse(new TextDecoder().decode(blob))));
          if (message) found.push(message);
        }
      }
      return found;
    },
  };
}

/** Where the agents of a session write: in a working tree of its own, or in the workspace. */
const filesWhere = async (host: RuntimeHost, { tree }: SessionState): Promise<WorkspaceFiles> =>
  tree && isTreeOf(cacheFolder(host.environment), tree.path) ? new NodeWorkspace(tree.path) : host.files();

const TAKEN: Answered = { ok: false, message: 'somebody has just taken it over: try again' };
/** The same as any request to a running session: in the journal with who asked, before it is done and after. */
async function decideFor(
  session: ReviewedSession,
  body: InboxRequest,
  { by, request = newId('r') }: Asked & { by: string },
): Promise<Answered> {
  const { journal } = session;
  await journal.commit({ type: 'request-received', request, body, by });
  const done = (await handleReview(session, body)) ?? NOBODY;
  const { ok, message } = done;
  journal.append({ type: 'request-handled', request, ok, ...(message !== undefined && { message }) });
  return { request, ...done };
}

const NOBODY: Answered = { ok: false, why: 'nobody', message: 'nobody runs this session: resume it first' };
