import type { AgentStream } from '../core/agent/contract.ts';
import type { Disposable } from '../core/ports.ts';
import { dropRequest, serveInbox } from '../core/session/inbox.ts';
import { checkOrigin } from '../core/session/origin.ts';
import { writeReport } from '../core/session/report/write-report.ts';
import type { LockResult, SessionLock } from '../core/session/store.ts';
import { whyUnkept } from '../core/session/unkept.ts';
import { newId } from '../node/new-id.ts';
import type { SessionFolder } from '../node/session/session-folder.ts';
import { createSession, findSession, pruneSessions } from '../node/session/sessions.ts';
import { sweepBlobs } from '../node/session/sweep.ts';
import type { RunningSession, Started, Work } from './contract.ts';
import { finishBranch } from './delivery/finish-branch.ts';
import type { Engine } from './engine.ts';
import { type JournalPart, journalPart } from './parts/journal.ts';
import { routingPart } from './parts/routing.ts';
import { teamPart } from './parts/team.ts';
import { toolsPart } from './parts/tools.ts';
import { workspacePart } from './parts/workspace.ts';
import { requestHandler } from './requests.ts';
import type { SessionHost } from './session-host.ts';

interface Place {
  id: string;
  store: SessionFolder;
  lock: SessionLock;
}

const UNSEEN = 'the changes could not be accepted';

/** Starts a session, or takes one up where it was cut off. */
export async function openSession(host: SessionHost, engine: Engine, work: Work): Promise<Started> {
  const place =
    work.kind === 'new'
      ? await createSession(host, work.session)
      : await findSession(host, work.session).then(store => store && { id: work.session, store });
  if (!place) return { ok: false, reason: 'missing' };
  const { id, store } = place;
  const origin = await checkOrigin(store);
  if (origin !== 'own') return { ok: false, reason: 'elsewhere', session: id, origin };
  const taken = await takeOver(store, host);
  if (!taken.ok) return { ok: false, reason: 'owned', owner: taken.owner };
  try {
    return { ok: true, session: await putTogether(host, engine, work, { id, store, lock: taken.lock }) };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** How long a reviewer gets to release the session. */
const LET_GO_MS = 10_000;
const LOOK_MS = 50;

/** Takes the session from whoever only reviews it; from nobody who runs it. */
async function takeOver(store: SessionFolder, { kind, clock }: SessionHost): Promise<LockResult> {
  const first = await store.lock(kind);
  if (first.ok || !first.owner.reviews) return first;
  await dropRequest(store, newId('r'), clock.now(), { kind: 'let-go' });
  const until = clock.monotonic() + LET_GO_MS;
  for (;;) {
    await new Promise<void>(resolve => clock.after(LOOK_MS, resolve));
    const taken = await store.lock(kind);
    if (taken.ok || !taken.owner.reviews || clock.monotonic() >= until) return taken;
  }
}

/** Puts a session together: its journal, on that its workspace and its models, on all of them its team; and runs it. */
async function putTogether(host: SessionHost, engine: Engine, work: Work, place: Place): Promise<RunningSession> {
  const record = await journalPart(host, engine, work, place.store);
  const owned: Disposable[] = [...record.owned];
  try {
    return await runOn(host, engine, work, place, record, owned);
  } catch (error) {
    // What was begun would keep the program from ending.
    disposeAll(owned);
    await record.texts.stop();
    await record.traces?.close();
    await record.journal.close().catch(() => undefined);
    throw error;
  }
}

const disposeAll = (owned: Disposable[]) => {
  for (const each of owned.splice(0).reverse()) each.dispose();
};

async function runOn(
  host: SessionHost,
  engine: Engine,
  work: Work,
  { id, store, lock }: Place,
  record: JournalPart,
  owned: Disposable[],
): Promise<RunningSession> {
  const { clock, log } = host;
  const since = clock.now();
  const { journal, texts } = record;
  const { failure } = journal;
  const workspace = await workspacePart(host, engine, record);
  const { changes } = workspace;
  const routing = routingPart(host, engine, record, id);
  owned.push(...routing.owned);
  const streams = new Set<AgentStream>();
  const stream: AgentStream = (agent, event) => {
    for (const each of streams) each(agent, event);
  };
  const tools = await toolsPart(host, engine, record);
  owned.push({ dispose: () => void tools.close() });
  const session = await teamPart(host, engine, { id, work }, { journal: record, workspace, routing, tools }, stream);
  const handle = requestHandler(session, { journal, changes });
  owned.push(serveInbox(store, journal, handle, { log, since }));
  const landing = new AbortController();
  const stop = (reason: string) => {
    session.stop(reason);
    landing.abort();
  };
  // What can no longer be kept must not be worked on: nothing that happens would be known.
  const stopUnkept = () => stop(whyUnkept(failure.reason));
  if (failure.aborted) stopUnkept();
  else failure.addEventListener('abort', stopUnkept, { once: true });
  const times = host.commandTimes;
  journal.subscribe(event => times?.note(event));
  lock.lost.addEventListener('abort', () => stop('another process took the session over'));

  const run = async () => {
    let { outcome } = await session.run();
    const failed = (text: string) => (error: unknown) => log.write(failure.aborted ? 'warn' : 'error', text, error);
    if (session.branch) {
      const event = await finishBranch(session.branch, outcome, journal.state, landing.signal).catch(
        failed('its branch was not made'),
      );
      if (event) journal.append(event);
      else if (outcome === 'completed') outcome = 'interrupted';
      // Whoever had it landed has seen it as a whole.
      if (event?.outcome === 'landed') await changes.accept({}, changes.views(), { by: 'user' }).catch(failed(UNSEEN));
    } else if (host.acceptAll && outcome === 'completed')
      await changes.accept({}, changes.views(), { by: 'user' }).catch(failed(UNSEEN));
    disposeAll(owned);
    await tools.close();
    await host.holding?.sandbox.close();
    await texts.stop();
    await writeReport(journal.state, store).catch(failed('the report could not be written'));
    await journal.close().catch(error => log.write('warn', 'the journal could not be closed', error));
    await record.traces?.close();
    await times?.save().catch(failed('how long commands took could not be kept'));
    await sweepBlobs(store).catch(error => log.write('warn', 'stored contents could not be cleaned', error));
    await store.close().catch(error => log.write('error', 'the session could not be released', error));
    await pruneSessions(host, host.retention).catch(error =>
      log.write('warn', 'old sessions could not be removed', error),
    );
    return outcome;
  };
  return {
    id,
    place: store.place,
    journal,
    changes,
    request: async body => handle(body, newId('r')),
    mend: (path, reason) => session.mend(path, reason, 'user'),
    approvePlan: edited => session.plans.approve('user', edited),
    follow: stream => {
      streams.add(stream);
      return { dispose: () => streams.delete(stream) };
    },
    stop,
    unkept: failure,
    branch: session.branch,
    done: run(),
  };
}
