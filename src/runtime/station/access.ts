import { redactorOf } from '../../core/config/known-keys.ts';
import { openEvents } from '../../core/session/journal.ts';
import type { StationState } from '../../core/station/contract.ts';
import { stationKind, stationReader } from '../../core/station/reduce.ts';
import { handleQueue, isQueueRequest } from '../../core/station/requests.ts';
import { keepImages } from '../../node/handed-in.ts';
import { newId } from '../../node/new-id.ts';
import { followStation, readStation } from '../../node/session/read-station.ts';
import type { SessionFolder } from '../../node/session/session-folder.ts';
import { makeStationFolder, stationFolder } from '../../node/session/station-folder.ts';
import { DroppedStationRequest, type StationEvent, type StationRequest } from '../../protocol/station.ts';
import type { Answered, Asked, RuntimeHost, StationAccess } from '../contract.ts';
import { sessionsOf } from '../host.ts';

const PATIENCE_MS = 15_000;
/** Somebody else is adding something at this moment. */
const BUSY_MS = 5_000;
const LOOK_MS = 20;

const NOBODY: Answered = { ok: false, why: 'nobody', message: 'no standing team runs here: orchestrate start' };
export const FROM_ELSEWHERE =
  'The standing team in .orchestrate/station is from elsewhere: it was not made by you on this machine, or was changed since. Nothing of it is acted on. Move the folder away; a new one is made.';

/** What can be done with a standing team without running one: looking at it, asking it, adding to its queue. */
export function stationAccess(host: RuntimeHost): Omit<StationAccess, 'start' | 'workflows'> {
  const { clock, log, kind } = host;
  const sessions = sessionsOf(host);
  const redactor = redactorOf(host.environment);
  const folder = () => stationFolder(sessions);

  /** Owns the queue for as long as it takes to change it. */
  const change = async (
    body: Extract<StationRequest, { kind: `queue-${string}` }>,
    { by, request = newId('r') }: Asked,
  ): Promise<Answered | undefined> => {
    const store = folder();
    await makeStationFolder(sessions);
    const taken = await store.lock(kind, 'review');
    if (!taken.ok) return undefined;
    try {
      const journal = await openEvents<StationState, StationEvent>(store, stationKind, {
        clock,
        log,
        redact: text => redactor.text(text),
      });
      const choosing = () => ({ now: clock.now(), alone: () => true });
      const queue = {
        state: journal.state,
        append: (event: StationEvent) => journal.append(event),
        choosing,
        runs: false,
      };
      const done = handleQueue(queue, body, request);
      if (by !== undefined) {
        journal.append({ type: 'request-received', request, body, by });
        journal.append({ type: 'request-handled', request, ...done });
      }
      await journal.close();
      return done;
    } finally {
      await store.close();
    }
  };

  const leave = async (
    store: SessionFolder,
    pid: number,
    body: StationRequest,
    signal: AbortSignal,
    { by, request = newId('r') }: Asked,
  ): Promise<Answered> => {
    const { state } = await readStation(store);
    const over = new AbortController();
    const all = AbortSignal.any([signal, over.signal, AbortSignal.timeout(PATIENCE_MS)]);
    const dropped = DroppedStationRequest.parse({ at: clock.now(), body: redactor.deep(body), by });
    await store.dropRequest({ id: request, text: JSON.stringify(dropped) });
    let answer: Answered | undefined;
    await followStation(
      store,
      { state },
      event => {
        if (event.type !== 'request-handled' || event.request !== request) return;
        answer = { request, ok: event.ok, ...(event.message !== undefined && { message: event.message }) };
        over.abort();
      },
      all,
    );
    const message = `process ${pid} has not answered yet; it will find the request when it looks`;
    return answer ?? { request, ok: false, why: 'silent', message };
  };

  return {
    async read() {
      const store = folder();
      const { state, origin } = await readStation(store);
      const owner = origin === 'own' ? await store.owner() : undefined;
      return { state, origin, ...(owner && !owner.reviews && { owner }) };
    },
    async keep(images) {
      await makeStationFolder(sessions);
      return keepImages(images, folder());
    },
    async ask(body, signal, asked = {}) {
      const until = clock.monotonic() + BUSY_MS;
      for (;;) {
        const store = folder();
        if ((await readStation(store)).origin !== 'own') return { ok: false, message: FROM_ELSEWHERE };
        const owner = await store.owner();
        if (owner && !owner.reviews) return leave(store, owner.pid, body, signal, asked);
        if (!isQueueRequest(body)) return NOBODY;
        const done = await change(body, asked);
        if (done) return done;
        if (clock.monotonic() >= until || signal.aborted) return leave(store, owner?.pid ?? 0, body, signal, asked);
        await new Promise<void>(resolve => clock.after(LOOK_MS, resolve));
      }
    },
    async follow(told, signal) {
      const store = folder();
      const { state, origin } = await readStation(store);
      const view = { state };
      const { seq } = state;
      if (origin !== 'own') return { view, seq, over: Promise.resolve(), origin };
      const over = followStation(store, view, told, signal).catch(error =>
        log.write('warn', 'the standing team can no longer be followed', error),
      );
      return { view, seq, over, origin };
    },
    async *events(signal) {
      const store = folder();
      const reader = stationReader(await store.chain('read'));
      for await (const bytes of store.readJournal(0, signal)) yield reader.push(bytes);
    },
    async owner() {
      const owner = await folder().owner();
      return owner && !owner.reviews ? owner : undefined;
    },
  };
}
