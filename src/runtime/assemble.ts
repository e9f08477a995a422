import type { AgentStream } from '../core/agent/contract.ts';
import type { Disposable } from '../core/ports.ts';
import { serveInbox } from '../core/session/inbox.ts';
import { writeReport } from '../core/session/report/write-report.ts';
import type { SessionLock } from '../core/session/store.ts';
import { whyUnkept } from '../core/session/unkept.ts';
import { newId } from '../node/new-id.ts';
import type { SessionFolder } from '../node/session/session-folder.ts';
import { pruneSessions } from '../node/session/sessions.ts';
import { sweepBlobs } from '../node/session/sweep.ts';
import type { RunningSession, Work } from './contract.ts';
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

/** Puts a session together: its journal, on that its workspace and its models, on all of them its team; and runs it. */
export async function assemble(host: SessionHost, engine: Engine, work: Work, place: Place): Promise<RunningSession> {
  const record = await journalPart(host, engine, work, place.store);
  const owned: Disposable[] = [...record.owned];
  try {
    return await putTogether(host, engine, work, place, record, owned);
  } catch (error) {
    // What was begun would keep the program from ending.
    letGo(owned);
    await record.texts.stop();
    await record.traces?.close();
    await record.journal.close().catch(() => undefined);
    throw error;
  }
}

const letGo = (owned: Disposable[]) => {
  for (const each of owned.splice(0).reverse()) each.dispose();
};

async function putTogether(
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
  // What can no longer be kept must not be worked on: nothing that happens would be known.
  const stop = () => session.stop(whyUnkept(failure.reason));
  if (failure.aborted) stop();
  else failure.addEventListener('abort', stop, { once: true });
  const times = host.commandTimes;
  journal.subscribe(event => times?.note(event));
  lock.lost.addEventListener('abort', () => session.stop('another process took the session over'));

  const run = async () => {
    const { outcome } = await session.run();
    const failed = (text: string) => (error: unknown) => log.write(failure.aborted ? 'warn' : 'error', text, error);
    if (session.branch) {
      const stopped = new AbortController().signal;
      const event = await finishBranch(session.branch, outcome, stopped).catch(failed('its branch was not made'));
      if (event) journal.append(event);
      // Whoever had it landed has seen it as a whole.
      if (event?.outcome === 'landed') await changes.accept({}, changes.views(), { by: 'user' }).catch(failed(UNSEEN));
    } else if (host.acceptAll && outcome === 'completed')
      await changes.accept({}, changes.views(), { by: 'user' }).catch(failed(UNSEEN));
    letGo(owned);
    await tools.close();
    await host.holding?.sandbox.close();
    await texts.stop();
    await writeReport(journal.state, store).catch(failed('the report could not be written'));
    await journal.close().catch(error => log.write('warn', 'the journal could not be closed', error));
    await record.traces?.close();
    await times?.save().catch(failed('how long commands took could not be kept'));
    await sweepBlobs(store).catch(error => log.write('warn', 'stored contents could not be cleaned', error));
    await store.close().catch(error => log.write('error', 'the session could not be let go of', error));
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
    stop: reason => session.stop(reason),
    unkept: failure,
    branch: session.branch,
    done: run(),
  };
}
