import type { Event } from '../../protocol/events.ts';
import { Dropped, type InboxRequest } from '../../protocol/inbox.ts';
import type { Disposable, Log } from '../ports.ts';
import { Redactor } from '../redact/redactor.ts';
import type { FoundRequest, SessionStore } from './store.ts';

/** What became of a request, for the one who asked. */
export interface RequestOutcome {
  ok: boolean;
  message?: string;
}

/**
 * Does what was asked. Called once for each request; again, with the same id, only when the process died in the middle:
 * whatever it makes should carry an id derived from the request's.
 */
export type RequestHandler<B = InboxRequest> = (body: B, id: string) => RequestOutcome | Promise<RequestOutcome>;

type Told = Extract<Event, { type: 'request-handled' | 'notice' }>;

/** What the inbox knows of a journal, whatever that is of. */
export interface InboxJournal<B> {
  readonly state: { requests: ReadonlyMap<string, { body: B; at: number; handled?: RequestOutcome }> };
  append(event: Told): unknown;
  commit(event: { type: 'request-received'; request: string; body: B; by?: string }): Promise<unknown>;
}

/**
 * Leaves a request for the session's owner, without the secrets in it: it may lie there for long. Its fate is in the
 * journal: `request-handled` with this id.
 */
export function dropRequest(
  store: SessionStore,
  id: string,
  at: number,
  body: InboxRequest,
  redactor = new Redactor(),
  by?: string,
): Promise<void> {
  const dropped = Dropped.parse({ at, body: redactor.deep(body), by });
  return store.dropRequest({ id, text: JSON.stringify(dropped) });
}

export interface Inbox extends Disposable {
  /** Resolves when what had been dropped so far is handled. */
  look(): Promise<void>;
}

export interface InboxOptions<B = InboxRequest> {
  log: Log;
  /** When this run began: what was asked of an earlier one about its running is refused now. */
  since: number;
  /** Which requests are for this owner; the others stay for the next one. Absent: all. */
  takes?: (body: B) => boolean;
}

/** What the requests of an inbox are. */
export interface RequestKind<B> {
  /** What lies there, or nothing where it is no request. */
  parse(value: unknown): { at: number; body: B; by?: string | undefined } | undefined;
  /** They are about a running process: after a crash nobody means them any more. */
  transient: ReadonlySet<string>;
}

const sessionRequests: RequestKind<InboxRequest> = {
  parse: value => Dropped.safeParse(value).data,
  transient: new Set<InboxRequest['kind']>(['abort', 'pause', 'unpause', 'let-go']),
};

/**
 * Takes requests out of the inbox, in order, each exactly once: a request is in the journal before its file goes, and
 * a file whose request is in the journal already is only removed.
 */
export const serveInbox = (
  store: SessionStore,
  journal: InboxJournal<InboxRequest>,
  handle: RequestHandler,
  options: InboxOptions,
): Inbox => serveRequests(store, journal, handle, options, sessionRequests);

/** The same for requests of any kind. */
export function serveRequests<B extends { kind: string }>(
  store: SessionStore,
  journal: InboxJournal<B>,
  handle: RequestHandler<B>,
  options: InboxOptions<B>,
  requests: RequestKind<B>,
): Inbox {
  const { log, since, takes = () => true } = options;
  let disposed = false;
  let again = false;
  let looking: Promise<void> | undefined;

  const answer = async (id: string, at: number, body: B): Promise<RequestOutcome> => {
    if (requests.transient.has(body.kind) && at < since)
      return { ok: false, message: 'asked before it was resumed: ask again' };
    try {
      return await handle(body, id);
    } catch (error) {
      log.write('error', `request ${id} (${body.kind}) failed`, error);
      return { ok: false, message: error instanceof Error ? error.message : String(error) };
    }
  };

  const perform = async (id: string, at: number, body: B) => {
    const { ok, message } = await answer(id, at, body);
    journal.append({ type: 'request-handled', request: id, ok, ...(message !== undefined && { message }) });
  };

  const take = async ({ id, text, own }: FoundRequest) => {
    if (journal.state.requests.has(id)) return store.removeRequest(id);
    if (!own) {
      journal.append({
        type: 'notice',
        level: 'warning',
        code: 'foreign-request',
        text: `Request ${id} in the inbox was not left by a program of yours. It was not followed, and removed.`,
      });
      return store.removeRequest(id);
    }
    const dropped = requests.parse(jsonOf(text));
    if (!dropped) {
      journal.append({
        type: 'notice',
        level: 'warning',
        code: 'bad-request',
        text: `Request ${id} in the inbox could not be read and was removed.`,
      });
      return store.removeRequest(id);
    }
    const { at, body, by } = dropped;
    if (!takes(body)) return;
    await journal.commit({ type: 'request-received', request: id, body, ...(by !== undefined && { by }) });
    await store.removeRequest(id);
    await perform(id, at, body);
  };

  const sweep = async () => {
    do {
      again = false;
      for (const request of await store.listRequests()) {
        if (disposed) return;
        await take(request);
      }
    } while (again && !disposed);
  };

  const look = (): Promise<void> => {
    if (disposed) return Promise.resolve();
    again = true;
    looking ??= sweep().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const lookQuietly = () => void look().catch(error => log.write('warn', 'the inbox cannot be read', error));

  const resume = async () => {
    for (const [id, { body, at, handled }] of [...journal.state.requests])
      if (!handled && takes(body)) await perform(id, at, body);
  };
  // Not before the caller has what this returns.
  looking = Promise.resolve().then(resume).then(sweep);
  looking
    .catch(error => log.write('warn', 'the inbox cannot be read', error))
    .finally(() => {
      looking = undefined;
    });
  const watcher = store.watchRequests(lookQuietly);

  return {
    look,
    dispose() {
      disposed = true;
      watcher.dispose();
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
